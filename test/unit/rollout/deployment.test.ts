import { describe, expect, test } from 'bun:test';
import { deploymentState } from '../../../src/rollout/deployment.ts';
import type { DeploymentObject } from '../../../src/rollout/rollout-object.ts';
import { makeContainer, makeExit, makePods, makeRolloutPod } from './make-rollouts.ts';

function makeDeployment(
  status: DeploymentObject['status'] = {},
  spec: DeploymentObject['spec'] = {},
  metadata: Partial<DeploymentObject['metadata']> = {},
): DeploymentObject {
  return {
    kind: 'Deployment',
    metadata: { name: 'web', generation: 2, ...metadata },
    spec: { replicas: 3, ...spec },
    status: {
      observedGeneration: 2,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
      ...status,
    },
  };
}

describe('the rollout of a Deployment, by its status alone', () => {
  test.each([
    [{ observedGeneration: 1 }, 'waiting', 'Waiting for deployment spec update to be observed...'],
    [
      { updatedReplicas: 1 },
      'progressing',
      'Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been updated...',
    ],
    [
      { replicas: 4 },
      'progressing',
      'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...',
    ],
    [
      { availableReplicas: 1 },
      'progressing',
      'Waiting for deployment "web" rollout to finish: 1 of 3 updated replicas are available...',
    ],
    [{}, 'complete', 'deployment "web" successfully rolled out'],
  ] as const)('with %o is %s: %s', (status, phase, message) => {
    expect(deploymentState(makeDeployment(status), null)).toMatchObject({ phase, message, reason: '' });
  });

  test('counts what the status counts', () => {
    const status = { replicas: 4, updatedReplicas: 2, readyReplicas: 3, availableReplicas: 1 };
    const counts = { desired: 3, updated: 2, ready: 3, available: 1, old: 2 };
    expect(deploymentState(makeDeployment(status), null)).toMatchObject(counts);
  });

  test('is waiting when its controller has said nothing yet', () => {
    const fresh: DeploymentObject = { kind: 'Deployment', metadata: { name: 'web', generation: 1 }, spec: {} };
    expect(deploymentState(fresh, null).phase).toBe('waiting');
  });

  test('is complete with no replicas wanted and none there', () => {
    const none = { replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0 };
    expect(deploymentState(makeDeployment(none, { replicas: 0 }), { updated: [], old: [] }).phase).toBe('complete');
  });

  test('wants one replica where the spec names none', () => {
    const one = { replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 };
    const object = makeDeployment(one);
    delete object.spec?.replicas;
    expect(deploymentState(object, null)).toMatchObject({ phase: 'complete', desired: 1 });
  });

  test('fails at the progress deadline, in the words of kubectl', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    expect(deploymentState(makeDeployment({ updatedReplicas: 1, conditions }), null)).toMatchObject({
      phase: 'failed',
      reason: 'ProgressDeadlineExceeded',
      message: 'deployment "web" exceeded its progress deadline',
    });
  });

  test('does not fail by the deadline of the rollout before', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    expect(deploymentState(makeDeployment({ observedGeneration: 1, conditions }), null).phase).toBe('waiting');
  });

  test('says that it is paused while pods are still to be replaced', () => {
    const state = deploymentState(makeDeployment({ updatedReplicas: 0 }, { paused: true }), null);
    expect(state).toMatchObject({ phase: 'progressing', reason: 'DeploymentPaused' });
    expect(state.message).toEndWith('(it is paused: kubectl rollout resume deployment/web)');
    expect(deploymentState(makeDeployment({}, { paused: true }), null).phase).toBe('complete');
  });

  test('shows why pods cannot be created', () => {
    const conditions = [
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'pods "web-x" is forbidden: exceeded quota: q',
      },
    ];
    const state = deploymentState(makeDeployment({ updatedReplicas: 0, conditions }), null);
    expect(state).toMatchObject({ phase: 'progressing', reason: 'FailedCreate' });
    expect(state.message).toContain('exceeded quota: q');
    expect(deploymentState(makeDeployment({ conditions }), null).phase).toBe('complete');
  });

  test('fails at once when admission refuses the template', () => {
    const message = 'pods "web-x" is forbidden: violates PodSecurity "restricted:latest"';
    const conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message }];
    expect(deploymentState(makeDeployment({ updatedReplicas: 0, conditions }), null).phase).toBe('failed');
  });
});

