import { describe, expect, test } from 'bun:test';
import type { StatefulSetObject } from '../../../src/rollout/rollout-object.ts';
import { statefulSetState } from '../../../src/rollout/stateful-set.ts';
import { makePods, makeRolloutPod } from './make-rollouts.ts';

function makeSet(status: StatefulSetObject['status'] = {}, spec: StatefulSetObject['spec'] = {}): StatefulSetObject {
  return {
    kind: 'StatefulSet',
    metadata: { name: 'pg', namespace: 'shop', generation: 2 },
    spec: { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } }, ...spec },
    status: {
      observedGeneration: 2,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      currentReplicas: 3,
      currentRevision: 'pg-b',
      updateRevision: 'pg-b',
      ...status,
    },
  };
}

const rolling = (partition: number): StatefulSetObject['spec'] => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition } },
});

describe('the rollout of a StatefulSet, by its status alone', () => {
  test.each([
    [{ observedGeneration: 1 }, 'waiting', 'Waiting for statefulset spec update to be observed...'],
    [{ observedGeneration: 0 }, 'waiting', 'Waiting for statefulset spec update to be observed...'],
    [{ readyReplicas: 1 }, 'progressing', 'Waiting for 2 pods to be ready...'],
    [
      { updatedReplicas: 1 },
      'progressing',
      'Waiting for partitioned roll out to finish: 1 out of 3 new pods have been updated...',
    ],
    [{}, 'complete', 'partitioned roll out complete: 3 new pods have been updated...'],
  ] as const)('with %o is %s: %s', (status, phase, message) => {
    expect(statefulSetState(makeSet(status), null)).toMatchObject({ phase, message, reason: '' });
  });

  test('is waiting while its controller has never looked at it', () => {
    const fresh = makeSet({ observedGeneration: 0 });
    delete fresh.metadata.generation;
    expect(statefulSetState(fresh, null).phase).toBe('waiting');
  });

  test('is complete above the partition, whatever is below it', () => {
    const status = { updatedReplicas: 1, currentRevision: 'pg-a' };
    expect(statefulSetState(makeSet(status, rolling(2)), null)).toMatchObject({
      phase: 'complete',
      message: 'partitioned roll out complete: 1 new pods have been updated...',
    });
    expect(statefulSetState(makeSet({ ...status, updatedReplicas: 0 }, rolling(2)), null).message).toBe(
      'Waiting for partitioned roll out to finish: 0 out of 1 new pods have been updated...',
    );
    expect(statefulSetState(makeSet({ ...status, updatedReplicas: 0 }, rolling(5)), null).phase).toBe('complete');
  });

  test('says the revisions where the spec has no rolling update', () => {
    const spec = { updateStrategy: { type: 'RollingUpdate' } };
    expect(statefulSetState(makeSet({ updatedReplicas: 2, currentRevision: 'pg-a' }, spec), null).message).toBe(
      'waiting for statefulset rolling update to complete 2 pods at revision pg-b...',
    );
    expect(statefulSetState(makeSet({}, spec), null).message).toBe(
      'statefulset rolling update complete 3 pods at revision pg-b...',
    );
  });

  test('waits for minReadySeconds, which kubectl does not', () => {
    expect(statefulSetState(makeSet({ availableReplicas: 2 }, { minReadySeconds: 30 }), null)).toMatchObject({
      phase: 'progressing',
      message: 'Waiting for 1 pods to be available...',
    });
  });

  test('counts OnDelete down instead of refusing it', () => {
    const spec = { updateStrategy: { type: 'OnDelete' } };
    expect(statefulSetState(makeSet({ updatedReplicas: 1 }, spec), null)).toMatchObject({
      phase: 'progressing',
      reason: 'OnDelete',
    });
    expect(statefulSetState(makeSet({}, spec), null).phase).toBe('complete');
  });
});

describe('the rollout of a StatefulSet, with its pods', () => {
  test('is complete with all pods of the new revision ready', () => {
    expect(statefulSetState(makeSet(), { updated: makePods(3), old: [] }).phase).toBe('complete');
  });

  test('waits for an old pod that is still going', () => {
    const old = [makeRolloutPod({ deleting: true })];
    expect(statefulSetState(makeSet(), { updated: makePods(3), old }).message).toBe(
      'Waiting for partitioned roll out to finish: 1 old pods are pending termination...',
    );
  });

  test('says that an old pod which is not ready holds an ordered rollout up', () => {
    const old = [makeRolloutPod({ name: 'pg-0', ready: false }), makeRolloutPod({ name: 'pg-1' })];
    const status = { updatedReplicas: 0, readyReplicas: 1 };
    expect(statefulSetState(makeSet(status), { updated: [], old })).toMatchObject({
      phase: 'progressing',
      reason: 'OldPodNotReady',
      message: expect.stringContaining('kubectl delete pod pg-0 -n shop'),
    });
    expect(statefulSetState(makeSet(status, { podManagementPolicy: 'Parallel' }), { updated: [], old }).reason).toBe(
      '',
    );
  });
});

test('a pod that may not be created fails it by the event, where no condition says so', () => {
  const message = 'Error creating: pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged';
  const refusal = { reason: 'FailedCreate', message, container: '', firstAt: null, lastAt: null } as const;
  expect(statefulSetState(makeSet({ updatedReplicas: 2 }), { updated: makePods(2), old: [], refusal })).toMatchObject({
    phase: 'failed',
    reason: 'FailedCreate',
    message: `pods cannot be created: ${message}`,
  });
});
