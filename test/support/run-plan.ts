/** Plans by hand, run on a test cluster. */
import { homedir } from 'node:os';
import type { Cluster } from '../../src/cluster/cluster.ts';
import { connect } from '../../src/cluster/connect.ts';
import type { ExecuteOptions } from '../../src/restart/execute.ts';
import { executePlan } from '../../src/restart/execute.ts';
import { summarizeRestart } from '../../src/restart/summary.ts';
import { makeClock } from '../../src/rollout/clock.ts';
import type { RestartPlan, RestartStep, RolloutEvent } from '../../src/types.ts';
import { askKubectl } from '../cluster/shared.ts';
import type { ClusterDescription } from '../cluster/supervisor-report.ts';

/** Asks kubectl about a namespace; throws what it complains of. */
export function ask(cluster: ClusterDescription, namespace: string, ...args: string[]): Promise<string> {
  return askKubectl(cluster, ['-n', namespace, ...args]);
}

/** Waits until these workloads have rolled out. */
export async function settled(cluster: ClusterDescription, namespace: string, ...names: string[]): Promise<void> {
  for (const name of names) await ask(cluster, namespace, 'rollout', 'status', name, '--timeout=60s');
}

/** The step that restarts a workload (`deployment/web`) which uses the ConfigMap `web`. */
export async function makeStep(
  cluster: ClusterDescription,
  namespace: string,
  target: string,
  overrides: Partial<RestartStep> = {},
): Promise<RestartStep> {
  const object: { apiVersion: string; kind: string; metadata: { name: string; uid: string } } = JSON.parse(
    await ask(cluster, namespace, 'get', target, '-o', 'json'),
  );
  return {
    wave: 0,
    workload: { apiVersion: object.apiVersion, kind: object.kind, namespace, name: object.metadata.name },
    uid: object.metadata.uid,
    action: 'patch',
    pods: 2,
    why: [],
    configs: [{ apiVersion: 'v1', kind: 'ConfigMap', namespace, name: 'web' }],
    warnings: [],
    ...overrides,
  };
}

/** The step that evicts the pods of a workload that carry the label `app` with its name, the highest name first. */
export async function makeEvictStep(
  cluster: ClusterDescription,
  namespace: string,
  target: string,
): Promise<RestartStep> {
  const step = await makeStep(cluster, namespace, target, { action: 'evict' });
  const list: { items: { metadata: { name: string; uid: string } }[] } = JSON.parse(
    await ask(cluster, namespace, 'get', 'pods', '-l', `app=${step.workload.name}`, '-o', 'json'),
  );
  const evict = list.items.map(({ metadata: { name, uid } }) => ({ name, uid })).reverse();
  return { ...step, evict, pods: evict.length };
}

/** Connects to a test cluster as its administrator. */
export function open(
  cluster: Pick<ClusterDescription, 'kubeconfig'>,
  namespace: string,
  server?: string,
): Promise<Cluster> {
  return connect(
    { kubeconfig: cluster.kubeconfig, namespace, ...(server !== undefined && { server }) },
    { env: {}, homedir: homedir(), cwd: '.', stderr: { write: () => true }, interactive: false },
  );
}

/** What became of a plan. */
export interface PlanResult {
  events: RolloutEvent[];
  complete: string[];
  failed: { name: string; reason: string; message: string }[];
  notStarted: string[];
}

/**
 * Runs steps to their end, with a short soak unless told otherwise.
 * @param onEvent is called with each event as it comes
 */
export async function runSteps(
  testCluster: Pick<ClusterDescription, 'kubeconfig'>,
  namespace: string,
  steps: RestartStep[],
  options: Partial<ExecuteOptions> & { server?: string; onEvent?: (event: RolloutEvent) => unknown } = {},
): Promise<PlanResult> {
  const { server, onEvent, ...rest } = options;
  const plan: RestartPlan = { steps, skipped: [] };
  const cluster = await open(testCluster, namespace, server);
  const events: RolloutEvent[] = [];
  try {
    const defaults = { clock: makeClock(Date.now), maxParallel: 4, wait: true, soakMs: 2_000, timeoutMs: 60_000 };
    for await (const event of executePlan(cluster, plan, { ...defaults, ...rest })) {
      events.push(event);
      await onEvent?.(event);
    }
  } finally {
    cluster.close();
  }
  const { complete, failed, notStarted } = summarizeRestart(plan, events);
  return {
    events,
    complete: complete.map(({ name }) => name),
    failed: failed.map(({ workload, reason, message }) => ({ name: workload.name, reason, message })),
    notStarted: notStarted.map(({ name }) => name),
  };
}

/** The ConfigMap that these workloads use. */
export const CONFIG = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { LEVEL: 'info' } };

/** Lives as long as LEVEL is not `bad`, and half a second otherwise. It has no probe, so it is ready from its start. */
const COMMAND = 'if [ "$LEVEL" = bad ]; then echo LEVEL cannot be $LEVEL; sleep 0.5; exit 3; fi; sleep 100000';

/** A workload of any kind that keeps pods, with the configuration in its environment. */
export function makeWorkload(
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet' | 'ReplicationController',
  name: string,
  replicas = 2,
  spec: object = {},
): object {
  const labels = { app: name };
  const isCore = kind === 'ReplicationController';
  return {
    apiVersion: isCore ? 'v1' : 'apps/v1',
    kind,
    metadata: { name },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas }),
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: isCore ? labels : { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          terminationGracePeriodSeconds: 1,
          automountServiceAccountToken: false,
          containers: [
            {
              name: 'app',
              image: 'local/busybox:1',
              command: ['sh', '-c', COMMAND],
              envFrom: [{ configMapRef: { name: 'web' } }],
            },
          ],
        },
      },
      ...spec,
    },
  };
}
