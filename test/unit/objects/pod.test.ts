import { describe, expect, test } from 'bun:test';
import { makePodProjection } from '../../../src/objects/pod.ts';

function makeRawPod(name: string, status: object = {}) {
  return {
    metadata: {
      name,
      namespace: 'shop',
      uid: `uid-${name}`,
      resourceVersion: '7',
      creationTimestamp: '2026-01-01T10:00:00Z',
      labels: {
        app: 'web',
        'pod-template-hash': '5d4f',
        'rollouts-pod-template-hash': '5d4f',
        'controller-revision-hash': 'r1',
      },
      annotations: { 'kubectl-reload.dev/config': '{}', 'cni.example.com/ip': '10.0.0.1' },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-5d4f', uid: 'rs', controller: true }],
      managedFields: [
        { manager: 'kube-controller-manager', operation: 'Update', time: '2026-01-01T10:00:00Z' },
        { manager: 'kubelet', operation: 'Update', time: '2026-01-01T10:00:03Z' },
        { manager: 'other', operation: 'Update', time: '2026-01-01T10:00:01Z' },
      ],
    },
    spec: {
      serviceAccountName: 'runner',
      initContainers: [{ name: 'init' }],
      containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'web' } }] }, { name: 'crashed' }, { name: 'new' }],
      ephemeralContainers: [{ name: 'debug' }],
    },
    status: {
      phase: 'Running',
      initContainerStatuses: [
        {
          name: 'init',
          state: { terminated: { exitCode: 0, startedAt: '2026-01-01T10:00:01Z' } },
          restartCount: 0,
        },
      ],
      containerStatuses: [
        {
          name: 'crashed',
          state: { waiting: { reason: 'CrashLoopBackOff' } },
          lastState: { terminated: { startedAt: '2026-01-01T10:00:02Z' } },
          restartCount: 4,
        },
        {
          name: 'app',
          state: { running: { startedAt: '2026-01-01T10:00:02Z' } },
          restartCount: 1,
        },
      ],
      ephemeralContainerStatuses: [{ name: 'debug', state: { running: { startedAt: '2026-01-01T11:00:00Z' } } }],
      ...status,
    },
  };
}

describe('a projected pod', () => {
  const pod = makePodProjection()(makeRawPod('web-1'));

  test('keeps what verdicts need', () => {
    expect(pod).toMatchObject({
      ref: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web-1' },
      uid: 'uid-web-1',
      resourceVersion: '7',
      createdAt: '2026-01-01T10:00:00Z',
      controller: { kind: 'ReplicaSet', uid: 'rs' },
      phase: 'Running',
      deleting: false,
      serviceAccountName: 'runner',
    });
  });

  test('was written at the newest time of its managedFields', () => {
    expect(pod.writtenAt).toBe('2026-01-01T10:00:03Z');
  });

  test('keeps the labels that tell its template and the annotations that we read', () => {
    expect(pod.labels).toEqual({
      'pod-template-hash': '5d4f',
      'rollouts-pod-template-hash': '5d4f',
      'controller-revision-hash': 'r1',
    });
    expect(pod.annotations).toEqual({ 'kubectl-reload.dev/config': '{}' });
  });

  test('tells each container of its spec, a start only of what runs or has ended, and that one may run of which nobody tells', () => {
    expect(pod.containers).toEqual([
      {
        name: 'init',
        init: true,
        startedAt: '2026-01-01T10:00:01Z',
        running: false,
        restartCount: 0,
        previousEndedAt: null,
      },
      {
        name: 'app',
        init: false,
        startedAt: '2026-01-01T10:00:02Z',
        running: true,
        restartCount: 1,
        previousEndedAt: null,
      },
      { name: 'crashed', init: false, startedAt: null, running: false, restartCount: 4, previousEndedAt: null },
      { name: 'new', init: false, startedAt: null, running: true, restartCount: 0, previousEndedAt: null },
      {
        name: 'debug',
        init: false,
        startedAt: '2026-01-01T11:00:00Z',
        running: true,
        restartCount: 0,
        previousEndedAt: null,
      },
    ]);
  });
});

test('of a pod that does not run, no container does of which nobody tells', () => {
  const { containers } = makePodProjection()(makeRawPod('web-1', { phase: 'Pending' }));
  expect(containers.find(({ name }) => name === 'new')).toMatchObject({ startedAt: null, running: false });
});

test('a pod that nobody owns keeps all labels, for it is a workload', () => {
  const raw = makeRawPod('bare');
  const pod = makePodProjection()({ ...raw, metadata: { ...raw.metadata, ownerReferences: [] } });
  expect(pod.labels.app).toBe('web');
});

test('a pod with a deletion time is deleting', () => {
  const raw = makeRawPod('web-1');
  const metadata = { ...raw.metadata, deletionTimestamp: '2026-01-01T12:00:00Z' };
  expect(makePodProjection()({ ...raw, metadata }).deleting).toBe(true);
});

test('pods with the same references share one array of them', () => {
  const projectPod = makePodProjection();
  const other = makeRawPod('web-2');
  expect(projectPod(makeRawPod('web-1')).references).toBe(projectPod(other).references);
  other.spec.containers = [{ name: 'app', envFrom: [{ configMapRef: { name: 'else' } }] }];
  expect(projectPod(other).references[0]?.config.name).toBe('else');
});

test('what has the wrong shape is taken as absent', () => {
  for (const raw of [null, 'x', { metadata: [], spec: 'x', status: { containerStatuses: 'x' } }]) {
    expect(makePodProjection()(raw)).toMatchObject({
      references: [],
      containers: [],
      writtenAt: null,
      createdAt: null,
    });
  }
});

test('a restart by the probe is known by what it wrote into the termination log, among what the application wrote', () => {
  const reasonOf = (message: unknown) => {
    const lastState = { terminated: { finishedAt: '2026-01-01T11:00:00Z', message } };
    const raw = makeRawPod('web-1', { containerStatuses: [{ name: 'app', restartCount: 1, lastState }] });
    return makePodProjection()(raw).containers.find(({ name }) => name === 'app')?.probeReason;
  };
  expect(reasonOf('bye\nconfig changed: /etc/app was updated (a)\n')).toBe('/etc/app was updated (a)');
  expect(reasonOf('config changed: old\nconfig changed: new\nbye')).toBe('new');
  expect(reasonOf(`config changed: ${'x'.repeat(4000)}`)).toHaveLength(300);
  for (const message of ['', undefined, 7, 'the config changed: no', 'config changed:', 'OOM'])
    expect(reasonOf(message)).toBeUndefined();
});
