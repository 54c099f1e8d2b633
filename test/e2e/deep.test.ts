/** `status --deep` on a real node: what it says of a container is what the container holds. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookIntoScope } from '../../cmd/look-inside.ts';
import { collectObjects } from '../../src/cluster/collect.ts';
import { connect } from '../../src/cluster/connect.ts';
import { buildGraph } from '../../src/graph/graph.ts';
import { selectTargets } from '../../src/graph/select.ts';
import { ConfigHistory } from '../../src/staleness/history.ts';
import { judgeGraph } from '../../src/staleness/status.ts';
import type { StatusItem } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { makeEnvironment, makeFolder } from '../support/connection.ts';
import { makeConfigMap, makeContainer, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const run = (...args: string[]): Promise<string> => askKubectl(cluster, args);

async function deploy(namespace: string, manifests: object[], workloads: string[]): Promise<void> {
  await apply(cluster, namespace, manifests);
  for (const workload of workloads) await run('rollout', 'status', workload, '-n', namespace, '--timeout=120s');
}

const patch = (namespace: string, object: string, value: object) =>
  run('patch', object, '-n', namespace, '-p', JSON.stringify(value));

/** Removes a key in the way that leaves no trace in managedFields. */
const removeKey = (namespace: string, object: string, key: string) =>
  run('patch', object, '-n', namespace, '--type=json', '-p', `[{"op":"remove","path":"/data/${key}"}]`);

async function readStatus(namespace: string, ...flags: string[]): Promise<StatusItem[]> {
  const { stdout, stderr } = await runCommand(['status', '-n', namespace, '--all', '-o', 'json', ...flags], {
    kubeconfig: cluster.kubeconfig,
  });
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout).items;
}

/** The verdicts without the history of the API, as they are when that is forgotten. */
async function readWithoutHistory(namespace: string): Promise<StatusItem[]> {
  const ours = await connect({ kubeconfig: cluster.kubeconfig, namespace }, makeEnvironment(process.cwd()));
  const graph = buildGraph(await collectObjects(ours, { namespace }), { all: false });
  const scope = { cluster: ours, graph, selection: selectTargets(graph, []), namespace };
  const now = Date.now();
  const history = new ConfigHistory();
  const { signal } = new AbortController();
  const printed: string[] = [];
  const streams = { interrupted: signal, stderr: { write: (text: string) => printed.push(text) } };
  const looking = { now, history, allPods: false, isWanted: () => true, tells: true };
  const inside = await lookIntoScope(scope, looking, streams);
  ours.close();
  expect(printed).toEqual([]);
  return judgeGraph(graph, { now, history, inside });
}

const show = (items: StatusItem[]) =>
  Object.fromEntries(
    items.map(({ container, config, via, at, state, evidence }) => [
      `${container} ${config.name} ${via} ${at}`,
      `${state} ${evidence}`,
    ]),
  );

const fromKey = (
  name: string,
  key: string,
  kind: 'configMapKeyRef' | 'secretKeyRef' = 'configMapKeyRef',
  optional = false,
) => ({
  valueFrom: { [kind]: { name, key, optional } },
});

/** Ends when it is told to, so that a container can be restarted in place. */
const ENDABLE = ['sh', '-c', 'trap "exit 0" TERM; while :; do sleep 0.2; done'];

