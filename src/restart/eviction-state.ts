import { replicaFailure } from '../rollout/creation-failure.ts';
import { worstFailure } from '../rollout/failure.ts';
import type { RolloutCondition } from '../rollout/rollout-object.ts';
import type { RolloutPod } from '../rollout/rollout-pod.ts';
import type { RolloutVerdict } from '../rollout/verdict.ts';
import { complete, countReady, underWay } from '../rollout/verdict.ts';

/** How a workload stood before the first of its pods was evicted. */
export interface EvictionStart {
  /** uids of the pods to evict, in the order in which they go. */
  targets: readonly string[];
  /** uids of all pods that were there. */
  known: ReadonlySet<string>;
  /** How many of them were there to stay, and how many of these were ready. */
  live: number;
  ready: number;
}

/** What is seen of a workload whose pods are being evicted. */
export interface EvictionLook {
  /** How many pods it wants. */
  desired: number;
  conditions: readonly RolloutCondition[];
  pods: readonly RolloutPod[];
  /** uids of the pods whose eviction was accepted. */
  evicted: ReadonlySet<string>;
}

/** Where an eviction stands. */
export interface EvictionState {
  /** `complete`: nothing is under way at this moment, so that the next pod may go. `old` counts pods still to be replaced. */
  state: RolloutVerdict;
  /** The pods that came since. */
  fresh: RolloutPod[];
  /** The pod to evict next; `null` when none is left. */
  next: RolloutPod | null;
}

/** Takes note of how things stand before the first eviction. */
export function startEviction(targets: readonly string[], pods: readonly RolloutPod[]): EvictionStart {
  const live = pods.filter(isLive);
  return { targets, known: new Set(pods.map(({ uid }) => uid)), live: live.length, ready: countReady(live) };
}

/**
 * Where an eviction stands, from the pods as they are now. A pod goes when there are as many ready ones as before the first went; one
 * that is not ready serves nobody, so it goes first and need not wait for that.
 */
export function evictionState(start: EvictionStart, look: EvictionLook): EvictionState {
  const pods = look.pods.filter(({ phase }) => phase !== 'Failed' && phase !== 'Succeeded');
  const left = start.targets.flatMap((uid) => pods.find((pod) => pod.uid === uid) ?? []);
  const going = left.filter((pod) => pod.deleting || look.evicted.has(pod.uid));
  const waiting = left.filter((pod) => !going.includes(pod));
  const next = waiting.find((pod) => !pod.ready) ?? waiting[0] ?? null;
  const live = pods.filter((pod) => isLive(pod) && !going.includes(pod));
  const fresh = live.filter(({ uid }) => !start.known.has(uid));
  const ready = countReady(live);
  const counts = { desired: look.desired, updated: fresh.length, ready, available: ready, old: left.length };

  const done = `${start.targets.length - left.length} of ${start.targets.length} pods evicted`;
  const trouble = worstFailure(fresh) ?? replicaFailure(look.conditions);
  const wait = (message: string): EvictionState => ({
    state: underWay(counts, `${done}, waiting for ${message}...`, trouble),
    fresh,
    next,
  });
  if (going.length > 0) return wait(`${going.map(({ name }) => name).join(', ')} to end`);
  if (live.length < Math.min(look.desired, start.live)) {
    const { state, ...rest } = wait('a new pod to be made');
    // It takes the controller a moment; only the grace time makes a failure of it.
    return { state: state.reason === '' ? { ...state, reason: 'NoReplacement' } : state, ...rest };
  }
  const unready = fresh.filter((pod) => !pod.ready);
  const isShort = next?.ready !== false && ready < Math.min(look.desired, start.ready);
  if (unready.length > 0 || isShort) {
    return wait(`${unready.map(({ name }) => name).join(', ') || 'other pods'} to be ready`);
  }
  return { state: complete(counts, done), fresh, next };
}

function isLive(pod: RolloutPod): boolean {
  return !pod.deleting && pod.phase !== 'Failed' && pod.phase !== 'Succeeded';
}