describe('the rollout of a Deployment, with its pods', () => {
  test('is complete when all new pods are ready and no old one is left', () => {
    expect(deploymentState(makeDeployment(), { updated: makePods(3), old: [] }).phase).toBe('complete');
  });

  test('waits for old pods that are still going, which the status no longer counts', () => {
    const old = [makeRolloutPod({ name: 'web-old', deleting: true })];
    expect(deploymentState(makeDeployment(), { updated: makePods(3), old })).toMatchObject({
      phase: 'progressing',
      old: 1,
      message: 'Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...',
    });
  });

  test('believes the pods rather than a status that is late', () => {
    const updated = [...makePods(2), makeRolloutPod({ name: 'web-9', ready: false })];
    expect(deploymentState(makeDeployment(), { updated, old: [] })).toMatchObject({
      phase: 'progressing',
      message: 'Waiting for deployment "web" rollout to finish: 2 of 3 updated replicas are available...',
    });
  });

  test('fails by a new pod that has crashed twice', () => {
    const containers = [
      makeContainer({ ready: false, startedAt: null, restartCount: 1, terminated: makeExit(), last: makeExit() }),
    ];
    const updated = [makeRolloutPod({ ready: false, containers })];
    expect(deploymentState(makeDeployment({ updatedReplicas: 1 }), { updated, old: makePods(3) })).toMatchObject({
      phase: 'failed',
      reason: 'Error',
      message: 'pod web-1, container app exited 1 (1 restart)',
    });
  });

  test('does not fail by an old pod that crashes', () => {
    const waiting = { reason: 'CrashLoopBackOff', message: '' };
    const old = [makeRolloutPod({ ready: false, containers: [makeContainer({ waiting, last: makeExit() })] })];
    const state = deploymentState(makeDeployment({ updatedReplicas: 1 }), { updated: makePods(1), old });
    expect(state).toMatchObject({ phase: 'progressing', reason: '' });
  });

  test('names the cause behind the progress deadline', () => {
    const conditions = [{ type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' }];
    const updated = [
      makeRolloutPod({ ready: false, unscheduled: { reason: 'Unschedulable', message: '0/1 nodes are available' } }),
    ];
    expect(deploymentState(makeDeployment({ conditions }), { updated, old: [] }).message).toBe(
      'deployment "web" exceeded its progress deadline: pod web-1 cannot be scheduled: 0/1 nodes are available',
    );
    const crashed = [
      makeRolloutPod({ ready: false, containers: [makeContainer({ ready: false, terminated: makeExit() })] }),
    ];
    expect(deploymentState(makeDeployment({ conditions }), { updated: crashed, old: [] })).toMatchObject({
      message: expect.stringContaining('progress deadline: pod web-1, container app exited 1'),
      suspect: { container: 'app' },
    });
  });

  test('puts a trouble that may mend itself behind the sentence of kubectl', () => {
    const updated = [
      makeRolloutPod({ ready: false, unscheduled: { reason: 'Unschedulable', message: 'too few nodes' } }),
    ];
    expect(deploymentState(makeDeployment({ availableReplicas: 2 }), { updated, old: [] })).toMatchObject({
      phase: 'progressing',
      reason: 'Unschedulable',
      message:
        'Waiting for deployment "web" rollout to finish: 2 of 3 updated replicas are available... (pod web-1 cannot be scheduled: too few nodes)',
    });
  });
});
