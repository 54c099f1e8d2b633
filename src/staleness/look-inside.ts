import { isJsonObject, readObject, readText } from '../objects/json.ts';
import { objectKey } from '../objects/object-key.ts';
import { referenceKey } from '../objects/reference-order.ts';
import type { ConfigKind, Graph, ObjectReference, PodObject } from '../types.ts';
import type { ConfigHistory, HistoryQuestion, PastConfig } from './history.ts';
import { Inside } from './inside.ts';
import { judgeInstance } from './judge-instance.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';
import type { RunCommand } from './observe.ts';
import type { ReadContent } from './observe-pod.ts';
import { observePod } from './observe-pod.ts';
import { SilentNodes } from './silent-nodes.ts';
import type { JudgedUse } from './status.ts';
import { judgeUses } from './status.ts';

/** How to look into containers. */
export interface LookInsideOptions {
  /** Epoch milliseconds. */
  now: number;
  /** Gets more answers where they are needed to understand what is seen. */
  history: ConfigHistory;
  /** Look into every pod, and not into one of those that times cannot tell apart. */
  allPods: boolean;
  /** The uses that matter. */
  isWanted: (use: JudgedUse['dependency']) => boolean;
  /** The raw pod; `null` when it is gone or may not be read. */
  readPod: (pod: ObjectReference) => Promise<unknown>;
  readContent: ReadContent;
  /** Answers a question to the API's history. */
  readPast: (question: HistoryQuestion) => Promise<PastConfig>;
  run: (pod: ObjectReference, container: string) => RunCommand;
}

/** What was seen, and what to tell the user of what could not. */
export interface LookInsideResult {
  inside: Inside;
  /** Why the user may not look, once. */
  refusal: string | null;
}

/** A use by a container that runs, with the verdict on it by other evidence. */
interface Candidate {
  evidence: InstanceEvidence;
  judgement: Judgement;
}

/** More wait for their turn to run a command; more than this need not be held in memory for it. */
const PODS_AT_ONCE = 16;

/**
 * Looks into the containers whose verdicts rest on times, or are not `current`. Of the pods of one template on which times say the
 * same one is looked into first. What it shows is not taken for true of the others: where it bears out what times say, their
 * verdicts stand; where not, each of them is looked into.
 */
export async function lookInside(graph: Graph, options: LookInsideOptions): Promise<LookInsideResult> {
  const { now, history, allPods } = options;
  const inside = new Inside();
  const judged = judgeUses(graph, { now, history }).filter(({ dependency }) => options.isWanted(dependency));
  const groups = [...groupPods(judged).values()];
  const refused = new Map<string, string>();
  const nodes = new SilentNodes();
  const lookAt = async ({ pod, uses }: PodUses): Promise<void> => {
    const { namespace } = pod.ref;
    if (refused.has(namespace)) return;
    const raw = await options.readPod(pod.ref);
    const wanted = uses.map(({ evidence }) => evidence.dependency);
    const guard = nodes.guard(readNodeName(raw));
    const run = (container: string) => guard(options.run(pod.ref, container));
    const seen = await observePod({ pod, raw, uses: wanted, run, readContent: options.readContent });
    if (seen.refusal !== null) refused.set(namespace, seen.refusal);
    for (const [use, what] of seen.uses) inside.add(pod, use, what);
  };
  const look = async (pods: readonly PodUses[]): Promise<void> => {
    const left = pods.values();
    const work = async () => {
      for (const one of left) await lookAt(one);
    };
    await Promise.all(Array.from({ length: PODS_AT_ONCE }, work));
    await askForPast(pods, inside, options);
  };
  if (allPods) {
    await look(groups.flat());
  } else {
    await look(groups.flatMap((group) => group.slice(0, 1)));
    await look(groups.flatMap(([first, ...others]) => (first && isBorneOut(first, inside) ? [] : others)));
  }
  return { inside, refusal: [...refused.values()][0] ?? null };
}

function readNodeName(pod: unknown): string {
  return readText(readObject(isJsonObject(pod) ? pod : undefined, 'spec'), 'nodeName');
}

/** The uses of one pod to look at. */
interface PodUses {
  pod: PodObject;
  uses: Candidate[];
}

/** Pods to look into; those together that have the template in common and what is known of them so far. */
function groupPods(judged: readonly JudgedUse[]): Map<string, PodUses[]> {
  const pods = new Map<string, { workload: ObjectReference } & PodUses>();
  for (const { dependency, verdicts } of judged) {
    for (const { evidence, judgement } of verdicts) {
      if (!isToBeSeen(evidence, judgement)) continue;
      const known = pods.get(evidence.pod.uid) ?? { workload: dependency.workload, pod: evidence.pod, uses: [] };
      known.uses.push({ evidence, judgement });
      pods.set(evidence.pod.uid, known);
    }
  }
  const groups = new Map<string, PodUses[]>();
  for (const { workload, pod, uses } of pods.values()) {
    const verdicts = uses.map(({ evidence, judgement }) => [referenceKey(evidence.dependency), judgement.state]);
    const key = JSON.stringify([objectKey(workload), templateOf(pod), verdicts]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ pod, uses }]);
    else group.push({ pod, uses });
  }
  return groups;
}

function isToBeSeen({ dependency, instance }: InstanceEvidence, { state, evidence }: Judgement): boolean {
  // An annotation names no place in a container where its config could be seen.
  if (dependency.container === null || dependency.via === 'annotation') return false;
  if (!instance.running || state === 'missing') return false;
  return state !== 'current' || evidence === 'time' || evidence === 'none';
}

/** What template a pod was made from; a pod that does not tell has one of its own. */
function templateOf({ labels, uid }: PodObject): string {
  return labels['pod-template-hash'] ?? labels['controller-revision-hash'] ?? uid;
}

/** True when what was seen in a pod is what other evidence says of it, or when nothing can be seen in pods like it. */
function isBorneOut({ uses }: PodUses, inside: Inside): boolean {
  return uses.every(({ evidence, judgement }) => {
    const seen = inside.find(evidence.pod, evidence.dependency);
    if (seen === undefined || (seen.seen === 'nothing' && seen.isOfImage)) return true;
    return seen.seen !== 'nothing' && judgeInstance({ ...evidence, inside }).state === judgement.state;
  });
}

/** Where the environment holds more than the configs do, asks what the configs held when the pod was last written: soon after its start, as a rule. */
async function askForPast(
  pods: readonly PodUses[],
  inside: Inside,
  { history, readPast }: LookInsideOptions,
): Promise<void> {
  const questions = new Map<string, HistoryQuestion>();
  for (const { evidence } of pods.flatMap(({ uses }) => uses)) {
    const { dependency, pod } = evidence;
    const kind = configKindOf(dependency.config);
    if (kind === null || inside.find(pod, dependency)?.seen !== 'leftover') continue;
    if (judgeInstance({ ...evidence, inside }).state !== 'unknown') continue;
    const { resourceVersion } = pod;
    if (!/^[1-9][0-9]*$/.test(resourceVersion) || history.findAt(dependency.config, resourceVersion) !== undefined)
      continue;
    questions.set(`${objectKey(dependency.config)} ${resourceVersion}`, {
      kind,
      ref: dependency.config,
      resourceVersion,
    });
  }
  await Promise.all([...questions.values()].map(async (question) => history.add(question, await readPast(question))));
}

function configKindOf({ kind }: ObjectReference): ConfigKind | null {
  return kind === 'ConfigMap' || kind === 'Secret' ? kind : null;
}
