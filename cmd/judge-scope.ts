import { readConfigAt } from '../src/cluster/read-config-version.ts';
import { readPodsAt } from '../src/cluster/read-pods-at.ts';
import { objectKey } from '../src/objects/object-key.ts';
import { referenceKey } from '../src/objects/reference-order.ts';
import { indexGraph } from '../src/staleness/graph-index.ts';
import { lookBack } from '../src/staleness/look-back.ts';
import { judgeGraph } from '../src/staleness/status.ts';
import type { ConfigKind, ConfigRef, Dependency, ObjectReference, StatusItem } from '../src/types.ts';
import type { EphemeralChoice } from './look-beside.ts';
import type { Scope } from './read-cluster.ts';
import type { Streams } from './streams.ts';

/** How to judge. */
export interface JudgeOptions {
  /** The kinds whose values may be read to compare them with how they were. */
  kinds: readonly ConfigKind[];
  /** Whether to look into containers: into all, or into those that may not be current and of which only times tell that. */
  deep?: 'all' | 'doubts' | undefined;
  /** Look into every pod, and not into one of those that times cannot tell apart. */
  allPods?: boolean;
  /** Add ephemeral containers where an image has nothing to look with. */
  ephemeral?: EphemeralChoice | null;
}

/** The verdicts on the scope, with the API's own history where times leave a doubt, and with a look into the containers where asked for. */
export async function judgeScope(scope: Scope, options: JudgeOptions, streams: Streams): Promise<StatusItem[]> {
  const { cluster, graph, selection } = scope;
  const { kinds, deep, allPods = false, ephemeral = null } = options;
  const now = streams.now().getTime();
  const index = indexGraph(graph);
  const history = await lookBack(graph, {
    read: (question) => readConfigAt(cluster, question, question.resourceVersion, streams.interrupted),
    readPods: (question) => readPodsAt(cluster, question, streams.interrupted),
    kinds,
    now,
    index,
  });
  const items = judgeGraph(graph, { now, history, index });
  if (deep === undefined) return items;
  const doubts = new Set(items.filter(isDoubtful).map(keyOfUse));
  const isWanted = (use: Dependency) => selection.includes(use) && (deep === 'all' || doubts.has(keyOfUse(use)));
  if (!graph.dependencies.some(isWanted)) return items;
  const { lookIntoScope } = await import('./look-inside.ts');
  const beside = ephemeral && (await import('./look-beside.ts')).makeBeside(cluster, ephemeral, streams);
  const looking = { now, history, allPods, beside, isWanted, tells: deep === 'all' };
  const inside = await lookIntoScope(scope, looking, streams);
  return judgeGraph(graph, { now, history, inside, index });
}

/** True when a restart would be for something that nobody has compared. */
function isDoubtful({ state, evidence }: StatusItem): boolean {
  return (state === 'stale' || state === 'unknown') && (evidence === 'time' || evidence === 'none');
}

function keyOfUse(use: ConfigRef & { workload: ObjectReference }): string {
  return `${objectKey(use.workload)} ${referenceKey(use)}`;
}
