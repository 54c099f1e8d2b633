import { describe, expect, test } from 'bun:test';
import { deploymentConfigState } from '../../../src/rollout/deployment-config.ts';
import type { DeploymentConfigObject } from '../../../src/rollout/rollout-object.ts';
import { makePods, makeRolloutPod } from './make-rollouts.ts';

function makeConfig(status: DeploymentConfigObject['status'] = {}): DeploymentConfigObject {
  const message = 'replication controller "web-4" successfully rolled out';
  return {
    kind: 'DeploymentConfig',
    metadata: { name: 'web', generation: 4 },
    spec: { replicas: 2 },
    status: {
      observedGeneration: 4,
      latestVersion: 4,
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicationControllerAvailable', message }],
      ...status,
    },
  };
}

const progressing = (reason: string, message = ''): DeploymentConfigObject['status'] => ({
  conditions: [{ type: 'Progressing', status: 'False', reason, message }],
});

describe('the rollout of a DeploymentConfig', () => {
  test.each([
    [
      { observedGeneration: 3 },
      'waiting',
      'Waiting for latest deployment config spec to be observed by the controller loop...',
    ],
    [
      { ...progressing('ReplicationControllerUpdated'), updatedReplicas: 1 },
      'progressing',
      'Waiting for rollout to finish: 1 out of 2 new replicas have been updated...',
    ],
    [
      { ...progressing('ReplicationControllerUpdated'), replicas: 3 },
      'progressing',
      'Waiting for rollout to finish: 1 old replicas are pending termination...',
    ],
    [
      { ...progressing('ReplicationControllerUpdated'), availableReplicas: 1 },
      'progressing',
      'Waiting for rollout to finish: 1 of 2 updated replicas are available...',
    ],
    [
      progressing('ReplicationControllerUpdated'),
      'waiting',
      'Waiting for latest deployment config spec to be observed by the controller loop...',
    ],
    [progressing('ProgressDeadlineExceeded', 'timed out progressing'), 'failed', 'timed out progressing'],
    [progressing('RolloutCancelled', 'rollout "web-4" cancelled'), 'failed', 'rollout "web-4" cancelled'],
    [{}, 'complete', 'replication controller "web-4" successfully rolled out'],
  ] as const)('with %o is %s: %s', (status, phase, message) => {
    expect(deploymentConfigState(makeConfig(status), null)).toMatchObject({ phase, message });
  });

  test('says that it is paused', () => {
    expect(deploymentConfigState(makeConfig(progressing('DeploymentConfigPaused')), null).message).toEndWith(
      '(it is paused: oc rollout resume dc/web)',
    );
  });

  test('waits for its pods', () => {
    const old = [makeRolloutPod({ deleting: true })];
    expect(deploymentConfigState(makeConfig(), { updated: makePods(2), old }).phase).toBe('progressing');
    expect(deploymentConfigState(makeConfig(), { updated: makePods(1), old: [] }).phase).toBe('progressing');
    expect(deploymentConfigState(makeConfig(), { updated: makePods(2), old: [] }).phase).toBe('complete');
  });
});
