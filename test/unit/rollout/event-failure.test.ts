import { describe, expect, test } from 'bun:test';
import { podFailure } from '../../../src/rollout/failure.ts';
import type { RolloutPod } from '../../../src/rollout/rollout-pod.ts';
import type { TroubleEvent } from '../../../src/rollout/trouble-event.ts';
import { makeContainer, makeRolloutPod } from './make-rollouts.ts';

function trouble(overrides: Partial<TroubleEvent> = {}): TroubleEvent {
  return {
    reason: 'FailedMount',
    message: 'MountVolume.SetUp failed for volume "c" : configmap "web" not found',
    container: '',
    firstAt: '2026-01-01T10:00:03Z',
    lastAt: '2026-01-01T10:00:11Z',
    ...overrides,
  };
}

/** A pod whose status says nothing but that it is not ready. */
function failureOf(pod: Partial<RolloutPod>, ...troubles: TroubleEvent[]) {
  return podFailure(makeRolloutPod({ ready: false, troubles, ...pod }));
}

const creating: Partial<RolloutPod> = {
  phase: 'Pending',
  prepared: false,
  containers: [makeContainer({ ready: false, startedAt: null, waiting: { reason: 'ContainerCreating', message: '' } })],
};
const notReady: Partial<RolloutPod> = { containers: [makeContainer({ ready: false })] };

describe('a volume that cannot be mounted', () => {
  test('is final when its source has been missing for some seconds', () => {
    expect(failureOf(creating, trouble())).toEqual({
      reason: 'FailedMount',
      message: 'pod web-1: MountVolume.SetUp failed for volume "c" : configmap "web" not found',
      final: true,
    });
    expect(failureOf(creating, trouble({ lastAt: '2026-01-01T10:00:05Z' }))?.final).toBe(false);
  });

  test.each([
    ['MountVolume.SetUp failed for volume "c" : secret "tls" not found', true],
    ['MountVolume.SetUp failed for volume "c" : references non-existent config key: LEVEL', true],
    ['MountVolume.SetUp failed for volume "c" : references non-existent secret key: LEVEL', true],
    ['MountVolume.SetUp failed for volume "nfs" : mount failed: exit status 32', false],
    ['Unable to attach or mount volumes: unmounted volumes=[c]: timed out waiting for the condition', false],
  ])('because of %s: final is %p', (message, final) => {
    expect(failureOf(creating, trouble({ message }))?.final).toBe(final);
  });

  test.each([
    'MountVolume.SetUp failed for volume "c" : failed to sync configmap cache: timed out waiting for the condition',
    'MountVolume.SetUp failed for volume "c" : object "shop"/"web" not registered',
  ])('is no trouble while the kubelet has not read it: %s', (message) => {
    expect(failureOf(creating, trouble({ message }))).toBeNull();
  });

  test('is past when the pod has its volumes', () => {
    expect(failureOf({ ...creating, prepared: true }, trouble())).toBeNull();
  });

  test('is less than what the status says', () => {
    const waiting = { reason: 'InvalidImageName', message: '' };
    const containers = [makeContainer({ ready: false, startedAt: null, waiting })];
    expect(failureOf({ ...creating, containers }, trouble())?.reason).toBe('InvalidImageName');
  });

  test('is less than what was said after it', () => {
    const sandbox = trouble({
      reason: 'FailedCreatePodSandBox',
      message: 'no network',
      lastAt: '2026-01-01T10:00:20Z',
    });
    expect(failureOf(creating, sandbox, trouble())?.reason).toBe('FailedCreatePodSandBox');
    expect(failureOf(creating, trouble(), sandbox)?.reason).toBe('FailedCreatePodSandBox');
  });
});

describe('a probe that fails', () => {
  const probe = trouble({ reason: 'Unhealthy', container: 'app', message: 'Readiness probe failed: no database' });

  test('says why its container is not ready, which may mend itself', () => {
    expect(failureOf(notReady, probe)).toEqual({
      reason: 'Unhealthy',
      message: 'pod web-1, container app is not ready: Readiness probe failed: no database',
      final: false,
      suspect: { pod: 'web-1', container: 'app', previous: false },
    });
  });

  test('is told and not held against it while it is a startup probe, which has its own patience', () => {
    const message = 'Startup probe failed: still loading';
    expect(failureOf(notReady, { ...probe, message })).toMatchObject({
      reason: '',
      message: `pod web-1, container app is not ready: ${message}`,
    });
  });

  test('is past when its container is ready, has ended, or is not there', () => {
    expect(failureOf({ containers: [makeContainer()] }, probe)).toBeNull();
    expect(failureOf({ containers: [makeContainer({ ready: false, startedAt: null })] }, probe)).toBeNull();
    expect(failureOf({ containers: [makeContainer({ name: 'other', ready: false })] }, probe)).toBeNull();
  });

  test('is past when the pod was ready after it', () => {
    expect(failureOf({ ...notReady, readyAt: '2026-01-01T10:05:00Z' }, probe)).toBeNull();
    // The kubelet writes the event some moments before the condition.
    expect(failureOf({ ...notReady, readyAt: '2026-01-01T10:00:14Z' }, probe)).not.toBeNull();
  });

  test('says nothing of a pod that is ready', () => {
    expect(failureOf({ ...notReady, ready: true }, probe)).toBeNull();
  });
});

test('a scheduler that writes no condition is heard by its event', () => {
  const event = trouble({ reason: 'FailedScheduling', message: '0/3 nodes are available' });
  expect(failureOf({ containers: [], phase: 'Pending', prepared: false }, event)).toEqual({
    reason: 'FailedScheduling',
    message: 'pod web-1 cannot be scheduled: 0/3 nodes are available',
    final: false,
  });
  expect(failureOf(creating, event)).toBeNull();
});
