import type { RolloutPhase, RolloutState } from '../types.ts';
import type { RolloutFailure, SuspectContainer } from './failure.ts';

/** The numbers of a rollout: a RolloutState without its verdict. */
export type RolloutCounts = Pick<RolloutState, 'desired' | 'updated' | 'ready' | 'available' | 'old'>;

/** A RolloutState, and the container whose log may tell why it is as it is. */
export interface RolloutVerdict extends RolloutState {
  suspect?: SuspectContainer;
}

/** A rollout that is done by all that the objects say. */
export function complete(counts: RolloutCounts, message: string): RolloutState {
  return { phase: 'complete', ...counts, message, reason: '' };
}

/** A rollout whose latest spec its controller has not seen yet. */
export function unobserved(counts: RolloutCounts, what: string): RolloutState {
  return { phase: 'waiting', ...counts, message: `Waiting for ${what} spec update to be observed...`, reason: '' };
}

/** A rollout that has failed for good. */
export function failed(counts: RolloutCounts, failure: Omit<RolloutFailure, 'final'>): RolloutVerdict {
  const { message, reason, suspect } = failure;
  return { phase: 'failed', ...counts, message, reason, ...(suspect && { suspect }) };
}

/**
 * A rollout under way: failed at once when the trouble cannot mend itself, else `message` with the trouble, if any, in
 * brackets behind it.
 */
export function underWay(
  counts: RolloutCounts,
  message: string,
  trouble: RolloutFailure | null,
  phase: RolloutPhase = 'progressing',
): RolloutVerdict {
  if (trouble === null) return { phase, ...counts, message, reason: '' };
  return { ...failed(counts, trouble), ...(!trouble.final && { phase, message: `${message} (${trouble.message})` }) };
}

/** A name as Go's `%q` writes it, for kubectl's sentences. */
export function quote(name: string): string {
  return JSON.stringify(name);
}

/** How many of these pods are ready. */
export function countReady(pods: readonly { ready: boolean }[]): number {
  return pods.reduce((count, pod) => count + (pod.ready ? 1 : 0), 0);
}

/** Why nothing goes on where the update strategy is OnDelete. */
export const ON_DELETE: RolloutFailure = {
  reason: 'OnDelete',
  message: 'its update strategy is OnDelete: a pod gets the new template when it is deleted',
  final: false,
};
