import { describe, expect, test } from 'bun:test';
import { findReadyMs, graceOf, stallOf } from '../../../src/rollout/patience.ts';
import type { DeploymentObject, RolloutObject } from '../../../src/rollout/rollout-object.ts';
import type { TemplatePods } from '../../../src/rollout/template-pods.ts';
import type { RolloutVerdict } from '../../../src/rollout/verdict.ts';
import { makeContainer, makeRolloutPod } from './make-rollouts.ts';

const SINCE = Date.parse('2026-01-01T10:00:00Z');

const STATE: RolloutVerdict = {
  phase: 'progressing',
  desired: 1,
  updated: 1,
  ready: 1,
  available: 1,
  old: 0,
  message: 'Waiting...',
  reason: '',
};

function makeDeployment(reason: string): DeploymentObject {
  return {
    kind: 'Deployment',
    metadata: { name: 'web' },
    status: { conditions: [{ type: 'Progressing', status: 'True', reason }] },
  };
}

/** A pod that became ready at this second of its life. */
function makeReadyAfter(seconds: number) {
  return makeRolloutPod({
    readyAt: new Date(SINCE + seconds * 1000).toISOString(),
    containers: [
      makeContainer({ startedAt: '2026-01-01T10:00:00Z' }),
      makeContainer({ name: 'init', init: true, startedAt: null }),
    ],
  });
}

describe('the time that pods take to become ready', () => {
  test('is the shortest that a ready pod shows, of either template', () => {
    const pods = { old: [makeReadyAfter(80)], updated: [makeReadyAfter(9000)] };
    expect(findReadyMs(pods, null)).toBe(80_000);
  });

  test('is kept when the pods that showed it are gone', () => {
    expect(findReadyMs({ old: [], updated: [] }, 80_000)).toBe(80_000);
    expect(findReadyMs(null, 80_000)).toBe(80_000);
  });

  test('is not known by pods that are not ready, or say no times', () => {
    const old = [
      makeRolloutPod({ ready: false }),
      makeRolloutPod({ readyAt: null }),
      makeRolloutPod({ containers: [] }),
    ];
    expect(findReadyMs({ old, updated: [] }, null)).toBeNull();
  });
});

describe('the grace of a pod that is not ready yet', () => {
  const unhealthy = { ...STATE, reason: 'Unhealthy' };

  test('is twice what pods like it took, where that is longer', () => {
    expect(graceOf(unhealthy, 60_000, 80_000)).toBe(160_000);
    expect(graceOf(unhealthy, 60_000, 5_000)).toBe(60_000);
  });

  test('is never longer than Kubernetes waits for a Deployment', () => {
    expect(graceOf(unhealthy, 60_000, 86_400_000)).toBe(600_000);
  });

  test('is what was asked for where nothing is known, and for other troubles', () => {
    expect(graceOf(unhealthy, 60_000, null)).toBe(60_000);
    expect(graceOf({ ...STATE, reason: 'Unschedulable' }, 60_000, 80_000)).toBe(60_000);
  });
});

describe('a rollout without any trouble to be seen', () => {
  const stall = (object: RolloutObject, state = STATE, pods: TemplatePods | null = null, graceMs = 60_000) =>
    stallOf(object, state, pods, { graceMs, since: SINCE });

  test('is left to the controller that counts down a deadline', () => {
    expect(stall(makeDeployment('ReplicaSetUpdated'))).toBe(Number.POSITIVE_INFINITY);
  });

  test('has an end where its controller takes it for done already: a node that is gone keeps its pods for ever', () => {
    expect(stall(makeDeployment('NewReplicaSetAvailable'))).toBe(600_000);
  });

  test('has an end where no controller sees the change', () => {
    expect(stall(makeDeployment('ReplicaSetUpdated'), { ...STATE, phase: 'waiting' })).toBe(600_000);
  });

  test('waits for as long as --grace says where that is longer', () => {
    const set = { kind: 'StatefulSet', metadata: { name: 'db' }, spec: { minReadySeconds: 5 } } as const;
    expect(stall(set)).toBe(605_000);
    expect(stall(set, STATE, null, 1_800_000)).toBe(1_805_000);
  });

  test('waits for old pods that were given longer to stop', () => {
    const old = [makeRolloutPod({ deleting: true, goneBy: '2026-01-01T11:00:00Z' })];
    expect(stall(makeDeployment('NewReplicaSetAvailable'), STATE, { old, updated: [] })).toBe(4_200_000);
    const late = [makeRolloutPod({ deleting: true, goneBy: '2026-01-01T09:00:00Z' })];
    expect(stall(makeDeployment('NewReplicaSetAvailable'), STATE, { old: late, updated: [] })).toBe(600_000);
  });
});
