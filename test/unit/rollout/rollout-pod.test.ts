import { expect, test } from 'bun:test';
import { readRolloutObject } from '../../../src/rollout/rollout-object.ts';
import { readRolloutPod } from '../../../src/rollout/rollout-pod.ts';

test('a pod keeps what its rollout is judged by', () => {
  const exit = { exitCode: 1, reason: 'Error', startedAt: '2026-01-01T10:00:00Z', finishedAt: '2026-01-01T10:00:01Z' };
  const pod = readRolloutPod({
    metadata: {
      name: 'web-1',
      uid: 'u-1',
      creationTimestamp: '2026-01-01T09:59:58Z',
      deletionTimestamp: '2026-01-01T10:05:00Z',
      labels: { app: 'web', 'pod-template-hash': 'h1' },
      ownerReferences: [{ uid: 'other' }, { uid: 'rs-1', controller: true }],
    },
    spec: { initContainers: [{ name: 'setup' }, { name: 'proxy', restartPolicy: 'Always' }] },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'PodScheduled', status: 'True' },
        { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T10:00:02Z' },
      ],
      initContainerStatuses: [
        { name: 'setup', state: { terminated: { exitCode: 0, reason: 'Completed' } } },
        { name: 'proxy', ready: true, state: { running: { startedAt: '2026-01-01T10:00:00Z' } } },
      ],
      containerStatuses: [
        {
          name: 'app',
          ready: true,
          restartCount: 1,
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: exit },
        },
      ],
    },
  });
  expect(pod).toMatchObject({
    name: 'web-1',
    uid: 'u-1',
    owner: 'rs-1',
    createdAt: '2026-01-01T09:59:58Z',
    labels: { 'pod-template-hash': 'h1' },
    deleting: true,
    ready: true,
    readyAt: '2026-01-01T10:00:02Z',
    unscheduled: null,
    containers: [
      { name: 'setup', init: true, terminated: { exitCode: 0 } },
      { name: 'proxy', init: false, startedAt: '2026-01-01T10:00:00Z' },
      {
        name: 'app',
        init: false,
        restartCount: 1,
        startedAt: null,
        waiting: { reason: 'CrashLoopBackOff', message: '' },
        last: exit,
      },
    ],
  });
  expect(pod.labels).not.toHaveProperty('app');
});

test('a pod that has just been created has nothing yet', () => {
  expect(readRolloutPod({ metadata: { name: 'web-1', uid: 'u-1' } })).toEqual({
    name: 'web-1',
    uid: 'u-1',
    owner: '',
    createdAt: null,
    labels: {},
    phase: '',
    deleting: false,
    ready: false,
    readyAt: null,
    unscheduled: null,
    prepared: false,
    containers: [],
    troubles: [],
  });
});

test('a workload drops its template and other annotations, and gets the kind that a list leaves out', () => {
  const raw = {
    metadata: {
      name: 'web',
      uid: 'u-1',
      generation: 2,
      managedFields: [{}],
      annotations: { 'deployment.kubernetes.io/revision': '4', note: 'x' },
    },
    spec: { replicas: 2, template: { spec: {} } },
    status: { observedGeneration: 2 },
  };
  expect(readRolloutObject('Deployment', raw)).toEqual({
    kind: 'Deployment',
    metadata: { name: 'web', uid: 'u-1', generation: 2, annotations: { 'deployment.kubernetes.io/revision': '4' } },
    spec: { replicas: 2 },
    status: { observedGeneration: 2 },
  });
  expect(raw.spec.template).toEqual({ spec: {} });
  expect(readRolloutObject('Deployment', {})).toBeNull();
});

test('of the template of a workload the time of its last restart is kept', () => {
  const annotations = { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T10:00:00Z', note: 'x' };
  const raw = { metadata: { name: 'web' }, spec: { template: { metadata: { annotations } } } };
  expect(readRolloutObject('Deployment', raw)).toEqual({
    kind: 'Deployment',
    metadata: { name: 'web', annotations: {}, restartedAt: '2026-01-01T10:00:00Z' },
    spec: {},
  });
});

test('a pod has what its containers need when it says so, or when one of them was started', () => {
  const conditions = (status: string) => [{ type: 'PodReadyToStartContainers', status }];
  const waiting = { name: 'app', state: { waiting: { reason: 'ContainerCreating' } } };
  const started = { name: 'app', state: { running: { startedAt: '2026-01-01T10:00:01Z' } } };
  const ended = { name: 'app', state: { terminated: { exitCode: 1 } } };
  const isPrepared = (status: object) => readRolloutPod({ metadata: { name: 'web-1' }, status }).prepared;
  expect(isPrepared({ conditions: conditions('True'), containerStatuses: [waiting] })).toBe(true);
  expect(isPrepared({ conditions: conditions('False'), containerStatuses: [waiting] })).toBe(false);
  expect(isPrepared({ containerStatuses: [waiting] })).toBe(false);
  expect(isPrepared({ containerStatuses: [started] })).toBe(true);
  expect(isPrepared({ initContainerStatuses: [ended], containerStatuses: [waiting] })).toBe(true);
});
