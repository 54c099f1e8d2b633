import { findKeyChange } from '../staleness/change-time.ts';
import type { HistoryQuestion, PastConfig, PodQuestion } from '../staleness/history.ts';
import { ConfigHistory } from '../staleness/history.ts';
import { walkBack } from '../staleness/judge-by-history.ts';
import type { InstanceEvidence } from '../staleness/judgement.ts';
import { isWrittenLater } from '../staleness/witness.ts';
import type { ConfigKind } from '../types.ts';
import type { ReadPods } from './look-back-content.ts';

/** What answers questions to the past. */
interface PastReaders {
  read: (question: HistoryQuestion) => Promise<PastConfig>;
  readPods: ReadPods;
}

/** Writes between a start and the last write of its pod that are walked back. */
const STEPS = 5;

/**
 * Looks back where a walk from the config of now does not reach the start of a container: the config was deleted since, or made anew, or
 * written very often. The walk begins at the last write of a pod instead, which came after that start; what was there then, and was last
 * written before the start, is what the container found.
 * @param evidences of one use
 * @returns the same evidence, as if the config of then were the one of now where that leads to the start; as it was given elsewhere
 */
export async function lookBackFromPods(
  evidences: readonly InstanceEvidence[],
  kind: ConfigKind,
  readers: PastReaders,
): Promise<readonly InstanceEvidence[]> {
  let found = evidences;
  for (const version of chooseVersions(evidences)) {
    const lost = found.filter((evidence) => walkBack(evidence).end !== 'found');
    const [first] = lost;
    if (first === undefined) break;
    const ref = first.dependency.config;
    if (first.history.findAt(ref, version) === 'forgotten') break;
    const past = await readers.read({ kind, ref, resourceVersion: version });
    if (typeof past === 'string') continue;
    const history = new ConfigHistory();
    history.add({ kind, ref, resourceVersion: null }, past);
    const { config } = past;
    const change = findKeyChange(config, first.dependency.keys);
    const revived = new Map(lost.map((evidence) => [evidence, { ...evidence, config, change, history }]));
    await walkAll([...revived.values()], kind, history, readers);
    found = found.map((evidence) => {
      const from = revived.get(evidence);
      return from !== undefined && walkBack(from).end === 'found' ? from : evidence;
    });
  }
  return found;
}

/** The last and the first of the last writes of the pods: nearly always one of the two is near enough to all starts. */
function chooseVersions(evidences: readonly InstanceEvidence[]): Set<string> {
  const versions = evidences
    .map(({ pod }) => pod.resourceVersion)
    .sort((a, b) => (isWrittenLater(a, b) ? -1 : isWrittenLater(b, a) ? 1 : 0));
  return new Set([versions[0], versions.at(-1)].filter((version) => version !== undefined));
}

/** Asks what the walks need, round by round. */
async function walkAll(
  evidences: readonly InstanceEvidence[],
  kind: ConfigKind,
  history: ConfigHistory,
  { read, readPods }: PastReaders,
): Promise<void> {
  for (let step = 0; step < STEPS; step++) {
    const open = new Map<string, HistoryQuestion>();
    const pods = new Map<string, PodQuestion>();
    for (const { pod, dependency, ...evidence } of evidences) {
      const walk = walkBack({ pod, dependency, ...evidence });
      if (walk.end === 'open') {
        const { resourceVersion } = walk;
        open.set(resourceVersion, { kind, ref: dependency.config, resourceVersion });
      }
      for (const version of walk.unsure) {
        const resourceVersion = history.findPodQuestion(pod, version);
        if (resourceVersion !== null) pods.set(resourceVersion, { namespace: pod.ref.namespace, resourceVersion });
      }
    }
    if (open.size + pods.size === 0) return;
    for (const question of open.values()) history.add(question, await read(question));
    for (const question of pods.values()) history.addPods(question, await readPods(question));
  }
}
