/** Commands in containers of a real node: by WebSocket, through proxies, and by kubectl for those who may only create. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import type { Cluster, ExecRequest } from '../../src/cluster/cluster.ts';
import type { ConnectionOptions, Environment } from '../../src/cluster/connect.ts';
import { connect } from '../../src/cluster/connect.ts';
import { ExecError } from '../../src/cluster/exec-error.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import type { TestNamespace } from '../cluster/shared.ts';
import { apply, kubectl, useCluster, useNamespace } from '../cluster/shared.ts';
import { failure, makeEnvironment, makeFolder } from '../support/connection.ts';
import { makePodSpec } from '../support/manifests.ts';
import { startProxy, startSocksProxy } from '../support/recording-server.ts';

let cluster: TestCluster;
let namespace: TestNamespace;
beforeAll(async () => {
  cluster = await useCluster();
  namespace = await useNamespace(cluster);
  const rules = (verbs: string[]) => [
    { apiGroups: [''], resources: ['pods/exec'], verbs },
    { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
  ];
  const grant = (name: string, verbs: string[]) => [
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name }, rules: rules(verbs) },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [{ kind: 'User', name }],
    },
  ];
  await apply(cluster, namespace.name, [
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'idle' },
      spec: makePodSpec({ env: [{ name: 'A', value: 'x\ny' }] }),
    },
    ...grant('creator', ['create']),
    ...grant('getter', ['get']),
  ]);
  const ready = await kubectl(cluster, [
    'wait',
    'pod/idle',
    '-n',
    namespace.name,
    '--for=condition=Ready',
    '--timeout=90s',
  ]);
  if (ready.code !== 0) throw new Error(ready.stderr);
}, 1_800_000);
afterAll(() => namespace[Symbol.asyncDispose]());

async function connectWith(
  options: ConnectionOptions = {},
  changes: Partial<Environment> = {},
): Promise<Cluster & Disposable> {
  await using folder = await makeFolder();
  const ours = await connect(
    { kubeconfig: cluster.kubeconfig, ...options },
    makeEnvironment(folder.path, { cwd: tmpdir(), ...changes }),
  );
  return { ...ours, [Symbol.dispose]: () => ours.close() };
}

async function run(ours: Cluster, command: string[], request: Partial<ExecRequest> = {}) {
  const { stdout, stderr, exitCode } = await ours.exec({
    namespace: namespace.name,
    pod: 'idle',
    container: 'app',
    command,
    ...request,
  });
  return { exitCode, stdout: Buffer.from(stdout).toString('latin1'), stderr: Buffer.from(stderr).toString('latin1') };
}

const SPEAK = ['sh', '-c', 'echo out; echo err >&2; exit 7'];

describe('a command in a container of a real node', () => {
  test('gives its outputs and its exit code', async () => {
    using ours = await connectWith();
    expect(await run(ours, SPEAK)).toEqual({ exitCode: 7, stdout: 'out\n', stderr: 'err\n' });
    expect((await run(ours, ['cat', '/proc/self/environ'])).stdout.split('\0')).toContain('A=x\ny');
    expect(await run(ours, ['printf', '%s|', 'a b', '', '$HOME', 'ä'])).toMatchObject({
      stdout: Buffer.from('a b||$HOME|ä|').toString('latin1'),
    });
  });

  test('gives megabytes byte for byte, up to a limit', async () => {
    using ours = await connectWith();
    const make = (count: number) => [
      'sh',
      '-c',
      `cat /bin/busybox /bin/busybox /bin/busybox /bin/busybox | head -c ${count}`,
    ];
    const [whole, sum] = await Promise.all([
      run(ours, make(4_000_000)),
      run(ours, ['sh', '-c', `${make(4_000_000)[2]} | sha256sum`]),
    ]);
    expect(whole.stdout.length).toBe(4_000_000);
    const hash = new Bun.CryptoHasher('sha256').update(Buffer.from(whole.stdout, 'latin1')).digest('hex');
    expect(sum.stdout).toStartWith(hash);
    expect(await failure(run(ours, ['cat', '/dev/zero']), ExecError)).toMatchObject({ kind: 'too-much' });
  });

  test('says what is not there', async () => {
    using ours = await connectWith();
    const of = (command: string[], request: Partial<ExecRequest> = {}) =>
      failure(run(ours, command, request), ExecError);
    expect(await of(['no-such-program'])).toMatchObject({ kind: 'no-command' });
    expect(await of(['true'], { pod: 'none' })).toMatchObject({
      kind: 'gone',
      message: 'Error from server (NotFound): pods "none" not found',
    });
    expect(await of(['true'], { container: 'none' })).toMatchObject({ kind: 'gone' });
    expect(await of(['sleep', '60'], { timeout: 500 })).toMatchObject({ kind: 'timeout' });
  });

  test('goes through every kind of proxy', async () => {
    await using folder = await makeFolder();
    for (const scheme of ['http', 'socks5'] as const) {
      await using proxy = await (scheme === 'http' ? startProxy() : startSocksProxy());
      const kubeconfig = await folder.write(
        'kubeconfig',
        JSON.stringify({
          apiVersion: 'v1',
          kind: 'Config',
          'current-context': 'a',
          contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
          clusters: [
            {
              name: 'a',
              cluster: {
                server: cluster.server,
                'certificate-authority': cluster.caFile,
                'proxy-url': `${scheme}://127.0.0.1:${proxy.port}`,
              },
            },
          ],
          users: [{ name: 'a', user: { token: cluster.adminToken } }],
        }),
      );
      using ours = await connectWith({ kubeconfig });
      expect(await run(ours, SPEAK)).toMatchObject({ exitCode: 7, stdout: 'out\n' });
      expect(await run(ours, SPEAK)).toMatchObject({ exitCode: 7 });
      expect(proxy.requests).toHaveLength(2);
    }
  });
});

describe('a user who may not do all of it', () => {
  test('but create runs commands by kubectl', async () => {
    await using home = await makeFolder();
    const env = { PATH: dirname(cluster.kubectl), HOME: home.path };
    using ours = await connectWith({ as: 'creator' }, { env });
    expect(await run(ours, SPEAK)).toMatchObject({
      exitCode: 7,
      stdout: 'out\n',
      stderr: expect.stringMatching(/^err\n/),
    });
    expect((await run(ours, ['cat', '/proc/self/environ'])).stdout.split('\0')).toContain('A=x\ny');
    expect(await failure(run(ours, ['no-such-program']), ExecError)).toMatchObject({ kind: 'no-command' });
    expect(await failure(run(ours, ['true'], { container: 'none' }), ExecError)).toMatchObject({ kind: 'gone' });
    expect(await failure(run(ours, ['sleep', '60'], { timeout: 1000 }), ExecError)).toMatchObject({ kind: 'timeout' });
  }, 30_000);

  test('but create is told what is missing where there is no kubectl', async () => {
    using ours = await connectWith({ as: 'creator' }, { env: { PATH: '/nonexistent' } });
    const error = await failure(run(ours, SPEAK), ExecError);
    expect(error.kind).toBe('forbidden');
    expect(error.message).toContain('there is no kubectl in PATH');
  });

  test('runs nothing, and is told why', async () => {
    for (const as of ['getter', 'nobody']) {
      using ours = await connectWith({ as });
      const error = await failure(run(ours, SPEAK), ExecError);
      expect(error.kind).toBe('forbidden');
      expect(error.message).toMatch(/pods "idle" is forbidden: (exec takes the rights|User "nobody" cannot get)/);
    }
  });
});
