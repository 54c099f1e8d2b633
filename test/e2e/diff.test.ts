/** What running containers hold against what the cluster holds now, on a real node: the truth is asked of the containers. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiffItem } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useCluster, useNamespace } from '../cluster/shared.ts';
import { startDatedProxy } from '../support/dated-proxy.ts';
import { startForgetfulProxy } from '../support/forgetful-proxy.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

/** Times are whole seconds, and a change in the same seconds as a start proves nothing. */
const PAST_THE_MARGIN = 4000;

const envFrom = (name: string) => ({ envFrom: [{ configMapRef: { name } }] });

async function deploy(namespace: string, manifests: object[], workloads: string[]): Promise<void> {
  await apply(cluster, namespace, manifests);
  for (const workload of workloads) await run(['rollout', 'status', workload, '-n', namespace, '--timeout=120s']);
  await sleep(PAST_THE_MARGIN);
}

const run = (args: string[], stdin?: string): Promise<string> =>
  askKubectl(cluster, args, stdin === undefined ? {} : { stdin });

/** A user who may read what runs, and these resources. */
function makeReader(user: string, resources: string[]): object[] {
  const read = (apiGroup: string, of: string[]) => ({ apiGroups: [apiGroup], resources: of, verbs: ['get', 'list'] });
  const rules = [
    read('', ['pods', 'serviceaccounts', 'replicationcontrollers', ...resources]),
    read('apps', ['deployments', 'statefulsets', 'daemonsets', 'replicasets']),
    read('batch', ['jobs', 'cronjobs']),
  ];
  const apiGroup = 'rbac.authorization.k8s.io';
  const metadata = { name: 'reader' };
  const roleRef = { apiGroup, kind: 'Role', name: 'reader' };
  return [
    { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata, rules },
    { apiVersion: `${apiGroup}/v1`, kind: 'RoleBinding', metadata, roleRef, subjects: [{ kind: 'User', name: user }] },
  ];
}

const diff = (namespace: string, ...words: string[]) =>
  runCommand(['diff', '-n', namespace, ...words], { kubeconfig: cluster.kubeconfig });

const SAME = { code: 0, stdout: '', stderr: 'Every container runs the configuration that the cluster holds now.\n' };
const withoutAges = (text: string) => text.replaceAll(/written \d+s ago/g, 'written Ns ago');

