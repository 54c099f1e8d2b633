import { describe, expect, test } from 'bun:test';
import { judgeGraph } from '../../../src/staleness/status.ts';
import {
  makeConfig,
  makeDependency,
  makeGraph,
  makeInstance,
  makePod,
  makeRef,
  makeUse,
  makeWorkload,
} from '../../support/make-objects.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');
const CHANGED = makeConfig({
  resourceVersion: '300',
  keys: [{ key: 'LEVEL', at: '2026-01-01T11:00:00Z', by: 'kubectl-edit' }],
});
const RESTARTED = makePod({
  ref: makeRef('Pod', 'web-2'),
  resourceVersion: '400',
  createdAt: '2026-01-01T11:30:00Z',
  writtenAt: '2026-01-01T11:30:02Z',
  containers: [makeInstance({ startedAt: '2026-01-01T11:30:01Z' })],
});

describe('a row of status', () => {
  test('sums its pods and takes the worst state', () => {
    const workloads = [makeWorkload({ pods: [makePod(), RESTARTED] })];
    const [item] = judgeGraph(makeGraph({ workloads, configs: [CHANGED] }), { now: NOON });
    expect(item).toMatchObject({
      state: 'stale',
      changedAt: '2026-01-01T11:00:00Z',
      changedBy: 'kubectl-edit',
      changedKeys: ['LEVEL'],
      pods: [
        { name: 'web-1', state: 'stale' },
        { name: 'web-2', state: 'current' },
      ],
    });
  });

  test('counts no pod that is on its way out, finished, or not yet started', () => {
    const pods = [
      makePod({ deleting: true }),
      makePod({ phase: 'Succeeded' }),
      makePod({ phase: 'Failed' }),
      makePod({ containers: [makeInstance({ startedAt: null, running: false })] }),
    ];
    const [item] = judgeGraph(makeGraph({ workloads: [makeWorkload({ pods })], configs: [CHANGED] }), { now: NOON });
    expect(item).toMatchObject({ state: 'current', evidence: 'none', pods: [] });
  });

  test('is unknown, not current, where a container runs and nobody tells since when', () => {
    const pods = [makePod({ containers: [makeInstance({ startedAt: null })] })];
    const graph = (dependencies = [makeDependency()]) =>
      makeGraph({ workloads: [makeWorkload({ pods })], dependencies, configs: [CHANGED] });
    const [item] = judgeGraph(graph(), { now: NOON });
    expect(item).toMatchObject({ state: 'unknown', reason: 'the start of the container is not known' });
    const named = makeDependency({ via: 'annotation', container: null, keys: null, optional: true });
    expect(judgeGraph(graph([named]), { now: NOON })[0]?.state).toBe('unknown');
  });

  test('counts only pods whose own spec has the use: an older template may use another config', () => {
    const other = makePod({ references: [makeUse({ config: makeRef('ConfigMap', 'old') })] });
    const [item] = judgeGraph(
      makeGraph({ workloads: [makeWorkload({ pods: [other, RESTARTED] })], configs: [CHANGED] }),
      { now: NOON },
    );
    expect(item?.pods.map(({ name }) => name)).toEqual(['web-2']);
  });

  test('is missing when a required config does not exist, also for pods that still run', () => {
    const dependencies = [makeDependency({ exists: false })];
    const [item] = judgeGraph(makeGraph({ dependencies, configs: [] }), { now: NOON });
    expect(item).toMatchObject({
      state: 'missing',
      reason: 'it does not exist: the next start of this container will fail',
    });
  });

  test('is unknown, not current, when an optional config is absent', () => {
    const dependencies = [makeDependency({ exists: false, optional: true })];
    const workloads = [makeWorkload({ pods: [makePod({ references: [makeUse({ optional: true })] })] })];
    const [item] = judgeGraph(makeGraph({ workloads, dependencies, configs: [] }), { now: NOON });
    expect(item?.state).toBe('unknown');
  });

  test('is unknown when the config may not be read', () => {
    const [item] = judgeGraph(makeGraph({ dependencies: [makeDependency({ exists: null })], configs: [] }), {
      now: NOON,
    });
    expect(item).toMatchObject({ state: 'unknown', reason: 'it could not be read' });
  });

  test('is left out for a pull secret that exists, and shown as missing when a required volume secret does not', () => {
    const use = { via: 'csi' as const, container: null, at: 'store', keys: null };
    expect(judgeGraph(makeGraph({ dependencies: [makeDependency(use)] }), { now: NOON })).toEqual([]);
    const [item] = judgeGraph(makeGraph({ dependencies: [makeDependency({ ...use, exists: false })] }), { now: NOON });
    expect(item?.state).toBe('missing');
  });

  test('counts refreshed files as current for a workload that reads them again', () => {
    const use = makeUse({ via: 'volume', at: '/etc/web', keys: null });
    const graph = (annotations: Record<string, string>) =>
      makeGraph({
        workloads: [makeWorkload({ annotations, pods: [makePod({ references: [use] })] })],
        dependencies: [makeDependency(use)],
        configs: [CHANGED],
      });
    expect(judgeGraph(graph({}), { now: NOON })[0]?.state).toBe('refreshed');
    expect(judgeGraph(graph({ 'kubectl-reload.dev/rereads': 'true' }), { now: NOON })[0]?.state).toBe('current');
  });

  test('judges an annotation by the container that started first', () => {
    const use = {
      via: 'annotation' as const,
      container: null,
      at: 'configmap.reloader.stakater.com/reload',
      keys: null,
      optional: true,
    };
    const pods = [
      makePod({ containers: [makeInstance({ name: 'late', startedAt: '2026-01-01T11:30:00Z' }), makeInstance()] }),
    ];
    const [item] = judgeGraph(
      makeGraph({ workloads: [makeWorkload({ pods })], dependencies: [makeDependency(use)], configs: [CHANGED] }),
      { now: NOON },
    );
    expect(item).toMatchObject({ state: 'stale', pods: [{ startedAt: '2026-01-01T10:00:00Z' }] });
  });
});

