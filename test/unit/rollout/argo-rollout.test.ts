import { describe, expect, test } from 'bun:test';
import { argoRolloutState } from '../../../src/rollout/argo-rollout.ts';
import type { ArgoRolloutObject } from '../../../src/rollout/rollout-object.ts';
import { makePods } from './make-rollouts.ts';

function makeRollout(
  status: ArgoRolloutObject['status'] = {},
  spec: ArgoRolloutObject['spec'] = {},
): ArgoRolloutObject {
  return {
    kind: 'Rollout',
    metadata: { name: 'web', generation: 7 },
    spec: { replicas: 2, ...spec },
    status: {
      observedGeneration: '7',
      phase: 'Healthy',
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      ...status,
    },
  };
}

describe('an Argo Rollout', () => {
  test('is complete when its controller calls it healthy and all new pods are ready', () => {
    expect(argoRolloutState(makeRollout(), null).phase).toBe('complete');
    expect(argoRolloutState(makeRollout(), { updated: makePods(2), old: [] }).phase).toBe('complete');
    expect(argoRolloutState(makeRollout(), { updated: makePods(1), old: [] }).phase).toBe('progressing');
  });

  test('waits until its spec is observed', () => {
    expect(argoRolloutState(makeRollout({ observedGeneration: '6' }), null).phase).toBe('waiting');
    expect(argoRolloutState(makeRollout({ observedGeneration: '5f4d6b' }), null).phase).toBe('complete');
  });

  test('waits until its pods are restarted, to the second', () => {
    const restartAt = '2026-01-01T10:00:05Z';
    expect(argoRolloutState(makeRollout({}, { restartAt }), null).message).toContain('being restarted');
    const before = makeRollout({ restartedAt: '2026-01-01T09:00:00Z' }, { restartAt });
    expect(argoRolloutState(before, null).phase).toBe('progressing');
    expect(argoRolloutState(makeRollout({ restartedAt: restartAt }, { restartAt }), null).phase).toBe('complete');
  });

  test('fails when it is degraded', () => {
    const status = { phase: 'Degraded', message: 'RolloutAborted: metric "errors" assessed Failed' };
    expect(argoRolloutState(makeRollout(status), null)).toMatchObject({
      phase: 'failed',
      reason: 'Degraded',
      message: 'rollout "web" is degraded: RolloutAborted: metric "errors" assessed Failed',
    });
  });

  test('says why it pauses', () => {
    const status = { phase: 'Paused', message: 'CanaryPauseStep', updatedReplicas: 1 };
    expect(argoRolloutState(makeRollout(status), null)).toMatchObject({
      phase: 'progressing',
      reason: 'Paused',
      message:
        'Waiting for rollout "web" to finish: 1 out of 2 new replicas have been updated... (it is paused: CanaryPauseStep)',
    });
  });

  test('goes by the hashes where an old controller gives no phase', () => {
    const status = { currentPodHash: 'b', stableRS: 'a' };
    const rollout = makeRollout(status);
    delete rollout.status?.phase;
    expect(argoRolloutState(rollout, null).phase).toBe('progressing');
    if (rollout.status) rollout.status.stableRS = 'b';
    expect(argoRolloutState(rollout, null).phase).toBe('complete');
  });
});
