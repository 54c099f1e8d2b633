import type { GateMemory, GateOptions } from '../rollout/gate.ts';
import { gateRollout } from '../rollout/gate.ts';
import type { RolloutPod } from '../rollout/rollout-pod.ts';
import type { RolloutVerdict } from '../rollout/verdict.ts';
import type { EvictionLook, EvictionStart } from './eviction-state.ts';
import { evictionState } from './eviction-state.ts';

/** What to do next about a workload whose pods are being evicted. */
export type EvictionDecision =
  /** Look again when something changes, or at this time. */
  | { act: 'wait'; state: RolloutVerdict; memory: GateMemory; wakeAt: number }
  | { act: 'evict'; state: RolloutVerdict; memory: GateMemory; pod: RolloutPod }
  | { act: 'end'; state: RolloutVerdict };

/**
 * What to do next: wait for what came for the last pod to stay up, evict the next one, or end.
 * @param now milliseconds since 1970
 */
export function decideEviction(
  start: EvictionStart,
  look: EvictionLook,
  memory: GateMemory | null,
  now: number,
  options: GateOptions,
): EvictionDecision {
  const { state, fresh, next } = evictionState(start, look);
  const gate = gateRollout(state, fresh, memory, now, options);
  switch (gate.state.phase) {
    case 'failed':
      return { act: 'end', state: gate.state };
    case 'waiting':
    case 'progressing':
      return { act: 'wait', ...gate, wakeAt: gate.wakeAt ?? Number.POSITIVE_INFINITY };
    case 'complete':
      return next === null ? { act: 'end', state: gate.state } : { act: 'evict', ...gate, pod: next };
    default:
      return gate.state.phase satisfies never;
  }
}