describe('without the right to read', () => {
  const nobody = [makeWorkload({ pods: [] })];
  const unseen = (kind: string) => [
    { resource: `${kind.toLowerCase()}s`, kind, namespace: 'shop', message: 'forbidden' },
  ];

  test('pods, nothing is called current because none was found', () => {
    const [item] = judgeGraph(makeGraph({ workloads: nobody, unseen: unseen('Pod') }), { now: NOON });
    expect(item).toMatchObject({ state: 'unknown', reason: 'its pods could not be read' });
  });

  test('ReplicaSets, no Deployment is called current because no pod of it was found', () => {
    const [item] = judgeGraph(makeGraph({ workloads: nobody, unseen: unseen('ReplicaSet') }), { now: NOON });
    expect(item?.state).toBe('unknown');
    const [seen] = judgeGraph(makeGraph({ unseen: unseen('Secret') }), { now: NOON });
    expect(seen?.state).toBe('current');
  });

  test.each([
    ['Job', 'batch/v1', 'CronJob'],
    ['ReplicationController', 'apps.openshift.io/v1', 'DeploymentConfig'],
  ])('%ss, nothing above them is called current, whatever else may not be read', (hidden, apiVersion, kind) => {
    const ref = { ...makeRef(kind, 'web'), apiVersion };
    const workloads = [makeWorkload({ ref, pods: [] })];
    const dependencies = [makeDependency({ workload: ref })];
    for (const others of [[], unseen('ReplicaSet')]) {
      const graph = makeGraph({ workloads, dependencies, unseen: [...unseen(hidden), ...others] });
      expect(judgeGraph(graph, { now: NOON })[0]?.state).toBe('unknown');
    }
  });
});
