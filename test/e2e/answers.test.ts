/** Bad input and bad surroundings: a clear sentence, the right exit code, nothing on stdout. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, useCluster, useNamespace } from '../cluster/shared.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('an answer to a mistake', () => {
  test('names an unknown type, and the nearest one', async () => {
    const { kubeconfig } = cluster;
    expect(await runCommand('deps deplyoment/web', { kubeconfig })).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: unknown type "deplyoment"\n  Did you mean deployments?\n',
    });
  });

  test('says that a name does not exist, as kubectl does', async () => {
    await using namespace = await useNamespace(cluster);
    const { code, stderr } = await runCommand(`status deploy/web -n ${namespace.name}`, {
      kubeconfig: cluster.kubeconfig,
    });
    expect(code).toBe(2);
    expect(stderr).toStartWith('Error from server (NotFound): deployments.apps "web" not found\n');
  });

  test('says that a namespace is empty, in one line', async () => {
    await using namespace = await useNamespace(cluster);
    for (const command of ['status', 'deps']) {
      expect(await runCommand(`${command} -n ${namespace.name}`, { kubeconfig: cluster.kubeconfig })).toEqual({
        code: 0,
        stdout: '',
        stderr: `No workloads found in namespace ${namespace.name}.\n`,
      });
    }
  });

  test('says that a namespace does not exist', async () => {
    const { code, stderr } = await runCommand('status -n no-such-namespace', { kubeconfig: cluster.kubeconfig });
    expect(code).toBe(2);
    expect(stderr).toStartWith('Error from server (NotFound): namespaces "no-such-namespace" not found\n');
  });

  test('says that the server cannot be reached', async () => {
    const { code, stderr } = await runCommand(`status -s https://127.0.0.1:${await closedPort()} --token x`);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^The connection to the server 127\.0\.0\.1:\d+ was refused|Unable to connect to the server/,
    );
  });

  test('says that the certificate of the server is not trusted', async () => {
    const { code, stderr } = await runCommand(`status -s ${cluster.server} --token ${cluster.adminToken}`);
    expect(code).toBe(2);
    expect(stderr).toContain('Unable to connect to the server');
    expect(stderr).toContain('certificate');
  });

  test('says that a login has expired', async () => {
    const { code, stderr } = await runCommand(
      `status -s ${cluster.server} --certificate-authority ${cluster.caFile} --token expired`,
    );
    expect(code).toBe(2);
    expect(stderr).toStartWith('error: You must be logged in to the server (Unauthorized)\n');
  });

  test('says what a user may not see', async () => {
    await using namespace = await useNamespace(cluster);
    const { code, stderr } = await runCommand(`status -n ${namespace.name} --as nobody`, {
      kubeconfig: cluster.kubeconfig,
    });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^Error from server \(Forbidden\): pods is forbidden: User "nobody" cannot list resource/);
  });

  test('goes on without Secrets for a user who may not list them, and says so', async () => {
    await using namespace = await useNamespace(cluster);
    const rules = [
      {
        apiGroups: ['', 'apps', 'batch'],
        resources: [
          'pods',
          'configmaps',
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
      },
    ];
    const metadata = { name: 'reader' };
    await apply(cluster, namespace.name, [
      { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata, rules },
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'RoleBinding',
        metadata,
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
        subjects: [{ kind: 'User', name: 'reader' }],
      },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: { LEVEL: 'info' } },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'web' },
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: {
              containers: [
                {
                  name: 'app',
                  image: 'x',
                  envFrom: [{ configMapRef: { name: 'web' } }, { secretRef: { name: 'login' } }],
                },
              ],
            },
          },
        },
      },
    ]);
    const { code, stdout, stderr } = await runCommand(`deps -n ${namespace.name} --as reader -o json`, {
      kubeconfig: cluster.kubeconfig,
    });
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^warning: nothing is said of any Secret: Error from server \(Forbidden\): secrets is forbidden/,
    );
    const items: { config: { name: string }; exists: boolean | null }[] = JSON.parse(stdout).items;
    expect(items.map(({ config, exists }) => [config.name, exists])).toEqual([
      ['web', true],
      ['login', null],
    ]);
  });

  test('points to the line of broken YAML', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reload-'));
    writeFileSync(
      join(folder, 'broken.yaml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: [\n',
    );
    const { code, stdout, stderr } = await runCommand('deps -f broken.yaml', { cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: broken\.yaml: document 2, line \d+: /);
  });

  test('reads a file of 5 MB and finds every use in it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'reload-'));
    const job = (index: number) =>
      `apiVersion: v1\nkind: Pod\nmetadata: {name: p${index}, namespace: shop, annotations: {note: "${'x'.repeat(1000)}"}}\nspec:\n  containers:\n  - name: app\n    image: x\n    envFrom: [{configMapRef: {name: c${index}}}]\n`;
    const text = Array.from({ length: 4500 }, (_, index) => job(index)).join('---\n');
    expect(text.length).toBeGreaterThan(5_000_000);
    writeFileSync(join(folder, 'big.yaml'), text);
    const { code, stdout } = await runCommand('deps -f big.yaml -o json', { cwd: folder });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).items).toHaveLength(4500);
  }, 60_000);

  test.each([
    ['--nonsense', "error: unknown option '--nonsense'"],
    ['deps -o xml', "error: option '-o, --output <format>' argument 'xml' is invalid"],
    ['status --color blue', "error: option '--color <when>' argument 'blue' is invalid"],
    ['restart --max-parallel 0', "error: option '--max-parallel <n>' argument '0' is invalid"],
    ['deps -f a.yaml -k b', 'error: -f and -k cannot be used together'],
    ['status deploy/web -A', 'error: a name cannot be looked up in all namespaces'],
    ['restart --soak soon', 'error: '],
  ])('refuses %j', async (line, start) => {
    const { code, stdout, stderr } = await runCommand(line, { kubeconfig: cluster.kubeconfig });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toStartWith(start);
  });
});