describe('running containers against the cluster', () => {
  test('edits in every manner show with who made them, once for all pods, and the diff is gone after a restart', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const file = 'worker_processes 1;\nevents {}\nhttp {\n  listen 80;\n  root /srv;\n  gzip on;\n  etag on;\n}\n';
    await deploy(
      name,
      [
        makeConfigMap('web', { LEVEL: 'info', GONE: 'bye', EMPTY: '', 'web.conf': file }),
        makeWorkloadManifest('Deployment', 'web', makePodSpec(envFrom('web')), { replicas: 2 }),
      ],
      ['deployment/web'],
    );
    expect(await diff(name)).toEqual(SAME);

    await run(['patch', 'configmap', 'web', '-n', name, '-p', '{"data":{"LEVEL":"debug"}}']);
    const removal = JSON.stringify([
      { op: 'remove', path: '/data/GONE' },
      { op: 'add', path: '/data/web.conf', value: file.replace('80', '8080') },
    ]);
    await run(['patch', 'configmap', 'web', '-n', name, '--type=json', '-p', removal]);
    const added = '{"data":{"NEW":"hello"}}';
    await run(['patch', 'configmap', 'web', '-n', name, '--field-manager=pipeline', '-p', added]);

    const { code, stdout, stderr } = await diff(name);
    expect(code).toBe(1);
    expect(withoutAges(stdout)).toBe(
      [
        '--- configmap/web GONE  as 2 pods of deployment/web run it',
        '+++ configmap/web GONE  now, no longer there',
        '@@ -1 +0,0 @@',
        '-bye',
        '--- configmap/web LEVEL  as 2 pods of deployment/web run it',
        '+++ configmap/web LEVEL  now, written Ns ago by kubectl-patch',
        '@@ -1 +1 @@',
        '-info',
        '+debug',
        '--- configmap/web NEW  as 2 pods of deployment/web run without it',
        '+++ configmap/web NEW  now, written Ns ago by pipeline',
        '@@ -0,0 +1 @@',
        '+hello',
        '--- configmap/web web.conf  as 2 pods of deployment/web run it',
        '+++ configmap/web web.conf  now, written Ns ago by kubectl-patch',
        '@@ -1,7 +1,7 @@',
        ' worker_processes 1;',
        ' events {}',
        ' http {',
        '-  listen 80;',
        '+  listen 8080;',
        '   root /srv;',
        '   gzip on;',
        '   etag on;',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe(
      `1 config differs from what 1 workload runs.\n  kubectl reload restart -n ${name}    restart deployment/web\n`,
    );
    expect(await run(['exec', '-n', name, 'deployment/web', '--', 'sh', '-c', 'echo $LEVEL $GONE'])).toBe('info bye\n');
    expect(await diff(name, '-o', 'name')).toEqual({ code: 1, stdout: 'configmap/web\n', stderr: '' });

    const restart = await runCommand(`restart -n ${name} --yes --soak 1s`, { kubeconfig: cluster.kubeconfig });
    expect(restart.code).toBe(0);
    expect(await diff(name)).toEqual(SAME);
  }, 180_000);

  test('writes that leave the content alone, and a change that was taken back, are no difference', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(
      name,
      [makeConfigMap('web', { LEVEL: 'info' }), makeWorkloadManifest('Deployment', 'web', makePodSpec(envFrom('web')))],
      ['deployment/web'],
    );
    await run(['label', 'configmap', 'web', '-n', name, 'team=red']);
    expect(await diff(name)).toEqual(SAME);
    await run(['patch', 'configmap', 'web', '-n', name, '-p', '{"data":{"LEVEL":"debug"}}']);
    expect((await diff(name)).code).toBe(1);
    await run(['patch', 'configmap', 'web', '-n', name, '-p', '{"data":{"LEVEL":"info"}}']);
    expect(await diff(name)).toEqual(SAME);
    await run(['delete', 'configmap', 'web', '-n', name]);
    const gone = await diff(name);
    expect([gone.code, gone.stdout.split('\n').slice(1, 4)]).toEqual([
      1,
      ['+++ configmap/web LEVEL  now, deleted', '@@ -1 +0,0 @@', '-info'],
    ]);
    await run(['create', 'configmap', 'web', '-n', name, '--from-literal=LEVEL=info']);
    expect(await diff(name)).toEqual(SAME);
  }, 120_000);

  test('pods of two versions come as two diffs, and a container that was restarted in place is not counted', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const untilStopped = ['sh', '-c', 'until [ -e /stop ]; do sleep 0.1; done'];
    const side = { name: 'side', image: 'local/busybox:1', command: untilStopped, ...envFrom('web') };
    const podSpec = makePodSpec(envFrom('web'));
    const pod = (podName: string, containers: object[] = []) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: podName },
      spec: {
        ...podSpec,
        containers: [
          ...('containers' in podSpec && Array.isArray(podSpec.containers) ? podSpec.containers : []),
          ...containers,
        ],
      },
    });
    const ready = (podName: string) =>
      run(['wait', '-n', name, `pod/${podName}`, '--for=condition=Ready', '--timeout=60s']);
    const setLevel = (level: string) =>
      run(['patch', 'configmap', 'web', '-n', name, '-p', `{"data":{"LEVEL":"${level}"}}`]);

    await apply(cluster, name, [makeConfigMap('web', { LEVEL: 'one' }), pod('first', [side])]);
    await ready('first');
    await sleep(PAST_THE_MARGIN);
    await setLevel('two');
    await sleep(PAST_THE_MARGIN);
    await apply(cluster, name, [pod('second')]);
    await ready('second');
    await run(['exec', '-n', name, 'first', '-c', 'side', '--', 'touch', '/stop']);
    await sleep(PAST_THE_MARGIN);
    await setLevel('three');

    const { code, stdout } = await diff(name, '-o', 'json');
    expect(code).toBe(1);
    const items: DiffItem[] = JSON.parse(stdout).items;
    const told = items.map(({ keys, workloads }) => [
      keys.map((key) => key.diff.split('\n').slice(1).join(' ')).join(),
      ...workloads.flatMap(({ pods }) =>
        pods.flatMap((one) => one.containers.map((container) => `${one.name}/${container}`)),
      ),
    ]);
    const held = new Map<string, string[]>();
    for (const [podName, container] of [
      ['first', 'app'],
      ['first', 'side'],
      ['second', 'app'],
    ] as const) {
      const level =
        (await run(['exec', '-n', name, podName, '-c', container, '--', 'cat', '/proc/1/environ'])).match(
          /LEVEL=(\w+)/,
        )?.[1] ?? '';
      held.set(level, [...(held.get(level) ?? []), `${podName}/${container}`]);
    }
    expect(told.sort()).toEqual([...held].map(([level, holders]) => [`-${level} +three`, ...holders]).sort());
  }, 180_000);

  test('targets narrow it to a config, and to what a workload uses', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(
      name,
      [
        makeConfigMap('a', { A: '1' }),
        makeConfigMap('b', { B: '1' }),
        makeWorkloadManifest('Deployment', 'uses-a', makePodSpec(envFrom('a'))),
        makeWorkloadManifest('Deployment', 'uses-b', makePodSpec(envFrom('b'))),
      ],
      ['deployment/uses-a', 'deployment/uses-b'],
    );
    for (const config of ['a', 'b']) {
      await run(['patch', 'configmap', config, '-n', name, '-p', `{"data":{"${config.toUpperCase()}":"2"}}`]);
    }
    const named = async (...words: string[]) => (await diff(name, ...words, '-o', 'name')).stdout;
    expect(await named()).toBe('configmap/a\nconfigmap/b\n');
    expect(await named('cm/a')).toBe('configmap/a\n');
    expect(await named('deploy', 'uses-b')).toBe('configmap/b\n');
    expect(await named('secrets')).toBe('');
    const everywhere = await runCommand('diff -A -o json', { kubeconfig: cluster.kubeconfig });
    const items: DiffItem[] = JSON.parse(everywhere.stdout).items;
    expect(items.filter(({ config }) => config.namespace === name).map(({ config }) => config.name)).toEqual([
      'a',
      'b',
    ]);
  }, 120_000);
});