/** A pod with every way of use; the containers share their processes, and one of them may do next to nothing. */
const EVERY_WAY = {
  automountServiceAccountToken: false,
  terminationGracePeriodSeconds: 0,
  shareProcessNamespace: true,
  initContainers: [
    makeContainer({ name: 'init', command: ['true'], env: [{ name: 'LEVEL', ...fromKey('settings', 'LEVEL') }] }),
  ],
  containers: [
    makeContainer({
      env: [
        { name: 'LEVEL', ...fromKey('settings', 'LEVEL') },
        { name: 'MULTI', ...fromKey('settings', 'multi') },
        { name: 'PASSWORD', ...fromKey('login', 'password', 'secretKeyRef') },
        { name: 'BYTES', ...fromKey('login', 'bytes', 'secretKeyRef') },
        { name: 'NONE', ...fromKey('settings', 'none', 'configMapKeyRef', true) },
        { name: 'HIDDEN', ...fromKey('settings', 'LEVEL') },
        { name: 'HIDDEN', value: '$(LEVEL-of-nobody)' },
      ],
      envFrom: [
        { prefix: 'S_', configMapRef: { name: 'settings' } },
        { configMapRef: { name: 'stable' } },
        { prefix: 'L_', secretRef: { name: 'login' } },
      ],
      volumeMounts: [
        { name: 'settings', mountPath: '/etc/settings' },
        { name: 'settings', mountPath: '/etc/level', subPath: 'LEVEL' },
        { name: 'settings', mountPath: '/etc/blob', subPath: 'blob' },
        { name: 'folder', mountPath: '/etc/folder', subPath: 'dir' },
        { name: 'both', mountPath: '/etc/both' },
        { name: 'login', mountPath: '/etc/login' },
        { name: 'login', mountPath: '/etc/password', subPath: 'password' },
        { name: 'stable', mountPath: '/etc/stable' },
      ],
    }),
    makeContainer({
      name: 'side',
      command: ENDABLE,
      env: [{ name: 'LEVEL', ...fromKey('settings', 'LEVEL') }],
      volumeMounts: [
        { name: 'settings', mountPath: '/etc/level', subPath: 'LEVEL' },
        { name: 'settings', mountPath: '/etc/settings' },
      ],
      securityContext: {
        runAsUser: 65534,
        runAsNonRoot: true,
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      },
    }),
  ],
  volumes: [
    { name: 'settings', configMap: { name: 'settings' } },
    { name: 'folder', configMap: { name: 'settings', items: [{ key: 'LEVEL', path: 'dir/level' }] } },
    { name: 'login', secret: { secretName: 'login' } },
    { name: 'stable', configMap: { name: 'stable' } },
    {
      name: 'both',
      projected: {
        sources: [
          { configMap: { name: 'settings', items: [{ key: 'LEVEL', path: 'a/level' }] } },
          { secret: { name: 'login' } },
          { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
        ],
      },
    },
  ],
};

const CONFIGS = [
  {
    ...makeConfigMap('settings', { LEVEL: 'info', multi: 'a\nLEVEL=b\r\n\n', '.dotted-key': 'd' }),
    binaryData: { blob: Buffer.from([0, 255, 10, 0]).toString('base64') },
  },
  makeConfigMap('stable', { STABLE: 'yes' }),
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login' },
    data: {
      password: Buffer.from('hunter2').toString('base64'),
      // A cut character, bytes that begin none, and one that is whole.
      bytes: Buffer.from([0x63, 0xe9, 0xe2, 0x82, 0x41, 0xf0, 0x9f, 0x98, 0x80, 0xff]).toString('base64'),
    },
  },
];

