import { objectKey } from '../objects/object-key.ts';
import type { ConfigKind, Graph } from '../types.ts';
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
  const { read, readPods } = options;
  const history = new ConfigHistory();
  const ask = async (question: HistoryQuestion): Promise<PastConfig> => {
    const past = await read(question);
    history.add(question, past);
    return past;
  };
  const askPods = async (question: PodQuestion): Promise<void> => {
    if (readPods !== undefined) history.addPods(question, await readPods(question));
  };
  for (let round = 0; round < ROUNDS; round++) {
    const { past, present, pods } = findQuestions(graph, history, options);
    const [newest, ...older] = past;
    if (newest === undefined && present.length + pods.length === 0) break;
    await Promise.all([...present.map(ask), ...pods.map(askPods)]);
    // What is forgotten of the newest version is forgotten of all older ones: one request tells when there is nothing to be had.
    if (newest === undefined || (await ask(newest)) === 'forgotten') continue;
    await Promise.all(older.map(ask));
  }
  return history;
}

interface Questions {
  /** How configs were, the newest version first. */
  past: HistoryQuestion[];
  /** How configs are whose past is known. */
  present: HistoryQuestion[];
  /** Which pods were there: one question a namespace, for the newest version that matters. */
  pods: PodQuestion[];
}

/** What would settle the containers that may not run what their configs hold now. */
function findQuestions(graph: Graph, history: ConfigHistory, { kinds, now, readPods }: LookBackOptions): Questions {
  const pods = new Map<string, PodQuestion>();
  const past = new Map<string, HistoryQuestion & { resourceVersion: string }>();
  const present = new Map<string, HistoryQuestion>();
  for (const { dependency, verdicts } of judgeUses(graph, { now, history })) {
    const ref = dependency.config;
    const kind = kinds.find((name) => name === ref.kind);
    for (const { evidence, judgement } of verdicts) {
      if (judgement.evidence === 'history' || judgement.state === 'current' || judgement.state === 'missing') continue;
      const walk = walkBack(evidence);
      const question = readPods === undefined ? null : findPodQuestion(walk.unsure, evidence);
      if (question !== null) {
        const known = pods.get(question.namespace);
        const isNewer = known === undefined || isWrittenLater(question.resourceVersion, known.resourceVersion);
        if (isNewer) pods.set(question.namespace, question);
      } else if (kind === undefined) {
        // Its values may not be read.
      } else if (walk.end === 'open') {
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
  return { past: newestFirst, present: [...present.values()], pods: [...pods.values()] };
}

function findPodQuestion(versions: readonly string[], { pod, history }: InstanceEvidence): PodQuestion | null {
  for (const version of versions) {
    const resourceVersion = history.findPodQuestion(pod, version);
    if (resourceVersion !== null) return { namespace: pod.ref.namespace, resourceVersion };
  }
  return null;
}
