/** What somebody meets who has just installed it: typos, old habits, few rights, an old server. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import type { Interception } from '../support/cluster-proxy.ts';
import { startClusterProxy } from '../support/cluster-proxy.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { runCommand } from '../support/run-command.ts';
import { startCommand } from '../support/start-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const POD = makePodSpec({ envFrom: [{ configMapRef: { name: 'web' } }] });

/** A namespace with a Deployment and a StatefulSet that run. */
async function useShop() {
  const namespace = await useNamespace(cluster);
  await apply(cluster, namespace.name, [
    makeConfigMap('web', { LEVEL: 'info' }),
    makeWorkloadManifest('Deployment', 'web', POD),
    makeWorkloadManifest('StatefulSet', 'db', POD),
  ]);
  for (const workload of ['deployment/web', 'statefulset/db']) {
    await askKubectl(cluster, ['rollout', 'status', workload, '-n', namespace.name, '--timeout=120s']);
  }
  return namespace;
}

describe('a typo', () => {
  test('is answered with what was meant', async () => {
    await using shop = await useShop();
    const hintFor = async (line: string) => {
      const { code, stdout, stderr } = await runCommand(`${line} -n ${shop.name}`, { kubeconfig: cluster.kubeconfig });
      expect({ line, code, stdout }).toEqual({ line, code: 2, stdout: '' });
      return stderr;
    };
    expect(await hintFor('restrat')).toBe(
      'error: "restrat" is neither a command nor a type\n  Did you mean kubectl reload restart?\n',
    );
    expect(await hintFor('restrat deploy/web')).toEndWith('  Did you mean kubectl reload restart deploy/web?\n');
    expect(await hintFor('status deplyo/web')).toBe('error: unknown type "deplyo"\n  Did you mean deployments?\n');
    expect(await hintFor('deploy/wbe')).toBe(
      'Error from server (NotFound): deployments.apps "wbe" not found\n  Did you mean deployment/web?\n',
    );
    expect(await hintFor('restart deploy/db')).toEndWith('  Did you mean statefulset/db?\n');
    expect(await hintFor('web')).toBe(
      'error: "web" is neither a command nor a type\n  Did you mean deployment/web or configmap/web?\n',
    );
    expect(await hintFor('rollout restart deploy/web')).toEndWith(
      '  Did you mean kubectl reload restart deploy/web?\n',
    );
    expect(await hintFor('restart --forec')).toContain('(Did you mean --force?)\n');
  }, 180_000);
});

test('a namespace without anything is told from one that does not exist, by every command', async () => {
  await using namespace = await useNamespace(cluster);
  for (const command of ['status', 'deps', 'diff', 'restart --yes', 'rollout-status']) {
    const setting = { kubeconfig: cluster.kubeconfig };
    const empty = await runCommand(`${command} -n ${namespace.name}`, setting);
    expect({ command, code: empty.code, stdout: empty.stdout }).toEqual({ command, code: 0, stdout: '' });
    expect(empty.stderr.split('\n')).toHaveLength(2);
    const absent = await runCommand(`${command} -n no-such-namespace`, setting);
    expect({ command, code: absent.code, stderr: absent.stderr }).toEqual({
      command,
      code: 2,
      stderr: expect.stringContaining('namespaces "no-such-namespace" not found'),
    });
  }
});

test('who may do nothing hears which right is missing first, from every command', async () => {
  await using namespace = await useNamespace(cluster);
  for (const command of ['status', 'deps', 'diff', 'restart --yes', 'rollout-status']) {
    const line = `${command} -n ${namespace.name} --as nobody`;
    const { code, stdout, stderr } = await runCommand(line, { kubeconfig: cluster.kubeconfig });
    expect({ command, code, stdout }).toEqual({ command, code: 2, stdout: '' });
    expect(stderr).toMatch(/^Error from server \(Forbidden\): \S+ is forbidden: User "nobody" cannot list resource/);
    expect(stderr).toContain('kubectl auth can-i');
  }
});

test('every request is told of with its code and its time, and no token or value', async () => {
  await using namespace = await useNamespace(cluster);
  const manifest = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'login' },
    stringData: { PASSWORD: 'hunter2' },
  };
  await apply(cluster, namespace.name, [manifest]);
  for (const line of ['-v', '-v=8', '-v 6']) {
    const { code, stderr } = await runCommand(
      `${line} -n ${namespace.name} -s ${cluster.server} --certificate-authority ${cluster.caFile} --token ${cluster.adminToken}`,
    );
    expect(code).toBe(0);
    const requests = stderr.split('\n').filter((row) => row.startsWith('GET '));
    expect(requests.length).toBeGreaterThan(5);
    for (const row of requests) expect(row).toMatch(/^GET https:\/\/\S+ (200|404) in \d+ ms$/);
    expect(stderr).not.toContain(cluster.adminToken);
    expect(stderr).not.toMatch(/hunter2|aHVudGVyMg/);
  }
});

/** Kubernetes 1.25: a watch begins with no list, and says so of the parameter that comes first. */
function asOldServer({ url }: { url: string }): Interception {
  if (!url.includes('sendInitialEvents=true')) return { act: 'pass' };
  const message =
    'ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch';
  return { act: 'answer', code: 422, reason: 'Invalid', message };
}

test('an old server, which lists before it watches, gets the same answers', async () => {
  await using shop = await useShop();
  await using old = await startClusterProxy(cluster, { intercept: asOldServer });
  const place = `-n ${shop.name} -s ${old.url}`;
  expect(await runCommand(`status --all -o name ${place}`)).toEqual({
    code: 0,
    stdout: 'deployment.apps/web\nstatefulset.apps/db\n',
    stderr: '',
  });
  const watching = startCommand(`status -w ${place}`, { kubeconfig: '/nonexistent/config' });
  try {
    await waitFor(() => watching.stderr() !== '', 60_000, 'the first state');
    await apply(cluster, shop.name, [makeConfigMap('web', { LEVEL: 'debug' })]);
    await waitFor(() => watching.stdout().includes('deployment/web'), 60_000, 'the change');
  } finally {
    watching.interrupt();
  }
  expect(await watching.ended).toBe(130);
  const restarted = await runCommand(`restart cm/web --yes --soak 1s ${place}`);
  expect(restarted.code).toBe(0);
  expect(restarted.stdout).toContain('statefulset.apps/db complete');
  const { code, stdout } = await runCommand(`rollout-status --watch=false --soak 0s ${place}`);
  expect(code).toBe(0);
  expect(stdout).toMatch(/deployment\.apps\/web +complete/);
}, 180_000);
