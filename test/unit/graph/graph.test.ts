import { describe, expect, test } from 'bun:test';
import { buildGraph } from '../../../src/graph/graph.ts';
import type { ConfigObject, ConfigRef, ObjectSet, PodObject, WorkloadObject } from '../../../src/types.ts';
import { makeConfig, makePod, makeRef, makeUse, makeWorkload } from '../../support/make-objects.ts';

const NONE: ObjectSet = {
  workloads: [],
  pods: [],
  configs: [],
  serviceAccounts: [],
  owners: [],
  unseen: [],
  offline: false,
};

function workload(name: string, references: ConfigRef[], more: Partial<WorkloadObject> = {}): WorkloadObject {
  const { pods: _, ...object } = makeWorkload({ ref: makeRef('Deployment', name), uid: `uid-${name}`, references });
  return { ...object, ...more };
}

function podOf(owner: WorkloadObject, name: string, references: ConfigRef[], more: Partial<PodObject> = {}): PodObject {
  const { apiVersion, kind } = owner.ref;
  const controller = { apiVersion, kind, name: owner.ref.name, uid: owner.uid };
  return makePod({ ref: makeRef('Pod', name), uid: `uid-${name}`, controller, references, ...more });
}

function config(
  kind: 'ConfigMap' | 'Secret',
  name: string,
  keys: string[] = [],
  more: Partial<ConfigObject> = {},
): ConfigObject {
  const writes = keys.map((key) => ({ key, at: null, by: null }));
  return makeConfig({ ref: makeRef(kind, name), keys: writes, ...more });
}

function use(name: string, more: Partial<ConfigRef> = {}): ConfigRef {
  return makeUse({ config: makeRef('ConfigMap', name), keys: null, at: name, ...more });
}

function useSecret(name: string, more: Partial<ConfigRef> = {}): ConfigRef {
  return use(name, { config: makeRef('Secret', name), ...more });
}

/** The graph's edges in short. */
function edges(objects: Partial<ObjectSet>, all = false): string[] {
  return buildGraph({ ...NONE, ...objects }, { all }).dependencies.map(
    ({ workload: { kind, name }, config: target, via, at }) =>
      `${kind}/${name} ${via} ${target.kind}/${target.name} ${at}`,
  );
}

describe('what a workload uses', () => {
  test('is what its template names and what only its live pods name, each once', () => {
    const web = workload('web', [use('a'), use('b')]);
    const pods = [
      podOf(web, 'web-1', [use('a'), use('old')]),
      podOf(web, 'web-2', [use('a'), use('debug', { container: 'debugger' })]),
      podOf(web, 'web-3', [use('gone')], { phase: 'Succeeded' }),
      podOf(web, 'web-4', [use('gone')], { phase: 'Failed' }),
    ];
    expect(edges({ workloads: [web], pods })).toEqual([
      'Deployment/web env ConfigMap/a a',
      'Deployment/web env ConfigMap/b b',
      'Deployment/web env ConfigMap/old old',
      'Deployment/web env ConfigMap/debug debug',
    ]);
  });

  test('is there without pods too', () => {
    const graph = buildGraph({ ...NONE, workloads: [workload('web', [])] }, { all: false });
    expect(graph.workloads.map(({ ref, pods }) => [ref.name, pods])).toEqual([['web', []]]);
  });
});

describe('what is known of a target', () => {
  const target = (objects: Partial<ObjectSet>) => {
    const [dependency] = buildGraph({ ...NONE, ...objects }, { all: false }).dependencies;
    return [dependency?.exists, dependency?.missingKeys];
  };
  const web = (keys: string[] | null, more: Partial<ConfigRef> = {}) => [
    workload('web', [use('a', { keys, ...more })]),
  ];

  test('it exists with all keys, or keys of it are missing', () => {
    const configs = [config('ConfigMap', 'a', ['x', 'constructor'])];
    expect(target({ workloads: web(['x', 'constructor']), configs })).toEqual([true, []]);
    expect(target({ workloads: web(['__proto__', 'toString', 'x']), configs })).toEqual([
      true,
      ['__proto__', 'toString'],
    ]);
    expect(target({ workloads: web(null), configs })).toEqual([true, []]);
  });

  test('a Secret of the same name is not it', () => {
    expect(target({ workloads: web(null), configs: [config('Secret', 'a')] })).toEqual([false, []]);
  });

  test('nor is one of another namespace', () => {
    const configs = [config('ConfigMap', 'a', [], { ref: makeRef('ConfigMap', 'a', 'other') })];
    expect(target({ workloads: web(null), configs })).toEqual([false, []]);
  });

  test('keys are not called missing where not all are known', () => {
    const configs = [config('ConfigMap', 'a', ['x'], { keysComplete: false })];
    expect(target({ workloads: web(['y']), configs })).toEqual([true, []]);
  });

  test('a binary key can be mounted, but is missing for a variable', () => {
    const configs = [config('ConfigMap', 'a', [], { keys: [{ key: 'x', at: null, by: null, binary: true }] })];
    expect(target({ workloads: web(['x'], { via: 'env' }), configs })).toEqual([true, ['x']]);
    expect(target({ workloads: web(['x'], { via: 'volume' }), configs })).toEqual([true, []]);
  });

  test('offline, what the manifests do not hold may exist', () => {
    expect(target({ workloads: web(null), offline: true })).toEqual([null, []]);
    expect(target({ workloads: web(['y']), configs: [config('ConfigMap', 'a', ['x'])], offline: true })).toEqual([
      true,
      ['y'],
    ]);
  });

  test('nothing is said of what could not be seen', () => {
    const unseen = (kind: string, namespace: string) => [{ resource: 'r', kind, namespace, message: 'forbidden' }];
    expect(target({ workloads: web(null), unseen: unseen('ConfigMap', '') })).toEqual([null, []]);
    expect(target({ workloads: web(null), unseen: unseen('ConfigMap', 'shop') })).toEqual([null, []]);
    expect(target({ workloads: web(null), unseen: unseen('ConfigMap', 'other') })).toEqual([false, []]);
    expect(target({ workloads: web(null), unseen: unseen('Secret', '') })).toEqual([false, []]);
    const configs = [config('ConfigMap', 'a', ['x'])];
    expect(target({ workloads: web(['x']), unseen: unseen('ConfigMap', ''), configs })).toEqual([true, []]);
  });
});

