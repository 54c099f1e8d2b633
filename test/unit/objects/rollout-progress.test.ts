import { expect, test } from 'bun:test';
import { readProgress } from '../../../src/objects/rollout-progress.ts';

const counts = { replicas: 4, updatedReplicas: 1, availableReplicas: 2 };

test.each(['Deployment', 'StatefulSet', 'DeploymentConfig'])('of a %s is what its status counts', (kind) => {
  const raw = { metadata: { generation: 3 }, spec: { replicas: 3 }, status: { ...counts, observedGeneration: 3 } };
  expect(readProgress(raw, kind)).toEqual({ observed: true, desired: 3, total: 4, updated: 1, available: 2 });
});

test('of a DaemonSet is by nodes', () => {
  const status = {
    observedGeneration: 1,
    desiredNumberScheduled: 5,
    currentNumberScheduled: 4,
    updatedNumberScheduled: 3,
    numberAvailable: 2,
  };
  expect(readProgress({ metadata: { generation: 2 }, status }, 'DaemonSet')).toEqual({
    observed: false,
    desired: 5,
    total: 4,
    updated: 3,
    available: 2,
  });
});

test('counts that are left out are 0, and replicas that are left out one', () => {
  expect(readProgress({ metadata: { generation: 1 }, status: { observedGeneration: 1 } }, 'Deployment')).toEqual({
    observed: true,
    desired: 1,
    total: 0,
    updated: 0,
    available: 0,
  });
});

test('is not known of a manifest, of what no controller has seen, and of what does not roll', () => {
  expect(readProgress({ spec: {} }, 'Deployment')).toBeNull();
  expect(readProgress({ metadata: { generation: 1 }, status: {} }, 'Deployment')).toBeNull();
  expect(readProgress({ status: { observedGeneration: 1 } }, 'ReplicaSet')).toBeNull();
});