describe('minutes later, when the API server has forgotten', () => {
  test('the containers are looked into: variables, prefixes, files that are fixed at the start, and Secrets', async () => {
    await using namespace = await useNamespace(cluster);
    await using proxy = await startForgetfulProxy(cluster);
    const { name } = namespace;
    const container = {
      env: [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'web', key: 'level' } } }],
      envFrom: [{ prefix: 'P_', configMapRef: { name: 'web' } }, { secretRef: { name: 'login' } }],
      volumeMounts: [
        { name: 'config', mountPath: '/etc/app.conf', subPath: 'app.conf' },
        { name: 'renamed', mountPath: '/etc/renamed', subPath: 'deep/er' },
      ],
    };
    const volumes = [
      { name: 'config', configMap: { name: 'files' } },
      { name: 'renamed', configMap: { name: 'files', items: [{ key: 'level', path: 'deep/er' }] } },
    ];
    await deploy(
      name,
      [
        ...makeReader('diff-looker', ['configmaps', 'secrets']),
        makeConfigMap('web', { level: 'info', same: 'x' }),
        makeConfigMap('files', { level: 'info', 'app.conf': 'a\nb\nc\n', same: 'x' }),
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: { PASSWORD: 'hunter2-old' } },
        makeWorkloadManifest('Deployment', 'web', makePodSpec(container, { volumes }), { replicas: 2 }),
      ],
      ['deployment/web'],
    );
    const later = (...words: string[]) => runCommand(['diff', '-n', name, '-s', proxy.url, ...words]);
    expect(await later()).toMatchObject({ code: 0, stdout: '' });

    const patch = (config: string, data: object) =>
      run(['patch', 'configmap', config, '-n', name, '-p', JSON.stringify({ data })]);
    await patch('web', { level: 'debug', fresh: 'y' });
    await patch('files', { level: 'debug', 'app.conf': 'a\nB\nc\n', fresh: 'y' });
    await run(['patch', 'secret', 'login', '-n', name, '-p', '{"stringData":{"PASSWORD":"hunter2-new"}}']);
    const { code, stdout, stderr } = await later('-o', 'json');
    expect(code).toBe(1);
    expect(stdout + stderr).not.toMatch(/hunter2|aHVudGVyM/);
    const items: DiffItem[] = JSON.parse(stdout).items;
    expect(items.map(({ from, workloads }) => [from.evidence, ...workloads.map(({ pods }) => pods.length)])).toEqual([
      ['exec', 2],
      ['exec', 2],
      ['exec', 2],
    ]);
    expect(items.map(({ keys }) => keys.map(({ key, change, diff: lines }) => [key, change, lines]))).toEqual([
      [
        ['app.conf', 'changed', '@@ -1,3 +1,3 @@\n a\n-b\n+B\n c'],
        ['level', 'changed', '@@ -1 +1 @@\n-info\n+debug'],
      ],
      [
        ['fresh', 'added', '@@ -0,0 +1 @@\n+y'],
        ['level', 'changed', '@@ -1 +1 @@\n-info\n+debug'],
      ],
      [['PASSWORD', 'changed', '@@ -1 +1 @@\n-*** (before)\n+*** (after)']],
    ]);

    // What the last apply wrote would be a guess at what was there before.
    const guess = 'kubectl.kubernetes.io/last-applied-configuration-';
    await run(['annotate', 'configmap/web', 'configmap/files', 'secret/login', guess, '-n', name]);
    const reader = await later('--as', 'diff-looker');
    expect([reader.code, reader.stdout]).toEqual([2, '']);
    const [warning, ...doubts] = reader.stderr.trimEnd().split('\n');
    expect(warning).toMatch(/^warning: not all containers could be looked into: .*cannot get resource "pods\/exec"/);
    const why =
      'what it was before is not known: the API server keeps old content for some minutes only; the container could not be looked into: that is not allowed';
    expect(doubts).toEqual([
      `cannot tell: configmap/files app.conf and level in 2 pods of deployment/web: ${why}`,
      `cannot tell: configmap/web fresh and level in 2 pods of deployment/web: ${why}`,
      `cannot tell: secret/login PASSWORD in 2 pods of deployment/web: ${why}`,
    ]);
  }, 120_000);
});

