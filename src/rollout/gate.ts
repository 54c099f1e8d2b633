import type { RolloutState } from '../types.ts';
import type { RolloutPod } from './rollout-pod.ts';
import type { RolloutVerdict } from './verdict.ts';
import { countReady } from './verdict.ts';

/** How long is long enough. All in milliseconds. */
export interface GateOptions {
  /** For so long every new pod must have been ready and none of its containers restarted. */
  soakMs: number;
  /** A trouble that may mend itself fails the rollout after so long without progress. */
  graceMs: number;
  /** A rollout without any trouble to be seen fails after so long without progress. */
  stallMs: number;
  /**
   * Believe the times in the pods, so that a rollout that ended long ago need not be watched. Only where `now` is by the clock of the
   * server; and a restart does not: its pods are new.
   */
  trustTimes: boolean;
}

/** What a gate remembers of one rollout between two looks. */
export interface GateMemory {
  /** By pod uid: the state in which it was first seen, and when. */
  pods: ReadonlyMap<string, { instance: string; since: number }>;
  /** When the rollout was first seen complete, for where pods cannot be seen. */
  completeSince: number | null;
  desired: number;
  /** The furthest it has got: higher is further. */
  best: number;
  progressAt: number;
}

/** What a gate says after one look. */
export interface GateResult {
  state: RolloutVerdict;
  memory: GateMemory;
  /** When it has to look again though nothing changed; `null` for never. */
  wakeAt: number | null;
}

/**
 * The clock of a node, by which its kubelet dates what containers do, may differ by this much from that of the server without harm: a
 * time in a pod counts only when it is older than the soak time by more.
 */
const CLOCK_MARGIN_MS = 60_000;

/**
 * Holds a rollout back that is complete by the objects until its pods have stayed up, and fails one whose trouble does not mend.
 *
 * Kubernetes counts a container without a readiness probe as ready from its start, so that a rollout is done even when every pod dies half a second later.
 *
 * @param pods the new pods; `null` where pods may not be read
 * @param now milliseconds since 1970
 */
export function gateRollout(
  state: RolloutVerdict,
  pods: readonly RolloutPod[] | null,
  memory: GateMemory | null,
  now: number,
  options: GateOptions,
): GateResult {
  const next = remember(state, pods, memory, now, options);
  if (state.phase === 'failed') return { state, memory: next, wakeAt: null };
  if (state.phase === 'complete') {
    const since = pods === null ? [next.completeSince ?? now] : [...next.pods.values()].map((pod) => pod.since);
    const soaked = Math.max(Number.NEGATIVE_INFINITY, ...since) + options.soakMs;
    if (soaked <= now) return { state, memory: next, wakeAt: null };
    return { state: soaking(state, options.soakMs), memory: next, wakeAt: soaked };
  }
  const patienceMs = state.reason === '' ? options.stallMs : options.graceMs;
  const lostAt = next.progressAt + patienceMs;
  if (lostAt > now) return { state, memory: next, wakeAt: Number.isFinite(lostAt) ? lostAt : null };
  const flag = state.reason === '' ? '' : ' (--grace)';
  const message = `no progress for ${seconds(patienceMs)}${flag}: ${state.message}`;
  const reason = state.reason || 'ProgressDeadlineExceeded';
  return { state: { ...state, phase: 'failed', message, reason }, memory: next, wakeAt: null };
}

function remember(
  state: RolloutState,
  pods: readonly RolloutPod[] | null,
  memory: GateMemory | null,
  now: number,
  options: GateOptions,
): GateMemory {
  const seen = new Map<string, { instance: string; since: number }>();
  for (const pod of pods ?? []) {
    const instance = `${pod.ready} ${pod.containers.map((c) => `${c.restartCount}${c.startedAt ?? ''}`).join(' ')}`;
    const before = memory?.pods.get(pod.uid);
    const since = before?.instance === instance ? before.since : firstSeen(pod, now, options);
    seen.set(pod.uid, { instance, since });
  }
  // The numbers of a spec that is not yet observed are those of the rollout before.
  const reached =
    state.phase === 'waiting'
      ? Number.NEGATIVE_INFINITY
      : state.updated - state.old + (pods === null ? state.available : countReady(pods));
  const further = memory === null || state.desired !== memory.desired || reached > memory.best;
  return {
    pods: seen,
    completeSince: state.phase === 'complete' ? (memory?.completeSince ?? now) : null,
    desired: state.desired,
    best: further ? reached : memory.best,
    progressAt: further ? now : memory.progressAt,
  };
}

function firstSeen(pod: RolloutPod, now: number, options: GateOptions): number {
  if (!options.trustTimes) return now;
  // The server itself dates the creation, so that a new pod of a node whose clock is far behind is still a new one.
  const starts = pod.containers.filter((c) => c.startedAt !== null).map((c) => c.startedAt);
  const times = [pod.createdAt, pod.readyAt, ...starts];
  const latest = Math.max(...times.map((time) => Date.parse(time ?? '')));
  return now - latest > options.soakMs + CLOCK_MARGIN_MS ? latest : now;
}

function soaking(state: RolloutState, soakMs: number): RolloutState {
  const message = `Waiting for ${state.updated} new pods to stay ready for ${seconds(soakMs)}...`;
  return { ...state, phase: 'progressing', message };
}

function seconds(milliseconds: number): string {
  return `${Math.round(milliseconds / 100) / 10}s`;
}
