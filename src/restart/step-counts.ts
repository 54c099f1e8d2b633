import { isRolloutKind, readRolloutObject } from '../rollout/rollout-object.ts';
import { rolloutState } from '../rollout/state.ts';
import type { RestartStep, RolloutState } from '../types.ts';

/**
 * The numbers of a workload just patched, or of one of which the plan is all that is known.
 * @param object the answer to the patch
 */
export function countsOf(step: RestartStep, object: object | null): RolloutState {
  const { kind } = step.workload;
  const read = object && isRolloutKind(kind) ? readRolloutObject(kind, object) : null;
  if (read) {
    const { suspect: _, ...state } = rolloutState(read, null);
    return state;
  }
  const { pods } = step;
  const counts = { desired: pods, updated: 0, ready: pods, available: pods, old: pods };
  return { phase: 'waiting', ...counts, message: '', reason: '' };
}

/** `metadata.generation` of a raw object; 0 where it has none. */
export function generationOf(object: object): number {
  if (!('metadata' in object && typeof object.metadata === 'object' && object.metadata !== null)) return 0;
  return 'generation' in object.metadata && typeof object.metadata.generation === 'number'
    ? object.metadata.generation
    : 0;
}