describe('Secrets', () => {
  const VALUES = ['hunter2-old', 'hunter2-new', 'swordfish-same'];
  /** As the API has them too. */
  const ALL = [...VALUES, ...VALUES.map((value) => Buffer.from(value).toString('base64'))];
  const secret = (password: string) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login' },
    stringData: { PASSWORD: password, OTHER: VALUES[2] },
  });

  test('no byte of a value is printed in any format, unless it is asked for', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const podSpec = makePodSpec({ envFrom: [{ secretRef: { name: 'login' } }] });
    await deploy(name, [secret('hunter2-old'), makeWorkloadManifest('Deployment', 'web', podSpec)], ['deployment/web']);
    await apply(cluster, name, [secret('hunter2-new')]);
    const text = await diff(name);
    expect(withoutAges(text.stdout)).toBe(
      [
        '--- secret/login PASSWORD  as 1 pod of deployment/web runs it',
        '+++ secret/login PASSWORD  now, written Ns ago by kubectl-client-side-apply',
        '@@ -1 +1 @@',
        '-*** (before)',
        '+*** (after)',
        '',
      ].join('\n'),
    );
    for (const words of [[], ['-o', 'json'], ['-o', 'yaml'], ['-o', 'name'], ['-v']]) {
      const result = await diff(name, ...words);
      expect(result.code).toBe(1);
      for (const value of ALL) expect(result.stdout + result.stderr).not.toContain(value);
    }
    const shown = await diff(name, '--show-secrets');
    expect(shown.stdout).toEndWith('-hunter2-old\n+hunter2-new\n');
    expect(shown.stdout).not.toContain('swordfish');
  }, 120_000);

  test('who may not read them gets the rest, with a word on what was not seen', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const container = { envFrom: [{ configMapRef: { name: 'web' } }, { secretRef: { name: 'login' } }] };
    await deploy(
      name,
      [
        ...makeReader('diff-reader', ['configmaps']),
        makeConfigMap('web', { LEVEL: 'info' }),
        secret('hunter2-old'),
        makeWorkloadManifest('Deployment', 'web', makePodSpec(container)),
      ],
      ['deployment/web'],
    );
    const asReader = (...words: string[]) => diff(name, '--as', 'diff-reader', ...words);
    const unsure = await asReader();
    expect([unsure.code, unsure.stdout]).toEqual([2, '']);
    expect(unsure.stderr).toMatch(
      /^warning: nothing is said of any Secret: Error from server \(Forbidden\): secrets is forbidden/,
    );
    expect(unsure.stderr).toContain('cannot tell: secret/login in 1 pod of deployment/web: it could not be read\n');
    expect((await asReader('configmaps')).code).toBe(0);

    await run(['patch', 'configmap', 'web', '-n', name, '-p', '{"data":{"LEVEL":"debug"}}']);
    const known = await asReader();
    expect([known.code, known.stdout.split('\n').slice(2)]).toEqual([1, ['@@ -1 +1 @@', '-info', '+debug', '']]);
  }, 120_000);
});

