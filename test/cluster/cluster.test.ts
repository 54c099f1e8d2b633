import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buildPrograms } from './build.ts';
import type { TestCluster } from './cluster.ts';
import { takeLock } from './lock.ts';
import { apply, callAdmin, kubectl, useCluster, useNamespace, waitFor } from './shared.ts';
import { programsOf } from './state.ts';

const minutes = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'kubectl-reload-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a test cluster', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await useCluster();
  }, 20 * minutes);

  test('answers /readyz, and its kubectl and server are of the pinned version', async () => {
    expect(await callAdmin(cluster, 'GET', '/readyz')).toEqual({ status: 200, text: 'ok' });
    const version = await kubectl(cluster, ['version', '-o', 'json']);
    expect(version.stderr).toBe('');
    const { clientVersion, serverVersion } = JSON.parse(version.stdout);
    expect(serverVersion.gitVersion).toBe(clientVersion.gitVersion);
  });

  test('knows its users by token and by client certificate, and grants them nothing', async () => {
    const { server, caFile, clientCert, users } = cluster;
    const access = ['--kubeconfig=/dev/null', `--server=${server}`, `--certificate-authority=${caFile}`];
    const byCertificate = [`--client-certificate=${clientCert.certFile}`, `--client-key=${clientCert.keyFile}`];
    for (const [name, credentials] of [
      ...users.map((user) => [user.name, [`--token=${user.token}`]] as const),
      [clientCert.user, byCertificate] as const,
    ]) {
      const whoami = await kubectl(cluster, [...access, ...credentials, 'auth', 'whoami', '-o', 'json']);
      expect(JSON.parse(whoami.stdout).status.userInfo.username).toBe(name);
      const secrets = await kubectl(cluster, [...access, ...credentials, 'get', 'secrets']);
      expect(secrets.stderr).toContain(`User "${name}" cannot list resource "secrets"`);
    }
  });

  test(
    'runs a pod that mounts a ConfigMap, refreshes the volume, and lets kubectl exec look at it',
    async () => {
      await using namespace = await useNamespace(cluster);
      const settings = (greeting: string) => ({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings' },
        data: { greeting },
      });
      await apply(cluster, namespace.name, [settings('hello'), podWithVolume]);
      const look = () => kubectl(cluster, ['exec', '-n', namespace.name, 'reader', '--', 'cat', '/settings/greeting']);
      const ready = ['wait', '-n', namespace.name, '--for=condition=Ready', '--timeout=60s', 'pod/reader'];
      expect(await kubectl(cluster, ready)).toMatchObject({ code: 0, stderr: '' });
      expect(await look()).toEqual({ code: 0, stdout: 'hello', stderr: '' });
      await apply(cluster, namespace.name, [settings('goodbye')]);
      await waitFor(async () => (await look()).stdout === 'goodbye', 60_000, 'the volume to be refreshed');
    },
    3 * minutes,
  );
});

test(
  'a cluster ends with its owner, even one that is killed',
  async () => {
    const script = `
    import { startCluster } from ${JSON.stringify(join(import.meta.dirname, 'cluster.ts'))};
    process.stdout.write((await startCluster()).kubeconfig);
    setInterval(() => {}, 1000);
  `;
    const owner = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [kubeconfig] = await once(owner.stdout, 'data');
    const state = dirname(String(kubeconfig));
    expect(
      programsOf(state)
        .map(({ command }) => basename(command[0] ?? ''))
        .sort(),
    ).toEqual(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler']);
    owner.kill('SIGKILL');
    await waitFor(() => !existsSync(state), 20_000, 'the state folder to be removed');
    expect(programsOf(state)).toEqual([]);
  },
  20 * minutes,
);

test('a machine without Go is told what to install', async () => {
  const environment = { PATH: '', KUBECTL_RELOAD_CACHE: join(folder, 'cache') };
  await expect(buildPrograms(['control-plane'], { environment })).rejects.toThrow(
    'Go 1.26 or newer is needed to build the test cluster: install it from https://go.dev/dl',
  );
});

test('of two that want a lock, the second waits for the first and is told its pid', async () => {
  const file = join(folder, 'lock');
  const first = await takeLock(file);
  const waitedFor: number[] = [];
  const second = takeLock(file, { onWait: (holder) => waitedFor.push(holder), pollMs: 5 });
  const early = await Promise.race([second.then(() => 'taken'), Bun.sleep(50).then(() => 'waiting')]);
  expect([early, ...waitedFor]).toEqual(['waiting', process.pid]);
  first.release();
  (await second).release();
  expect(() => readFileSync(file)).toThrow('ENOENT');
});

test('the lock of a dead process is taken over', async () => {
  const file = join(folder, 'dead-lock');
  const dead = Bun.spawnSync([process.execPath, '--version']).pid;
  writeFileSync(file, `${dead}\n`);
  const lock = await takeLock(file);
  expect(readFileSync(file, 'utf8')).toBe(`${process.pid}\n`);
  lock.release();
});

const podWithVolume = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'reader' },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 1,
    containers: [
      {
        name: 'main',
        image: 'local/busybox:1',
        command: ['sleep', '100000'],
        volumeMounts: [{ name: 'settings', mountPath: '/settings' }],
      },
    ],
    volumes: [{ name: 'settings', configMap: { name: 'settings' } }],
  },
};
