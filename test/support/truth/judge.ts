import type { Cluster } from '../../../src/cluster/cluster.ts';
import { collectObjects } from '../../../src/cluster/collect.ts';
import { readConfigAt } from '../../../src/cluster/read-config-version.ts';
import { readPodsAt } from '../../../src/cluster/read-pods-at.ts';
import { buildGraph } from '../../../src/graph/graph.ts';
import type { PastConfig, PastPods } from '../../../src/staleness/history.ts';
import { lookBack } from '../../../src/staleness/look-back.ts';
import { judgeGraph } from '../../../src/staleness/status.ts';
import type { ObjectSet, StatusItem } from '../../../src/types.ts';
import type { TestCluster } from '../../cluster/cluster.ts';
import { runCommand } from '../run-command.ts';

/** Reads a namespace as every command does. */
export function collect(cluster: Cluster, namespace: string): Promise<ObjectSet> {
  return collectObjects(cluster, { namespace });
}

/** The verdicts as `status` gives them, with what the API still tells of the past. */
export async function judgeWithHistory(cluster: Cluster, objects: ObjectSet): Promise<StatusItem[]> {
  const graph = buildGraph(objects, { all: false });
  const now = Date.now();
  const history = await lookBack(graph, {
    read: (question) => readConfigAt(cluster, question, question.resourceVersion),
    readPods: (question) => readPodsAt(cluster, question),
    kinds: ['ConfigMap'],
    now,
  });
  return judgeGraph(graph, { now, history });
}

/**
 * The verdicts where the API has forgotten all that was.
 * @param later milliseconds by which the verdicts are asked for after now
 */
export async function judgeForgotten(objects: ObjectSet, later = 0): Promise<StatusItem[]> {
  const graph = buildGraph(objects, { all: false });
  const now = Date.now() + later;
  const read = async (): Promise<PastConfig> => 'forgotten';
  const readPods = async (): Promise<PastPods> => 'forgotten';
  const history = await lookBack(graph, { read, readPods, kinds: ['ConfigMap', 'Secret'], now });
  return judgeGraph(graph, { now, history });
}

/** The verdicts of `status --deep --all-pods`. */
export async function judgeByLooking({ kubeconfig }: TestCluster, namespace: string): Promise<StatusItem[]> {
  const { code, stdout, stderr } = await runCommand(`status --all --deep --all-pods -o json -n ${namespace}`, {
    kubeconfig,
  });
  if (code !== 0) throw new Error(`status --deep ended with ${code}: ${stderr}`);
  const report: { items: StatusItem[] } = JSON.parse(stdout);
  return report.items;
}

/** One pod and the configs of a name, as if nothing else were in the namespace. */
export function keepAlone(objects: ObjectSet, pod: string, config: string): ObjectSet {
  return {
    ...objects,
    pods: objects.pods.filter(({ ref }) => ref.name === pod),
    configs: objects.configs.filter(({ ref }) => ref.name === config),
  };
}
