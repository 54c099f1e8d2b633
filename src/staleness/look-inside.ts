import { isConfigKind } from '../objects/kinds.ts';
import { objectKey } from '../objects/object-key.ts';
import type { Graph } from '../types.ts';
import type { ConfigHistory, HistoryQuestion, PastConfig } from './history.ts';
import type { ContainerEnvironment } from './inside.ts';
import { Inside } from './inside.ts';
import { judgeInstance } from './judge-instance.ts';
import type { Candidate, PodCandidates } from './observe-groups.ts';
import { groupPods } from './observe-groups.ts';
import type { Observers } from './observe-pods.ts';
import { makePodObserver } from './observe-pods.ts';
import type { JudgedUse } from './status.ts';
import { judgeUses } from './status.ts';
import { isComparable } from './witness.ts';

/** How to look into containers. */
export interface LookInsideOptions extends Observers {
  /** Epoch milliseconds. */
  now: number;
  /** Gets more answers where they are needed to understand what is seen. */
  history: ConfigHistory;
  /** Look into every pod, and not into one of those that times cannot tell apart. */
  allPods: boolean;
  /** The uses that matter. */
  isWanted: (use: JudgedUse['dependency']) => boolean;
  /** Hears how many pods will be looked into, each time before that begins. */
  announce: (pods: number) => void;
  /** Answers a question to the API's history. */
  readPast: (question: HistoryQuestion) => Promise<PastConfig>;
}

/** What was seen, and what to tell the user of what could not. */
export interface LookInsideResult {
  inside: Inside;
  /** Why the user may not look, and what ephemeral containers failed for, each once. */
  troubles: string[];
}

/**
 * Looks into the containers whose verdicts rest on times, or are not `current`. Of the pods of one template on which times say the
 * same one is looked into first. What it shows is not taken for true of the others: where it bears out what times say, their
 * verdicts stand; where not, each of them is looked into, but those whose image has nothing to look with: each would get an ephemeral
 * container for good.
 */
export async function lookInside(graph: Graph, options: LookInsideOptions): Promise<LookInsideResult> {
  const { now, history, allPods } = options;
  const inside = new Inside();
  const judged = [...judgeUses(graph, { now, history })];
  const claims = findClaims(judged);
  const observer = makePodObserver(options, {
    keep: (pod, { use, seen }) => inside.add(pod, use, seen),
    keepEnvironment: (pod, environment) => {
      inside.addEnvironment(pod, environment, claims(pod.uid, environment));
    },
  });
  const candidates = judged.flatMap(({ dependency, verdicts }) => {
    return options.isWanted(dependency) ? verdicts.filter(isToBeSeen) : [];
  });
  const groups = groupPods(candidates);
  const look = async (pods: readonly PodCandidates[]): Promise<void> => {
    options.announce(pods.length);
    await observer.look(
      pods.map((one) => ({ pod: one.pod, uses: one.candidates.map(({ evidence }) => evidence.dependency) })),
    );
    await askForPast(pods, inside, options);
  };
  if (allPods) {
    await look(groups.flat());
  } else {
    await look(groups.flatMap((group) => group.slice(0, 1)));
    await look(groups.flatMap(([first, ...others]) => (first && isBorneOut(first, inside) ? [] : others)));
  }
  await observer.lookBeside();
  return { inside, troubles: observer.troubles() };
}

function isToBeSeen({ judgement: { state, evidence } }: Candidate): boolean {
  if (state === 'missing') return false;
  return state !== 'current' || evidence === 'time' || evidence === 'none';
}

/** Tells of a variable of a container whether a config can have set it at the start, though none has it now. */
function findClaims(judged: readonly JudgedUse[]) {
  const current = new Map<string, number>();
  const keyOf = (uid: string, container: string, prefix: string) => JSON.stringify([uid, container, prefix]);
  for (const { dependency, verdicts } of judged) {
    const { via, at, container } = dependency;
    if (via !== 'envFrom' || container === null) continue;
    for (const { evidence, judgement } of verdicts) {
      if (judgement.state !== 'current') continue;
      const key = keyOf(evidence.pod.uid, container, at.slice(0, -1));
      current.set(key, (current.get(key) ?? 0) + 1);
    }
  }
  return (uid: string, { container, prefixes, declared }: ContainerEnvironment) => {
    const entries = new Map<string, number>();
    for (const prefix of prefixes) entries.set(prefix, (entries.get(prefix) ?? 0) + 1);
    // Also an entry that is ignored, or may not be read, is one of which nothing is known.
    const open = [...entries].filter(([prefix, count]) => count > (current.get(keyOf(uid, container, prefix)) ?? 0));
    return (name: string) => declared.has(name) || open.some(([prefix]) => name.startsWith(prefix));
  };
}

/** True when what was seen in a pod is what other evidence says of it, or when nothing can be seen in pods like it. */
function isBorneOut({ candidates }: PodCandidates, inside: Inside): boolean {
  return candidates.every(({ evidence, judgement }) => {
    const seen = inside.find(evidence.pod, evidence.dependency);
    if (seen === undefined || (seen.seen === 'nothing' && seen.isOfImage)) return true;
    return seen.seen !== 'nothing' && judgeInstance({ ...evidence, inside }).state === judgement.state;
  });
}

/** Where the environment holds more than the configs do, asks what the configs held when the pod was last written: soon after its start, as a rule. */
async function askForPast(
  pods: readonly PodCandidates[],
  inside: Inside,
  { history, readPast }: LookInsideOptions,
): Promise<void> {
  const questions = new Map<string, HistoryQuestion>();
  for (const { evidence } of pods.flatMap(({ candidates }) => candidates)) {
    const { dependency, pod } = evidence;
    const { kind } = dependency.config;
    if (!isConfigKind(kind) || inside.find(pod, dependency)?.seen !== 'leftover') continue;
    if (judgeInstance({ ...evidence, inside }).state !== 'unknown') continue;
    const { resourceVersion } = pod;
    const ref = dependency.config;
    if (!isComparable(resourceVersion) || history.findAt(ref, resourceVersion) !== undefined) continue;
    questions.set(`${objectKey(ref)} ${resourceVersion}`, { kind, ref, resourceVersion });
  }
  await Promise.all([...questions.values()].map(async (question) => history.add(question, await readPast(question))));
}
