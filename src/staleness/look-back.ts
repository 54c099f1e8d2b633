import { objectKey } from '../objects/object-key.ts';
import type { ConfigKind, Dependency, Graph } from '../types.ts';
import type { GraphIndex } from './graph-index.ts';
import { indexGraph } from './graph-index.ts';
import type { HistoryQuestion, PastConfig, PastPods, PodQuestion } from './history.ts';
import { ConfigHistory } from './history.ts';
import { walkBack } from './judge-by-history.ts';
import type { InstanceEvidence } from './judgement.ts';
import { judgeUses } from './status.ts';
import { isWrittenLater } from './witness.ts';

/** How to look back. */
export interface LookBackOptions {
  /** Answers one question; only what it throws ends the look. */
  read: (question: HistoryQuestion) => Promise<PastConfig>;
  /** Answers which pods were there. Without it, what was written while a pod was started is not told from what was written before. */
  readPods?: (question: PodQuestion) => Promise<PastPods>;
  /** The kinds whose values may be read. */
  kinds: readonly ConfigKind[];
  /** Epoch milliseconds. */
  now: number;
  /** Of the graph; made when it is not given. */
  index?: GraphIndex;
}

/** Each round asks for the version before the one that the last round told: so many writes after a start can be walked back. */
const ROUNDS = 13;

/**
 * Asks the API how configs were when containers started that may not run what they hold now. An answer serves every container, so that a
 * config costs two requests for one write since the start, however many use it. Which pods were there when a config was last written
 * often says enough, and serves all configs.
 * @returns all that was told, for `judgeGraph`
 */
export async function lookBack(graph: Graph, options: LookBackOptions): Promise<ConfigHistory> {
  const { read, readPods, index = indexGraph(graph) } = options;
  const history = new ConfigHistory();
  const ask = async (question: HistoryQuestion): Promise<PastConfig> => {
    const past = await read(question);
    history.add(question, past);
    return past;
  };
  const askPods = async (question: PodQuestion): Promise<void> => {
    if (readPods !== undefined) history.addPods(question, await readPods(question));
  };
  let isForgotten = false;
  let { dependencies } = graph;
  for (let round = 0; round < ROUNDS; round++) {
    const { past, present, pods, unsettled } = findQuestions({ ...graph, dependencies }, history, {
      ...options,
      index,
    });
    // What is settled stays so, and that is nearly all of it.
    dependencies = unsettled;
    if (round === 0 && pods.size > 0) {
      // After a deployment the answer at the newest version settles every config, and none need be read.
      await Promise.all(choosePodQuestions(pods, 'newest').map(askPods));
      continue;
    }
    const [newest, ...older]: HistoryQuestion[] = isForgotten ? [] : past;
    if (newest === undefined && present.length + pods.size === 0) break;
    await Promise.all([...present.map(ask), ...choosePodQuestions(pods, 'middle').map(askPods)]);
    if (newest === undefined) continue;
    // What is forgotten of the newest version is forgotten of all older ones: one request tells when there is nothing to be had.
    isForgotten = (await ask(newest)) === 'forgotten';
    if (!isForgotten) await Promise.all(older.map(ask));
  }
  return history;
}

interface Questions {
  /** How configs were, the newest version first. */
  past: HistoryQuestion[];
  /** How configs are whose past is known. */
  present: HistoryQuestion[];
  /** By namespace, the versions that matter to know whether some pod was there. */
  pods: Map<string, Set<string>>;
  /** The uses that more answers may tell more of. */
  unsettled: Dependency[];
}

/** What would settle the containers that may not run what their configs hold now. */
function findQuestions(
  graph: Graph,
  history: ConfigHistory,
  { kinds, now, readPods, index }: LookBackOptions & { index: GraphIndex },
): Questions {
  const pods = new Map<string, Set<string>>();
  const past = new Map<string, HistoryQuestion & { resourceVersion: string }>();
  const present = new Map<string, HistoryQuestion>();
  const unsettled = new Set<Dependency>();
  for (const { dependency, verdicts } of judgeUses(graph, { now, history, index })) {
    const ref = dependency.config;
    const kind = kinds.find((name) => name === ref.kind);
    for (const { evidence, judgement } of verdicts) {
      if (judgement.evidence === 'history' || judgement.state === 'current' || judgement.state === 'missing') continue;
      unsettled.add(dependency);
      const walk = walkBack(evidence);
      const { namespace } = evidence.pod.ref;
      for (const version of readPods === undefined ? [] : findPodVersions(walk.unsure, evidence)) {
        const versions = pods.get(namespace);
        if (versions === undefined) pods.set(namespace, new Set([version]));
        else versions.add(version);
      }
      if (kind === undefined) continue;
      if (walk.end === 'open') {
        const { resourceVersion } = walk;
        past.set(`${objectKey(ref)} ${resourceVersion}`, { kind, ref, resourceVersion });
      } else if (walk.end !== 'lost' && history.findNow(ref) === undefined) {
        present.set(objectKey(ref), { kind, ref, resourceVersion: null });
      }
    }
  }
  const newestFirst = [...past.values()].sort((a, b) =>
    isWrittenLater(a.resourceVersion, b.resourceVersion) ? -1 : 1,
  );
  return { past: newestFirst, present: [...present.values()], pods, unsettled: [...unsettled] };
}

function findPodVersions(versions: readonly string[], { pod, history }: InstanceEvidence): string[] {
  return versions.map((version) => history.findPodQuestion(pod, version)).filter((version) => version !== null);
}

/** One question a namespace: an answer in the middle settles half of the versions for the pods that were created about then. */
function choosePodQuestions(pods: Questions['pods'], which: 'newest' | 'middle'): PodQuestion[] {
  return [...pods].flatMap(([namespace, versions]) => {
    const newestFirst = [...versions].sort((a, b) => (isWrittenLater(a, b) ? -1 : 1));
    const resourceVersion = newestFirst[which === 'newest' ? 0 : newestFirst.length >> 1];
    return resourceVersion === undefined ? [] : [{ namespace, resourceVersion }];
  });
}