describe('looking into containers', () => {
  test('tells the truth of every way of use, before and after a change, and after a restart in place', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(name, [...CONFIGS, makeWorkloadManifest('Deployment', 'web', EVERY_WAY)], ['deployment/web']);
    const before = show(await readWithoutHistory(name));
    expect(before).toEqual({
      'app settings env HIDDEN': 'current exec',
      'app settings env LEVEL': 'current exec',
      'app settings env MULTI': 'current exec',
      'app settings env NONE': 'current exec',
      'app settings envFrom S_*': 'current exec',
      'app settings projected /etc/both': 'current exec',
      'app settings subPath /etc/blob': 'current exec',
      'app settings subPath /etc/folder': 'current exec',
      'app settings subPath /etc/level': 'current exec',
      'app settings volume /etc/settings': 'current exec',
      'app stable envFrom *': 'current exec',
      'app stable volume /etc/stable': 'current exec',
      'app login env BYTES': 'current exec',
      'app login env PASSWORD': 'current exec',
      'app login envFrom L_*': 'current exec',
      'app login projected /etc/both': 'current exec',
      'app login subPath /etc/password': 'current exec',
      'app login volume /etc/login': 'current exec',
      // It is over, and held what was there then: nothing can be seen in it, and times may leave a doubt for a while.
      'init settings env LEVEL': expect.stringMatching(/^(current|unknown) (time|none)$/),
      'side settings env LEVEL': 'current exec',
      'side settings subPath /etc/level': 'current exec',
      'side settings volume /etc/settings': 'current exec',
    });

    await patch(name, 'configmap/settings', { data: { LEVEL: 'debug' } });
    await patch(name, 'secret/login', { stringData: { password: 'hunter3' } });
    await waitFor(
      async () =>
        (await run(
          'exec',
          '-n',
          name,
          'deployment/web',
          '-c',
          'app',
          '--',
          'cat',
          '/etc/settings/LEVEL',
          '/etc/login/password',
          '/etc/both/a/level',
        )) === 'debughunter3debug',
      100_000,
      'the new files',
    );
    const changed = await readWithoutHistory(name);
    expect(show(changed)).toEqual({
      'app settings env HIDDEN': 'current exec',
      'app settings env LEVEL': 'stale exec',
      'app settings env MULTI': 'current exec',
      'app settings env NONE': 'current exec',
      'app settings envFrom S_*': 'stale exec',
      'app settings projected /etc/both': 'refreshed exec',
      'app settings subPath /etc/blob': 'current exec',
      'app settings subPath /etc/folder': 'stale exec',
      'app settings subPath /etc/level': 'stale exec',
      'app settings volume /etc/settings': 'refreshed exec',
      'app stable envFrom *': 'current exec',
      'app stable volume /etc/stable': 'current exec',
      'app login env BYTES': 'current exec',
      'app login env PASSWORD': 'stale exec',
      'app login envFrom L_*': 'stale exec',
      'app login projected /etc/both': 'refreshed exec',
      'app login subPath /etc/password': 'stale exec',
      'app login volume /etc/login': 'refreshed exec',
      'init settings env LEVEL': expect.stringMatching(/^(stale|unknown) (time|none)$/),
      'side settings env LEVEL': 'stale exec',
      'side settings subPath /etc/level': 'stale exec',
      'side settings volume /etc/settings': 'refreshed exec',
    });
    expect(changed.find(({ via }) => via === 'envFrom')?.changedKeys).toEqual(['LEVEL']);
    expect(JSON.stringify(changed)).not.toMatch(/hunter|debug/);

    // The processes of the pod are shared, but only those of this container run as its user.
    await run('exec', '-n', name, 'deployment/web', '-c', 'side', '--', 'sh', '-c', 'kill -TERM -1');
    const isBack = async () => {
      const text = await run(
        'get',
        'pods',
        '-n',
        name,
        '-o',
        'jsonpath={.items[0].status.containerStatuses[?(@.name=="side")]}',
      );
      const { restartCount, ready } = JSON.parse(text);
      return restartCount === 1 && ready === true;
    };
    await waitFor(isBack, 60_000, 'the restart of one container');
    const restarted = show(await readWithoutHistory(name));
    expect(restarted).toMatchObject({
      'app settings env LEVEL': 'stale exec',
      'app settings subPath /etc/level': 'stale exec',
      'side settings env LEVEL': 'current exec',
      'side settings subPath /etc/level': 'current exec',
      'side settings volume /etc/settings': 'current exec',
    });
  }, 240_000);

  test('sees through a label, a change that was put back, and a key that is gone', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const volume = { volumes: [{ name: 'v', configMap: { name: 'labelled' } }] };
    const container = {
      envFrom: ['labelled', 'reverted', 'cut'].map((config) => ({ configMapRef: { name: config } })),
      volumeMounts: [
        { name: 'v', mountPath: '/etc/labelled' },
        { name: 'v', mountPath: '/etc/a', subPath: 'A' },
      ],
    };
    await deploy(
      name,
      [
        makeConfigMap('labelled', { A: '1' }),
        makeConfigMap('reverted', { B: '1' }),
        makeConfigMap('cut', { C: '1', GONE: '2' }),
        makeWorkloadManifest('StatefulSet', 'web', makePodSpec(container, volume), { replicas: 2 }),
      ],
      ['statefulset/web'],
    );
    await sleep(3000);
    await run('label', 'configmap', 'labelled', '-n', name, 'x=y');
    for (const B of ['2', '1']) await patch(name, 'configmap/reverted', { data: { B } });
    expect(show(await readWithoutHistory(name))).toEqual({
      'app cut envFrom *': 'current exec',
      'app labelled envFrom *': 'current exec',
      'app labelled subPath /etc/a': 'current exec',
      'app labelled volume /etc/labelled': 'current exec',
      'app reverted envFrom *': 'current exec',
    });
    await removeKey(name, 'configmap/cut', 'GONE');
    const items = await readStatus(name, '--deep');
    expect(items.find(({ config }) => config.name === 'cut')).toMatchObject({
      state: 'stale',
      changedKeys: ['GONE'],
      pods: [{ state: 'stale' }, { state: 'stale' }],
    });
    // Without the past nobody can tell it from a variable of the image: never `current`.
    expect(show(await readWithoutHistory(name))).toMatchObject({
      'app cut envFrom *': expect.stringMatching(/^(stale exec|unknown none)$/),
    });
    // A pod of the same template that started since is without it, so that no image has it.
    await run('scale', 'statefulset/web', '-n', name, '--replicas=3');
    await run('rollout', 'status', 'statefulset/web', '-n', name, '--timeout=120s');
    const cut = (await readWithoutHistory(name)).find(({ config }) => config.name === 'cut');
    expect(cut).toMatchObject({ state: 'stale', evidence: 'exec', changedKeys: ['GONE'] });
    expect(cut?.pods.find(({ name: pod }) => pod === 'web-2')?.state).not.toBe('stale');
  }, 180_000);

  test('finds old content in a pod that started after an immutable config was made anew', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const config = (LEVEL: string) => ({ ...makeConfigMap('fixed', { LEVEL }), immutable: true });
    const user = (workload: string) =>
      makeWorkloadManifest('Deployment', workload, makePodSpec({ envFrom: [{ configMapRef: { name: 'fixed' } }] }));
    await deploy(name, [config('info'), user('keeps'), user('web')], ['deployment/keeps', 'deployment/web']);
    await run('delete', 'configmap', 'fixed', '-n', name);
    await apply(cluster, name, [config('debug')]);
    await sleep(6000);
    await run('rollout', 'restart', 'deployment/web', '-n', name);
    await run('rollout', 'status', 'deployment/web', '-n', name, '--timeout=90s');
    await waitFor(
      async () => (await run('get', 'pods', '-n', name, '-o', 'name')).trim().split('\n').length === 2,
      60_000,
      'the end of the old pod',
    );
    const held = (await run('exec', '-n', name, 'deployment/web', '--', 'sh', '-c', 'echo $LEVEL')).trim();
    const [item] = (await readStatus(name, '--deep')).filter(({ workload }) => workload.name === 'web');
    expect(item).toMatchObject({ state: held === 'debug' ? 'current' : 'stale', evidence: 'exec' });
    // The kubelet keeps what it has of an immutable config while any pod of the node uses the name.
    expect(held).toBe('info');
  }, 180_000);

  test('says of an image without tools that it has none, and reads by cat alone', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const spec = (copies: string) => ({
      ...makePodSpec({
        command: ['/app/busybox', 'sleep', '2147483647'],
        env: [{ name: 'LEVEL', ...fromKey('settings', 'LEVEL') }],
        volumeMounts: [
          { name: 'app', mountPath: '/app' },
          { name: 'bin', mountPath: '/bin' },
        ],
      }),
      initContainers: [
        makeContainer({
          name: 'init',
          command: ['sh', '-c', `cp /bin/busybox /app/busybox; ${copies}`],
          volumeMounts: [
            { name: 'app', mountPath: '/app' },
            { name: 'bin', mountPath: '/tools' },
          ],
        }),
      ],
      volumes: [
        { name: 'app', emptyDir: {} },
        { name: 'bin', emptyDir: {} },
      ],
    });
    await deploy(
      name,
      [
        makeConfigMap('settings', { LEVEL: 'info' }),
        makeWorkloadManifest('Deployment', 'bare', spec(':')),
        makeWorkloadManifest('Deployment', 'cat', spec('cp /bin/busybox /tools/cat')),
        makeWorkloadManifest('Deployment', 'env', spec('cp /bin/busybox /tools/env')),
      ],
      ['deployment/bare', 'deployment/cat', 'deployment/env'],
    );
    await sleep(3000);
    await patch(name, 'configmap/settings', { data: { LEVEL: 'debug' } });
    // Without a shell it takes several commands, each of which a busy node may be late with.
    const items = await waitFor(
      async () => {
        const seen = await readStatus(name, '--deep');
        return seen.every(({ reason }) => !/within|answer/.test(reason)) && seen;
      },
      60_000,
      'an answer of every container',
    );
    const verdicts = items.map(({ workload, state, evidence }) => `${workload.name} ${state} ${evidence}`);
    expect(verdicts).toEqual([
      expect.stringMatching(/^bare stale (history|time)$/),
      'cat stale exec',
      'env stale exec',
    ]);
    expect(items[0]?.reason).toContain('it could not be looked into: the image has no sh, cat or env to look with');
  }, 120_000);
});

