import { describe, expect, test } from 'bun:test';
import { ReloadError } from '../../../src/error.ts';
import { listMeant, selectTargets } from '../../../src/graph/select.ts';
import { makeConfig, makeDependency, makeGraph, makePod, makeRef, makeWorkload } from '../../support/make-objects.ts';

const KAFKA = { apiVersion: 'kafka.strimzi.io/v1', kind: 'Kafka', namespace: 'shop', name: 'main' };
const GRAPH = makeGraph({
  workloads: [
    makeWorkload({ labels: { app: 'web' } }),
    makeWorkload({ ref: makeRef('StatefulSet', 'db') }),
    makeWorkload({ ref: KAFKA }),
  ],
  dependencies: [
    makeDependency(),
    makeDependency({ workload: makeRef('StatefulSet', 'db'), config: makeRef('Secret', 'gone'), exists: false }),
  ],
  configs: [makeConfig({ labels: { app: 'web' } }), makeConfig({ ref: makeRef('ConfigMap', 'idle') })],
});

const names = (targets: { type: string; name: string | null }[], selector?: string) => {
  const { named, inferred, configs } = selectTargets(GRAPH, targets, selector);
  return [...named, ...inferred, ...configs].map(({ kind, name }) => `${kind}/${name}`);
};

describe('selecting targets', () => {
  test('no target means everything', () => {
    expect(selectTargets(GRAPH, []).everything).toBe(true);
    expect(names([])).toEqual(['Deployment/web', 'StatefulSet/db', 'Kafka/main']);
  });

  test('a type alone means all of it', () => {
    expect(names([{ type: 'sts', name: null }])).toEqual(['StatefulSet/db']);
    expect(names([{ type: 'cm', name: null }])).toEqual(['ConfigMap/web', 'ConfigMap/idle']);
  });

  test('a config stands for those that use it, each workload being told once', () => {
    const meant = (targets: Parameters<typeof names>[0]) =>
      listMeant(GRAPH, selectTargets(GRAPH, targets)).map(({ name }) => name);
    expect(meant([{ type: 'secret', name: 'gone' }])).toEqual(['db']);
    expect(meant([{ type: 'cm', name: 'idle' }])).toEqual([]);
    const all = ['cm', 'deploy', 'sts'].map((type) => ({ type, name: null }));
    expect(meant([...all, { type: 'deploy', name: 'web' }])).toEqual(['web', 'db']);
  });

  test('only a workload that was spelt out counts as named', () => {
    const { named, inferred } = selectTargets(GRAPH, [
      { type: 'sts', name: 'db' },
      { type: 'deploy', name: null },
      { type: 'sts', name: null },
    ]);
    expect(named.map(({ name }) => name)).toEqual(['db']);
    expect(inferred.map(({ name }) => name)).toEqual(['web']);
  });

  test('a config stands for the uses of it, also when it does not exist', () => {
    const selection = selectTargets(GRAPH, [{ type: 'secret', name: 'gone' }]);
    expect(GRAPH.dependencies.filter((use) => selection.includes(use)).map(({ workload }) => workload.name)).toEqual([
      'db',
    ]);
  });

  test('a selector chooses among the workloads, and among the configs when they are the type', () => {
    expect(names([], 'app=web')).toEqual(['Deployment/web']);
    expect(names([{ type: 'configmaps', name: null }], 'app=web')).toEqual(['ConfigMap/web']);
  });

  test('a custom kind is found by its name, its plural and its group', () => {
    for (const type of ['kafka', 'Kafkas', 'kafka.kafka.strimzi.io']) {
      expect(names([{ type, name: 'main' }])).toEqual(['Kafka/main']);
    }
  });

  test('a name that does not exist is refused in the words of kubectl', () => {
    expect(() => names([{ type: 'deploy', name: 'wbe' }])).toThrow(
      'Error from server (NotFound): deployments.apps "wbe" not found',
    );
  });

  test('a pod of a workload is refused with the name of that', () => {
    const pods = [makePod({ ref: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'db-0' } })];
    const graph = makeGraph({ workloads: [makeWorkload({ ref: makeRef('StatefulSet', 'db'), pods })] });
    expect(() => selectTargets(graph, [{ type: 'pod', name: 'db-0' }])).toThrow('pod/db-0 is one of statefulset/db');
    expect(() => selectTargets(graph, [{ type: 'pod', name: 'db-1' }])).toThrow('pods "db-1" not found');
  });

  test('a name of a kind that may not be listed is refused with the reason', () => {
    const unseen = [
      { resource: 'secrets', kind: 'Secret', namespace: 'shop', message: 'Error from server (Forbidden): no' },
    ];
    expect(() => selectTargets({ ...GRAPH, unseen }, [{ type: 'secret', name: 'other' }])).toThrow('(Forbidden)');
  });

  const hintFor = (type: string, name: string | null) => {
    try {
      names([{ type, name }]);
    } catch (error) {
      return error instanceof ReloadError ? error.hint : undefined;
    }
    return undefined;
  };

  test('a name that does not exist is refused with the nearest one, or with that of another kind', () => {
    expect(hintFor('deploy', 'wbe')).toBe('Did you mean deployment/web?');
    expect(hintFor('deploy', 'db')).toBe('Did you mean statefulset/db?');
    expect(hintFor('deploy', 'elsewhere')).toStartWith('See kubectl reload deps');
  });

  test('a name without a type is refused with the types that have it', () => {
    expect(hintFor('db', null)).toStartWith('Did you mean statefulset/db');
    expect(hintFor('elsewhere', null)).toStartWith('Types are deployments');
  });

  test('an unknown type is refused, with the nearest one', () => {
    expect(() => names([{ type: 'deplyoment', name: 'web' }])).toThrow('unknown type "deplyoment"');
    expect(() => names([{ type: 'restrat', name: null }])).toThrow('neither a command nor a type');
  });
});