test('hostile content breaks neither the terminal nor the bounds', async () => {
  await using namespace = await useNamespace(cluster);
  const { name } = namespace;
  const volumes = [{ name: 'config', configMap: { name: 'web' } }];
  const podSpec = makePodSpec({ volumeMounts: [{ name: 'config', mountPath: '/etc/web' }] }, { volumes });
  const many = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`k${index}`, String(index)]));
  const escapes = 'title \x1b]0;owned\x07\r\n\x9b31m and \u202etxt';
  const before = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'web' },
    data: { ...many, escapes: 'a\r\n', line: 'x'.repeat(300_000) },
    binaryData: { blob: '/w==' },
  };
  const after = {
    ...before,
    data: { ...before.data, k77: 'changed', escapes, line: `${'x'.repeat(300_000)}!` },
    binaryData: { blob: 'AP8A' },
  };
  await run(['create', '-n', name, '-f', '-'], JSON.stringify(before));
  await apply(cluster, name, [makeWorkloadManifest('Deployment', 'web', podSpec)]);
  await run(['rollout', 'status', 'deployment/web', '-n', name, '--timeout=120s']);
  await sleep(PAST_THE_MARGIN);
  await run(['replace', '-n', name, '-f', '-'], JSON.stringify(after));
  const { code, stdout } = await diff(name);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^[\x20-\x7e\n]*$/);
  expect(stdout.length).toBeLessThan(10_000);
  expect(stdout).toContain(
    '-a\\r\n+title \\x1b]0;owned\\x07\\r\n+\\x9b31m and \\u202etxt\n\\ No newline at end of file\n',
  );
  expect(stdout).toContain('-77\n+changed\n');
  expect(stdout).toMatch(/binary, 1 byte -> 3 bytes, sha256 [0-9a-f]{12} -> [0-9a-f]{12}\n/);
  expect(stdout).toMatch(/\n\+\[299940 letters alike\] x{60}!\n/);
  const items: DiffItem[] = JSON.parse((await diff(name, '-o', 'json')).stdout).items;
  expect(items.flatMap(({ keys }) => keys.map(({ key }) => key))).toEqual(['blob', 'escapes', 'k77', 'line']);
  await using later = await startDatedProxy(cluster, 100_000);
  const { stdout: text } = await runCommand(['diff', '-n', name, '--server', later.url]);
  expect(text).toContain('as 1 pod of deployment/web found it when starting');
}, 120_000);
