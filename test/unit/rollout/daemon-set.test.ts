import { describe, expect, test } from 'bun:test';
import { daemonSetState } from '../../../src/rollout/daemon-set.ts';
import type { DaemonSetObject } from '../../../src/rollout/rollout-object.ts';
import { makeContainer, makePods, makeRolloutPod } from './make-rollouts.ts';

function makeSet(status: DaemonSetObject['status'] = {}, type = 'RollingUpdate'): DaemonSetObject {
  return {
    kind: 'DaemonSet',
    metadata: { name: 'agent', generation: 2 },
    spec: { updateStrategy: { type } },
    status: {
      observedGeneration: 2,
      desiredNumberScheduled: 3,
      currentNumberScheduled: 3,
      updatedNumberScheduled: 3,
      numberReady: 3,
      numberAvailable: 3,
      ...status,
    },
  };
}

describe('the rollout of a DaemonSet', () => {
  test.each([
    [{ observedGeneration: 1 }, 'waiting', 'Waiting for daemon set spec update to be observed...'],
    [
      { updatedNumberScheduled: 1 },
      'progressing',
      'Waiting for daemon set "agent" rollout to finish: 1 out of 3 new pods have been updated...',
    ],
    [
      { numberAvailable: 2 },
      'progressing',
      'Waiting for daemon set "agent" rollout to finish: 2 of 3 updated pods are available...',
    ],
    [{}, 'complete', 'daemon set "agent" successfully rolled out'],
  ] as const)('with %o is %s: %s', (status, phase, message) => {
    expect(daemonSetState(makeSet(status), null)).toMatchObject({ phase, message, reason: '' });
  });

  test('is complete where no node wants it', () => {
    const none = {
      desiredNumberScheduled: 0,
      currentNumberScheduled: 0,
      updatedNumberScheduled: 0,
      numberAvailable: 0,
    };
    expect(daemonSetState(makeSet(none), { updated: [], old: [] }).phase).toBe('complete');
  });

  test('counts OnDelete down instead of refusing it', () => {
    expect(daemonSetState(makeSet({ updatedNumberScheduled: 1 }, 'OnDelete'), null).reason).toBe('OnDelete');
    expect(daemonSetState(makeSet({}, 'OnDelete'), null).phase).toBe('complete');
  });

  test('waits for old pods and for new ones that the status still calls available', () => {
    const old = [makeRolloutPod({ deleting: true })];
    expect(daemonSetState(makeSet(), { updated: makePods(3), old }).phase).toBe('progressing');
    const updated = [...makePods(2), makeRolloutPod({ name: 'agent-x', ready: false })];
    expect(daemonSetState(makeSet(), { updated, old: [] }).message).toBe(
      'Waiting for daemon set "agent" rollout to finish: 2 of 3 updated pods are available...',
    );
  });

  test('fails by a new pod whose configuration is not there', () => {
    const waiting = { reason: 'CreateContainerConfigError', message: 'configmap "agent" not found' };
    const updated = [
      makeRolloutPod({ ready: false, containers: [makeContainer({ ready: false, startedAt: null, waiting })] }),
    ];
    expect(daemonSetState(makeSet({ updatedNumberScheduled: 1 }), { updated, old: makePods(2) })).toMatchObject({
      phase: 'failed',
      reason: 'CreateContainerConfigError',
      message: 'pod web-1, container app: CreateContainerConfigError: configmap "agent" not found',
    });
  });
});

test('a pod that may not be created fails it by the event, where no condition says so', () => {
  const message = 'Error creating: pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged';
  const refusal = { reason: 'FailedCreate', message, container: '', firstAt: null, lastAt: null } as const;
  expect(
    daemonSetState(makeSet({ updatedNumberScheduled: 2 }), { updated: makePods(2), old: [], refusal }),
  ).toMatchObject({
    phase: 'failed',
    reason: 'FailedCreate',
    message: `pods cannot be created: ${message}`,
  });
});