describe('pull secrets of the ServiceAccount', () => {
  const serviceAccounts = [{ ref: makeRef('ServiceAccount', 'default'), imagePullSecrets: ['regcred', 'regcred'] }].map(
    (account) => ({ ...account, ref: { ...account.ref, apiVersion: 'v1' } }),
  );
  const pull = useSecret('regcred', {
    via: 'imagePullSecret',
    at: 'imagePullSecrets',
    container: null,
    optional: true,
  });

  test('are lent to pods whose template names none, and told once though the pods name them', () => {
    const web = workload('web', []);
    expect(edges({ workloads: [web], pods: [podOf(web, 'web-1', [pull])], serviceAccounts })).toEqual([
      'Deployment/web serviceAccount Secret/regcred default',
    ]);
  });

  test('are not lent where the template names its own', () => {
    const own = useSecret('own', { via: 'imagePullSecret', at: 'imagePullSecrets', container: null });
    expect(edges({ workloads: [workload('web', [own])], serviceAccounts })).toEqual([
      'Deployment/web imagePullSecret Secret/own imagePullSecrets',
    ]);
  });

  test('are lent by the account that the pods run as, in their namespace', () => {
    const stranger = workload('web', [], { serviceAccountName: 'other' });
    const elsewhere = workload('web', [], { ref: makeRef('Deployment', 'web', 'other') });
    expect(edges({ workloads: [stranger, elsewhere], serviceAccounts })).toEqual([]);
  });

  test('that a running bare pod has are its own', () => {
    const bare = makePod({ ref: makeRef('Pod', 'bare'), controller: null, references: [pull] });
    const without = makePod({ ref: makeRef('Pod', 'older'), uid: 'older', controller: null, references: [] });
    expect(edges({ pods: [bare, without], serviceAccounts })).toEqual([
      'Pod/bare imagePullSecret Secret/regcred imagePullSecrets',
    ]);
  });
});

describe('what is asked to be left out', () => {
  const ours = { 'kubectl-reload.dev/ignore': 'cm/a, secret/s ,configmap/,x,/y' };
  const theirs = {
    'configmaps.exclude.reloader.stakater.com/reload': 'a',
    'secrets.exclude.reloader.stakater.com/reload': 's, t',
  };
  const references = [use('a'), use('b'), useSecret('a'), useSecret('s')];
  const configs = [config('ConfigMap', 'a'), config('ConfigMap', 'b'), config('Secret', 'a'), config('Secret', 's')];

  test.each([
    ['our list on the workload', ours],
    ['the exclude lists of Reloader', theirs],
  ])('%s', (_, annotations) => {
    const web = workload('web', references, { annotations });
    const objects = { workloads: [web], pods: [podOf(web, 'web-1', references)], configs };
    expect(edges(objects)).toEqual(['Deployment/web env ConfigMap/b b', 'Deployment/web env Secret/a a']);
    expect(edges(objects, true)).toHaveLength(4);
    const [kept] = buildGraph({ ...NONE, ...objects }, { all: false }).workloads;
    expect(kept?.references.map(({ config: { name } }) => name)).toEqual(['b', 'a']);
    expect(kept?.pods[0]?.references.map(({ config: { name } }) => name)).toEqual(['b', 'a']);
  });

  test('exclude lists on a pod template mean nothing, as in Reloader', () => {
    expect(edges({ workloads: [workload('web', references, { templateAnnotations: theirs })] })).toHaveLength(4);
  });

  test.each(['kubectl-reload.dev/ignore', 'reloader.stakater.com/ignore'])('%s on a config', (key) => {
    const marked = (value: string) => [config('ConfigMap', 'a', [], { annotations: { [key]: value } })];
    const workloads = [workload('web', [use('a'), use('b')])];
    expect(edges({ workloads, configs: marked('true') })).toEqual(['Deployment/web env ConfigMap/b b']);
    expect(edges({ workloads, configs: marked('true') }, true)).toHaveLength(2);
    expect(edges({ workloads, configs: marked('True') })).toHaveLength(2);
  });

  test('is still used', () => {
    const web = workload('web', references, { annotations: ours });
    expect(buildGraph({ ...NONE, workloads: [web], configs }, { all: false }).unused).toEqual([]);
  });
});

