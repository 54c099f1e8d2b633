import { describe, expect, test } from 'bun:test';
import { readPolicy } from '../../../src/objects/rollout-policy.ts';

const read = (kind: string, spec: object, status: object = {}, apiVersion = 'apps/v1') =>
  readPolicy({ spec, status }, { apiVersion, kind });
const margins = (kind: string, spec: object, status: object = {}, apiVersion = 'apps/v1') => {
  const { surge, unavailable } = read(kind, spec, status, apiVersion);
  return { surge, unavailable };
};

test('is read with the defaults of the API server', () => {
  expect(read('Deployment', {})).toEqual({
    replicas: 1,
    paused: false,
    strategy: 'RollingUpdate',
    partition: 0,
    surge: 1,
    unavailable: 0,
  });
  expect(read('Deployment', { replicas: 0, paused: true, strategy: { type: 'Recreate' } })).toMatchObject({
    replicas: 0,
    paused: true,
    strategy: 'Recreate',
  });
  expect(read('StatefulSet', { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } })).toMatchObject({
    replicas: 3,
    strategy: 'RollingUpdate',
    partition: 2,
  });
  expect(read('DaemonSet', { updateStrategy: { type: 'OnDelete' } })).toMatchObject({
    replicas: null,
    strategy: 'OnDelete',
  });
  expect(read('Job', {}, {}, 'batch/v1')).toMatchObject({ replicas: null, strategy: '' });
});

describe('the margins', () => {
  const rolling = (maxSurge?: unknown, maxUnavailable?: unknown) => ({
    rollingUpdate: {
      ...(maxSurge !== undefined && { maxSurge }),
      ...(maxUnavailable !== undefined && { maxUnavailable }),
    },
  });

  test.each([
    [1, undefined, undefined, 1, 0],
    [3, undefined, undefined, 1, 0],
    [4, undefined, undefined, 1, 1],
    [10, undefined, undefined, 3, 2],
    [10, '15%', '15%', 2, 1],
    [10, 0, '5%', 0, 1],
    [10, 0, 0, 0, 1],
    [10, 2, 0, 2, 0],
    [10, '100%', '100%', 10, 10],
    [10, 'x', 1, 0, 1],
  ])(
    'of a Deployment of %p with maxSurge %p and maxUnavailable %p are %p and %p',
    (replicas, maxSurge, maxUnavailable, surge, unavailable) => {
      expect(margins('Deployment', { replicas, strategy: rolling(maxSurge, maxUnavailable) })).toEqual({
        surge,
        unavailable,
      });
    },
  );

  test('of what stops all of its pods first are these pods', () => {
    expect(margins('Deployment', { replicas: 3, strategy: { type: 'Recreate' } })).toEqual({
      surge: 0,
      unavailable: 3,
    });
  });

  test.each([
    [undefined, 1],
    [2, 2],
    ['50%', 2],
    ['10%', 1],
  ])('of a StatefulSet of 5 with maxUnavailable %p take %p away', (maxUnavailable, unavailable) => {
    const updateStrategy = rolling(undefined, maxUnavailable);
    expect(margins('StatefulSet', { replicas: 5, updateStrategy })).toEqual({ surge: 0, unavailable });
  });

  test.each([
    [undefined, undefined, 0, 1],
    [undefined, '15%', 0, 2],
    ['15%', 0, 2, 0],
  ])('of a DaemonSet on 10 nodes with %p and %p are %p and %p', (maxSurge, maxUnavailable, surge, unavailable) => {
    const updateStrategy = rolling(maxSurge, maxUnavailable);
    expect(margins('DaemonSet', { updateStrategy }, { desiredNumberScheduled: 10 })).toEqual({ surge, unavailable });
  });

  test('of a DeploymentConfig are those of its rolling parameters', () => {
    const openShift = 'apps.openshift.io/v1';
    const strategy = { type: 'Rolling', rollingParams: { maxSurge: 2, maxUnavailable: 0 } };
    expect(margins('DeploymentConfig', { replicas: 4, strategy }, {}, openShift)).toEqual({ surge: 2, unavailable: 0 });
    expect(margins('DeploymentConfig', { replicas: 4, strategy: { type: 'Recreate' } }, {}, openShift)).toEqual({
      surge: 0,
      unavailable: 4,
    });
  });

  test('of what does not roll are none', () => {
    expect(margins('ReplicaSet', { replicas: 3 })).toEqual({ surge: 0, unavailable: 0 });
  });
});
