import type { RolloutEvent, RolloutPhase } from '../../../src/types.ts';
import type { RolloutRow } from '../../../src/view/rollout-rows.ts';
import { foldEvent } from '../../../src/view/rollout-rows.ts';
import { makeRef } from '../../support/make-objects.ts';

/** When the events of these tests happen, in milliseconds since 1970. */
export const TEN = Date.parse('2026-01-01T10:00:00Z');

/** An event of a Deployment of three pods, which are all as they should be; `kind/name` names another workload. */
export function makeEvent(workload: string, phase: RolloutPhase, overrides: Partial<RolloutEvent> = {}): RolloutEvent {
  const [name = '', kind = 'Deployment'] = workload.split('/').reverse();
  return {
    time: new Date(TEN).toISOString(),
    workload: makeRef(kind, name),
    phase,
    desired: 3,
    updated: 3,
    ready: 3,
    available: 3,
    old: 0,
    message: '',
    reason: '',
    ...overrides,
  };
}

/** The rows after these events. */
export function makeRows(...events: RolloutEvent[]): RolloutRow[] {
  return [...events.reduce(foldEvent, new Map()).values()];
}

/** A rollout in the middle of its way. */
export const rolling = (workload: string): RolloutEvent =>
  makeEvent(workload, 'progressing', {
    updated: 2,
    old: 2,
    message: `Waiting for deployment "${workload}" rollout to finish: 2 out of 3 new replicas have been updated...`,
  });

/** A rollout in trouble that may yet mend. */
export const failing = (workload: string): RolloutEvent =>
  makeEvent(workload, 'progressing', {
    updated: 1,
    ready: 2,
    available: 2,
    old: 2,
    reason: 'CrashLoopBackOff',
    message: `Waiting for deployment "${workload}" rollout to finish: 1 out of 3 new replicas have been updated... (pod ${workload}-7d9f8-abcde, container app exited 1)`,
  });

/** A rollout that has failed, with the log of the container that is to blame. */
export const failed = (workload: string): RolloutEvent =>
  makeEvent(workload, 'failed', {
    updated: 1,
    old: 2,
    reason: 'Error',
    message: `pod ${workload}-1, container app exited 1 (2 restarts)`,
    log: ['starting', 'FATAL: no such level'],
  });