describe('unused configs', () => {
  const unused = (objects: Partial<ObjectSet>, all = false) =>
    buildGraph({ ...NONE, ...objects }, { all }).unused.map(({ kind, name }) => `${kind}/${name}`);
  const own = [
    config('ConfigMap', 'kube-root-ca.crt'),
    config('Secret', 'token', [], { type: 'kubernetes.io/service-account-token' }),
    config('Secret', 'sh.helm.release.v1.web.v1', [], { type: 'helm.sh/release.v1' }),
    config('Secret', 'bootstrap-token-x', [], { type: 'bootstrap.kubernetes.io/token' }),
  ];

  test('are those that no workload uses, without what the cluster keeps for itself', () => {
    const configs = [
      ...own,
      config('Secret', 'b', [], { type: 'Opaque' }),
      config('ConfigMap', 'b'),
      config('ConfigMap', 'a'),
    ];
    const workloads = [workload('web', [use('a')])];
    expect(unused({ workloads, configs })).toEqual(['ConfigMap/b', 'Secret/b']);
    expect(unused({ workloads, configs }, true)).toHaveLength(6);
    // Pods have it mounted for the probe alone.
    expect(unused({ configs: [config('ConfigMap', 'kubectl-reload-probe-amd64')] }, true)).toEqual([]);
  });

  test('are not those that are only used by a pod of another template', () => {
    const web = workload('web', []);
    expect(
      unused({ workloads: [web], pods: [podOf(web, 'p', [use('a')])], configs: [config('ConfigMap', 'a')] }),
    ).toEqual([]);
  });

  test('are not known where workloads could not be seen', () => {
    const hidden = (kind: string, namespace: string) => [{ resource: 'r', kind, namespace, message: 'forbidden' }];
    const configs = [config('ConfigMap', 'a')];
    expect(unused({ configs, unseen: hidden('Pod', '') })).toEqual([]);
    expect(unused({ configs, unseen: hidden('CronJob', 'shop') })).toEqual([]);
    expect(unused({ configs, unseen: hidden('CronJob', 'other') })).toEqual(['ConfigMap/a']);
    expect(unused({ configs, unseen: hidden('Secret', '') })).toEqual(['ConfigMap/a']);
  });
});

test('everything is sorted, whatever the order of the objects', () => {
  const workloads = [
    workload('b', [use('z', { container: 'x' }), use('a', { container: null }), use('a', { container: 'x' })]),
    workload('a', [use('y'), useSecret('y')]),
    workload('a', [use('x')], { ref: makeRef('Deployment', 'a', 'other'), uid: 'o' }),
  ];
  const configs = [config('Secret', 'a'), config('ConfigMap', 'b'), config('ConfigMap', 'a')];
  const one = buildGraph({ ...NONE, workloads, configs }, { all: true });
  const other = buildGraph(
    { ...NONE, workloads: workloads.toReversed(), configs: configs.toReversed() },
    { all: true },
  );
  expect(one).toEqual(other);
  expect(
    one.dependencies.map(
      ({ workload: { namespace, name }, container, config: c }) =>
        `${namespace}/${name} ${container} ${c.kind}/${c.name}`,
    ),
  ).toEqual([
    'other/a app ConfigMap/x',
    'shop/a app ConfigMap/y',
    'shop/a app Secret/y',
    'shop/b null ConfigMap/a',
    'shop/b x ConfigMap/a',
    'shop/b x ConfigMap/z',
  ]);
  expect(one.configs.map(({ ref: { kind, name } }) => `${kind}/${name}`)).toEqual([
    'ConfigMap/a',
    'ConfigMap/b',
    'Secret/a',
  ]);
});

test('a thousand Deployments with five thousand pods keep their own pods and edges', () => {
  const workloads = Array.from({ length: 1000 }, (_, i) => workload(`web-${i}`, [use(`c-${i}`, { keys: ['k'] })]));
  const pods = workloads.flatMap((owner) =>
    [0, 1, 2, 3, 4].map((i) =>
      podOf(owner, `${owner.ref.name}-${i}`, [use(`c-${owner.ref.name.slice(4)}`, { keys: ['k'] })]),
    ),
  );
  const configs = workloads.map((_, i) => config('ConfigMap', `c-${i}`, ['k']));
  const graph = buildGraph({ ...NONE, workloads, pods, configs }, { all: false });
  expect([graph.workloads.length, graph.dependencies.length, graph.unused.length]).toEqual([1000, 1000, 0]);
  expect(graph.workloads.every((one) => one.pods.length === 5)).toBe(true);
});
