import { takeFingerprint } from '../staleness/expected-content.ts';
import { Inside } from '../staleness/inside.ts';
import { walkBack } from '../staleness/judge-by-history.ts';
import type { PodCandidates } from '../staleness/observe-groups.ts';
import { groupPods, spread } from '../staleness/observe-groups.ts';
import type { Observers } from '../staleness/observe-pods.ts';
import { makePodObserver } from '../staleness/observe-pods.ts';
import type { HeldBytes } from '../staleness/observe-uses.ts';
import type { JudgedUse } from '../staleness/status.ts';
import type { ConfigRef, PodObject } from '../types.ts';
import type { ConfigValue } from './config-values.ts';
import type { Verdict } from './held.ts';

/** What was seen of a use in a pod: values by key, `null` for a key that is not there. */
export type SeenValues = ReadonlyMap<string, ConfigValue | null>;

/** What looks into containers have shown. */
export interface Observed {
  inside: Inside;
  find(pod: PodObject, use: ConfigRef): SeenValues | undefined;
}

/** Looks into the containers of verdicts. */
export type Observe = (verdicts: readonly Verdict[]) => Promise<Observed>;

/** What to look at. */
export interface ObserveOptions {
  /** All that is compared, so that each container is looked into once for all configs that it uses. */
  uses: readonly JudgedUse[];
  /** Every pod, and not at most so many of those of one template. */
  allPods: boolean;
  /** Gets what the user is to be told, once. */
  onTroubles: (troubles: readonly string[]) => void;
}

/** So many pods are looked into of those of one template on which times say the same. */
const PODS_OF_A_KIND = 20;

/** Makes what looks into containers, and keeps the values of the keys that they hold otherwise than their configs do. */
export function makeObserve(observers: Observers, { uses, allPods, onTroubles }: ObserveOptions): Observe {
  const inside = new Inside();
  const values = new Map<string, Map<ConfigRef, SeenValues>>();
  const pool = makePool();
  const observer = makePodObserver(
    observers,
    {
      keep(pod, { use, seen, values: held }) {
        inside.add(pod, use, seen);
        const ofPod = values.get(pod.uid) ?? new Map<ConfigRef, SeenValues>();
        values.set(pod.uid, ofPod.set(use, pool(held)));
      },
    },
    true,
  );
  const look = async (verdicts: Iterable<Verdict>): Promise<void> => {
    const chosen = groupPods(verdicts).flatMap((group) => (allPods ? group : choosePods(group, inside)));
    await observer.look(
      chosen.map(({ pod, candidates }) => ({ pod, uses: candidates.map(({ evidence }) => evidence.dependency) })),
    );
  };
  let first: Promise<void> | undefined;
  const lookAtAll = async () => {
    await look(uses.flatMap(({ verdicts }) => verdicts.filter(isLost)));
    await observer.lookBeside();
    onTroubles(observer.troubles());
  };
  return async (verdicts) => {
    first ??= lookAtAll();
    await first;
    const isSeen = ({ evidence }: Verdict) => inside.find(evidence.pod, evidence.dependency) !== undefined;
    await look(verdicts.filter((verdict) => !isSeen(verdict)));
    return { inside, find: (pod, use) => values.get(pod.uid)?.get(use) };
  };
}

function isLost({ evidence, judgement }: Verdict): boolean {
  return judgement.state !== 'current' && walkBack(evidence).end !== 'found';
}

/** Of many pods of a kind, from the one that started first to the one that started last; of the others it is kept that nobody looked. */
function choosePods(group: readonly PodCandidates[], inside: Inside): PodCandidates[] {
  const startOf = ({ candidates }: PodCandidates): string => candidates[0]?.evidence.instance.startedAt ?? '';
  const chosen = new Set(
    spread(
      group.toSorted((a, b) => (startOf(a) < startOf(b) ? -1 : 1)),
      PODS_OF_A_KIND,
    ),
  );
  const why = `${chosen.size} of ${group.length} pods like it were; --all-pods looks into every one`;
  for (const one of group) {
    if (chosen.has(one)) continue;
    for (const { evidence } of one.candidates)
      inside.add(one.pod, evidence.dependency, { seen: 'nothing', why, isOfImage: false });
  }
  return [...chosen];
}

/** Values of which many containers hold the same stay in memory once. */
function makePool(): (held: HeldBytes) => SeenValues {
  const known = new Map<string, ConfigValue>();
  const intern = (bytes: Uint8Array): ConfigValue => {
    const { hash } = takeFingerprint(bytes);
    const value = known.get(hash) ?? { bytes, field: 'data' };
    known.set(hash, value);
    return value;
  };
  return (held) => new Map([...held].map(([key, bytes]) => [key, bytes === null ? null : intern(bytes)]));
}
