import { describe, expect, test } from 'bun:test';
import { podFailure, worstFailure } from '../../../src/rollout/failure.ts';
import type { RolloutContainer } from '../../../src/rollout/rollout-pod.ts';
import { makeContainer, makeExit, makeRolloutPod } from './make-rollouts.ts';

function failureOf(container: Partial<RolloutContainer>) {
  return podFailure(
    makeRolloutPod({ ready: false, containers: [makeContainer({ ready: false, startedAt: null, ...container })] }),
  );
}

const waiting = (reason: string, message = '') => ({ waiting: { reason, message } });

describe('a container that ends', () => {
  test('has crashed, which may mend itself the first time', () => {
    expect(failureOf({ terminated: makeExit({ exitCode: 3 }) })).toEqual({
      reason: 'Error',
      message: 'pod web-1, container app exited 3',
      final: false,
      suspect: { pod: 'web-1', container: 'app', previous: false },
    });
  });

  test('has failed the second time', () => {
    expect(failureOf({ terminated: makeExit(), last: makeExit(), restartCount: 1 })?.final).toBe(true);
  });

  test('has crashed for the first time again after more than ten minutes', () => {
    const long = makeExit({ startedAt: '2026-01-01T10:00:00Z', finishedAt: '2026-01-01T10:10:01Z' });
    expect(failureOf({ terminated: long, last: makeExit(), restartCount: 1 })?.final).toBe(false);
  });

  test('has crashed also by the code 0: it was to stay up', () => {
    const exit = makeExit({ exitCode: 0, reason: 'Completed' });
    expect(failureOf({ terminated: exit })).toMatchObject({
      reason: 'Completed',
      message: 'pod web-1, container app exited 0',
    });
  });

  test('says what killed it', () => {
    expect(failureOf({ terminated: makeExit({ exitCode: 137, reason: 'OOMKilled' }) })).toMatchObject({
      reason: 'OOMKilled',
      message: 'pod web-1, container app exited 137 (OOMKilled)',
    });
  });

  test('has not crashed when all containers are restarted in place', () => {
    expect(failureOf({ terminated: makeExit({ exitCode: 137, reason: 'RestartingAllContainers' }) })).toBeNull();
  });

  test('has failed in CrashLoopBackOff, with the code of its last end', () => {
    expect(
      failureOf({ ...waiting('CrashLoopBackOff', 'back-off 10s'), last: makeExit({ exitCode: 2 }), restartCount: 3 }),
    ).toEqual({
      reason: 'CrashLoopBackOff',
      message: 'pod web-1, container app exited 2 (3 restarts)',
      final: true,
      suspect: { pod: 'web-1', container: 'app', previous: false },
    });
  });

  test('has crashed while it runs again and is not ready, and has not when it is ready', () => {
    const again = { startedAt: '2026-01-01T10:00:30Z', last: makeExit(), restartCount: 1 };
    expect(failureOf(again)?.final).toBe(false);
    expect(failureOf({ ...again, restartCount: 2 })?.final).toBe(true);
    expect(failureOf({ ...again, restartCount: 2, ready: true })).toBeNull();
  });

  test('is not blamed for restarts of long ago while it is not ready', () => {
    expect(failureOf({ startedAt: '2026-01-05T10:00:00Z', last: makeExit(), restartCount: 9 })).toBeNull();
  });
});

describe('an init container', () => {
  test('is done with the code 0', () => {
    expect(failureOf({ init: true, terminated: makeExit({ exitCode: 0, reason: 'Completed' }) })).toBeNull();
  });

  test('has crashed with another', () => {
    const failure = failureOf({ init: true, terminated: makeExit(), last: makeExit(), restartCount: 1 });
    expect(failure).toEqual({
      reason: 'Error',
      message: 'pod web-1, init container app exited 1 (1 restart)',
      final: true,
      suspect: { pod: 'web-1', container: 'app', previous: false },
    });
  });

  test('that runs again is given its time', () => {
    expect(failureOf({ init: true, startedAt: '2026-01-01T10:00:30Z', last: makeExit(), restartCount: 2 })).toBeNull();
  });
});

describe('a container that does not start', () => {
  test.each([
    ['ErrImagePull', 'failed to pull: dial tcp: lookup registry: no such host', false],
    ['ErrImagePull', 'failed to resolve reference "x": pull access denied', true],
    ['ImagePullBackOff', 'Back-off pulling image "x": ErrImagePull: x: not found', true],
    ['ImagePullBackOff', 'Back-off pulling image "x"', false],
    ['InvalidImageName', 'couldn\'t parse image name "X"', true],
    ['ErrImageNeverPull', 'Container image "x" is not present with pull policy of Never', true],
    ['CreateContainerConfigError', 'configmap "web" not found', true],
    ['CreateContainerConfigError', "couldn't find key LEVEL in ConfigMap shop/web", true],
    ['CreateContainerConfigError', 'failed to sync configmap cache: timed out waiting for the condition', false],
    ['CreateContainerConfigError', 'failed to prepare subPath for volumeMount "c" of container "app"', false],
    ['CreateContainerError', 'context deadline exceeded', false],
    ['RunContainerError', 'exec: "nope": executable file not found in $PATH', false],
  ])('in %s: %s', (reason, message, final) => {
    expect(failureOf(waiting(reason, message))).toEqual({
      reason,
      message: `pod web-1, container app: ${reason}: ${message}`,
      final,
    });
  });

  test('has failed when it cannot be run twice', () => {
    expect(failureOf({ ...waiting('RunContainerError', 'not found'), restartCount: 1 })?.final).toBe(true);
  });

  test.each(['ContainerCreating', 'PodInitializing'])('has no failure yet in %s', (reason) => {
    expect(failureOf(waiting(reason))).toBeNull();
  });
});

describe('a pod', () => {
  test('that cannot be scheduled may be later', () => {
    const unscheduled = { reason: 'Unschedulable', message: '0/1 nodes are available: 1 Insufficient cpu.' };
    expect(podFailure(makeRolloutPod({ ready: false, unscheduled, containers: [] }))).toEqual({
      reason: 'Unschedulable',
      message: 'pod web-1 cannot be scheduled: 0/1 nodes are available: 1 Insufficient cpu.',
      final: false,
    });
  });

  test('that is going has no failure', () => {
    const containers = [makeContainer({ terminated: makeExit({ exitCode: 143 }), last: makeExit() })];
    expect(podFailure(makeRolloutPod({ deleting: true, containers }))).toBeNull();
  });

  test('that is healthy has none', () => {
    expect(podFailure(makeRolloutPod())).toBeNull();
  });

  test('shows the failure that is final before one that is not', () => {
    const containers = [
      makeContainer({ name: 'a', startedAt: null, ...waiting('ErrImagePull') }),
      makeContainer({ name: 'b', startedAt: null, ...waiting('InvalidImageName') }),
    ];
    expect(podFailure(makeRolloutPod({ containers }))?.reason).toBe('InvalidImageName');
  });

  test('with the worst failure speaks for all', () => {
    const pods = [
      makeRolloutPod({ name: 'web-b', unscheduled: { reason: 'Unschedulable', message: '' } }),
      makeRolloutPod({ name: 'web-c', containers: [makeContainer(waiting('InvalidImageName'))] }),
      makeRolloutPod({ name: 'web-a' }),
    ];
    expect(worstFailure(pods)?.message).toStartWith('pod web-c');
    expect(worstFailure(pods.slice(0, 1))?.message).toStartWith('pod web-b');
    expect(worstFailure(pods.slice(2))).toBeNull();
  });
});
