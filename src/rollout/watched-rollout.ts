import { ReloadError } from '../error.ts';
import type { ObjectReference, RolloutState } from '../types.ts';
import type { GateMemory, GateOptions } from './gate.ts';
import { gateRollout } from './gate.ts';
import { findReadyMs, graceOf, stallOf } from './patience.ts';
import type { RolloutKind } from './rollout-object.ts';
import { isRolloutKind } from './rollout-object.ts';
import type { RolloutSight } from './rollout-scope.ts';
import { rolloutState } from './state.ts';
import { splitPods } from './template-pods.ts';
import type { RolloutVerdict } from './verdict.ts';

/** A workload whose rollout is to be followed. */
export interface RolloutTarget {
  ref: ObjectReference;
  /** The rollout fails when the object of this name is another one; '' takes any. */
  uid: string;
  /** The least `metadata.generation` that counts, so that an answer from before a patch is not taken for its end; 0 takes any. */
  generation: number;
}

/** One rollout, judged anew at each look from all that is known of it. */
export interface WatchedRollout {
  readonly ref: ObjectReference;
  readonly kind: RolloutKind;
  /** When it has to be looked at though nothing changed, in milliseconds since 1970. */
  readonly wakeAt: number;
  /** True when the change of this uid may be one of it. */
  isOf(uid: string): boolean;
  /**
   * Where it stands; `null` while nothing can be said.
   * @param sight `null` while it is being read
   */
  look(sight: RolloutSight | null, now: number): RolloutVerdict | null;
  /** The verdict when time has run out. */
  timeOut(timeoutMs: number): RolloutVerdict;
}

/** The numbers of a rollout of which nothing has been seen. */
const NOTHING: RolloutState = {
  phase: 'waiting',
  desired: 0,
  updated: 0,
  ready: 0,
  available: 0,
  old: 0,
  message: '',
  reason: '',
};

/** For so long, in milliseconds, the first look waits for the events of the namespace: with them it can say what is wrong. */
const EVENTS_MS = 3000;

/**
 * Begins to watch a rollout.
 * @param now milliseconds since 1970
 * @throws ReloadError for a kind that has no rollouts
 */
export function makeWatchedRollout(
  target: RolloutTarget,
  options: Omit<GateOptions, 'stallMs'>,
  now: number,
): WatchedRollout {
  const { ref } = target;
  const { kind, name } = ref;
  if (!isRolloutKind(kind)) throw new ReloadError(`${kind} ${name} has no rollout that could be followed`);
  const patientUntil = now + EVENTS_MS;
  let { uid } = target;
  let isSeen = false;
  let memory: GateMemory | null = null;
  let last: RolloutVerdict | null = null;
  let readyMs: number | null = null;
  let wakeAt = Number.POSITIVE_INFINITY;

  /** Why there is nothing left to follow; `null` when there is. */
  function findLoss({ object, refused }: RolloutSight): { reason: string; message: string } | null {
    const what = `${kind.toLowerCase()} ${JSON.stringify(name)}`;
    if (refused) return { reason: refused.reason, message: `${what} cannot be followed: ${refused.message}` };
    if (!object && isSeen) return { reason: 'Deleted', message: `${what} has been deleted` };
    if (!object) return { reason: 'NotFound', message: `${what} not found` };
    if (uid !== '' && object.metadata.uid !== uid) {
      return { reason: 'Recreated', message: `${what} has been deleted and created again` };
    }
    return object.metadata.deletionTimestamp ? { reason: 'Deleted', message: `${what} is being deleted` } : null;
  }

  return {
    ref,
    kind,
    get wakeAt() {
      return wakeAt;
    },
    isOf: (changed) => uid === '' || uid === changed,
    look(sight, at) {
      wakeAt = Number.POSITIVE_INFINITY;
      if (sight === null) return null;
      const loss = findLoss(sight);
      if (loss) return { ...(last ?? NOTHING), phase: 'failed', ...loss };
      const { object, owners, pods, troublesOf } = sight;
      if (!object) return null;
      isSeen = true;
      uid ||= object.metadata.uid ?? '';
      if ((object.metadata.generation ?? 0) < target.generation) return null;
      if (!sight.hasEvents && last === null && at < patientUntil) {
        wakeAt = patientUntil;
        return null;
      }
      const split = pods && splitPods(object, pods, owners, troublesOf);
      const minReadyMs = (object.spec?.minReadySeconds ?? 0) * 1000;
      const state = rolloutState(object, split);
      readyMs = findReadyMs(split, readyMs);
      const gate = {
        ...options,
        soakMs: Math.max(options.soakMs, minReadyMs),
        graceMs: graceOf(state, options.graceMs, readyMs),
        stallMs: stallOf(object, state, split, { graceMs: options.graceMs, since: memory?.progressAt ?? at }),
      };
      const result = gateRollout(state, split?.updated ?? null, memory, at, gate);
      memory = result.memory;
      wakeAt = result.wakeAt ?? Number.POSITIVE_INFINITY;
      last = result.state;
      return last;
    },
    timeOut(timeoutMs) {
      const state = last ?? NOTHING;
      const message = `timed out after ${Math.round(timeoutMs / 1000)}s${state.message === '' ? '' : `: ${state.message}`}`;
      return { ...state, phase: 'failed', reason: state.reason || 'TimedOut', message };
    },
  };
}