describe('a user who may not look into containers', () => {
  const READ = {
    apiGroups: ['', 'apps', 'batch'],
    resources: [
      'pods',
      'configmaps',
      'secrets',
      'serviceaccounts',
      'replicationcontrollers',
      'deployments',
      'statefulsets',
      'daemonsets',
      'replicasets',
      'jobs',
      'cronjobs',
    ],
    verbs: ['list'],
  };
  const grant = (name: string, rules: object[]) => [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'User', name }],
    },
  ];

  test('gets the other evidence and one line that says so; who may only create, sees; who may not read Secrets, sees the rest', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const podSpec = makePodSpec({
      env: [
        { name: 'LEVEL', ...fromKey('settings', 'LEVEL') },
        { name: 'PASSWORD', ...fromKey('login', 'password', 'secretKeyRef') },
      ],
    });
    await deploy(
      name,
      [
        ...CONFIGS,
        ...['a', 'b', 'c'].map((workload) => makeWorkloadManifest('Deployment', workload, podSpec)),
        ...grant('reader', [READ]),
        ...grant('creator', [
          READ,
          { apiGroups: [''], resources: ['pods/exec'], verbs: ['create'] },
          { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
        ]),
        ...grant('viewer', [
          { ...READ, resources: READ.resources.filter((resource) => resource !== 'secrets') },
          { apiGroups: [''], resources: ['pods/exec'], verbs: ['get', 'create'] },
        ]),
      ],
      ['deployment/a', 'deployment/b', 'deployment/c'],
    );
    await sleep(3000);
    await patch(name, 'configmap/settings', { data: { LEVEL: 'debug' } });
    // Without a home, kubectl keeps what it learns of the server in the working folder.
    await using home = await makeFolder();
    const deep = async (user: string) => {
      const { code, stdout, stderr } = await runCommand(
        ['status', '-n', name, '--deep', '--all', '-o', 'json', '--as', user],
        {
          kubeconfig: cluster.kubeconfig,
          env: { PATH: dirname(cluster.kubectl), HOME: home.path },
        },
      );
      expect(code).toBe(0);
      const items: StatusItem[] = JSON.parse(stdout).items;
      return { stderr, verdicts: items.map(({ at, state, evidence }) => `${at} ${state} ${evidence}`) };
    };
    const thrice = (...verdicts: string[]) => [...verdicts, ...verdicts, ...verdicts];

    const reader = await deep('reader');
    expect(reader.stderr).toMatch(
      /^warning: not all containers could be looked into: Error from server \(Forbidden\): [^\n]*pods\/exec[^\n]*\n$/,
    );
    expect(new Set(reader.verdicts.map((verdict) => verdict.replace(/ (time|history)$/, '')))).toEqual(
      new Set(['LEVEL stale', 'PASSWORD current']),
    );
    const creator = await deep('creator');
    expect(creator.stderr).toBe('');
    expect(creator.verdicts.filter((verdict) => verdict === 'LEVEL stale exec')).toHaveLength(3);
    expect(creator.verdicts.filter((verdict) => verdict.startsWith('PASSWORD current'))).toHaveLength(3);
    const viewer = await deep('viewer');
    expect(viewer.stderr).toMatch(/^warning: nothing is said of any Secret[^\n]*\n$/);
    expect(viewer.verdicts).toEqual(thrice('LEVEL stale exec', 'PASSWORD unknown none'));
  }, 180_000);
});
