/** The main job on a real cluster: a changed config is seen, the stale workloads are restarted, nothing is stale any more. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusItem } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useCluster, useNamespace } from '../cluster/shared.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

/** Times are whole seconds: a config that is written in the second in which a container starts may be newer or older. */
const PAST_THE_SECOND = 2000;
const PAST_THE_MARGIN = 4000;

const envFrom = (name: string) => ({ envFrom: [{ configMapRef: { name } }] });
const file = (mountPath: string, subPath?: string) => ({
  volumeMounts: [{ name: 'config', mountPath, ...(subPath === undefined ? {} : { subPath }) }],
});
const volume = (name: string) => ({ volumes: [{ name: 'config', configMap: { name } }] });

async function deploy(namespace: string, configs: object[], manifests: object[]): Promise<void> {
  await apply(cluster, namespace, configs);
  await sleep(PAST_THE_SECOND);
  await apply(cluster, namespace, manifests);
  const workloads = (await run(['get', 'deployments,statefulsets,daemonsets', '-n', namespace, '-o', 'name'])).trim();
  for (const workload of workloads.split('\n'))
    await run(['rollout', 'status', workload, '-n', namespace, '--timeout=120s']);
  await sleep(PAST_THE_MARGIN);
}

const run = (args: string[]): Promise<string> => askKubectl(cluster, args);

async function readStatus(namespace: string, ...flags: string[]): Promise<StatusItem[]> {
  const { stdout } = await runCommand(['status', '-n', namespace, '--all', '-o', 'json', ...flags], {
    kubeconfig: cluster.kubeconfig,
  });
  return JSON.parse(stdout).items;
}

const summary = (items: StatusItem[]) => items.map(({ workload, via, state }) => `${workload.name} ${via} ${state}`);

describe('the main job', () => {
  test('a change is seen by env and subPath, the stale workloads are restarted in waves, and nothing is stale any more', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(
      name,
      [makeConfigMap('settings', { LEVEL: 'info' }), makeConfigMap('other', { LEVEL: 'info' })],
      [
        makeWorkloadManifest('Deployment', 'web', makePodSpec(envFrom('settings')), { replicas: 2 }),
        makeWorkloadManifest('StatefulSet', 'db', makePodSpec(file('/etc/level', 'LEVEL'), volume('settings')), {
          annotations: { 'kubectl-reload.dev/wave': '1' },
        }),
        makeWorkloadManifest('DaemonSet', 'agent', makePodSpec(envFrom('other'))),
      ],
    );
    expect(summary(await readStatus(name))).toEqual([
      'agent envFrom current',
      'web envFrom current',
      'db subPath current',
    ]);

    await run(['patch', 'configmap', 'settings', '-n', name, '-p', '{"data":{"LEVEL":"debug"}}']);
    const items = await readStatus(name);
    expect(summary(items)).toEqual(['agent envFrom current', 'web envFrom stale', 'db subPath stale']);
    expect(items[1]).toMatchObject({ changedBy: 'kubectl-patch', changedKeys: ['LEVEL'] });
    const before = await runCommand(`status -n ${name} --exit-code`, { kubeconfig: cluster.kubeconfig });
    expect(before.code).toBe(1);
    expect(before.stderr).toContain(
      `2 of 3 workloads run old configuration.\n  kubectl reload diff -n ${name}       what changed\n  kubectl reload restart -n ${name}    restart `,
    );

    const restart = await runCommand(`restart -n ${name} --yes --soak 1s`, { kubeconfig: cluster.kubeconfig });
    expect(restart.stderr).not.toContain('error');
    expect(restart.code).toBe(0);
    const lines = restart.stdout.split('\n');
    const at = (text: string) => lines.findIndex((line) => line.startsWith(text));
    expect(at('deployment.apps/web complete')).toBeGreaterThanOrEqual(0);
    expect(at('statefulset.apps/db restarted')).toBeGreaterThan(at('deployment.apps/web complete'));
    expect(at('statefulset.apps/db complete')).toBeGreaterThan(0);
    expect(restart.stdout).not.toContain('agent');

    expect(summary(await readStatus(name))).toEqual([
      'agent envFrom current',
      'web envFrom current',
      'db subPath current',
    ]);
    expect(await run(['exec', '-n', name, 'deployment/web', '--', 'sh', '-c', 'echo $LEVEL'])).toBe('debug\n');

    const again = await runCommand(`restart -n ${name} --yes`, { kubeconfig: cluster.kubeconfig });
    expect(again).toMatchObject({ code: 0, stdout: '' });
  }, 180_000);

  test('a config as the target restarts its consumers only, and a named workload is restarted though it is current', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(
      name,
      [makeConfigMap('a', { A: '1' }), makeConfigMap('b', { B: '1' })],
      [
        makeWorkloadManifest('Deployment', 'uses-a', makePodSpec(envFrom('a'))),
        makeWorkloadManifest('Deployment', 'uses-b', makePodSpec(envFrom('b'))),
      ],
    );
    await run(['patch', 'configmap', 'a', '-n', name, '-p', '{"data":{"A":"2"}}']);
    await run(['patch', 'configmap', 'b', '-n', name, '-p', '{"data":{"B":"2"}}']);
    const byConfig = await runCommand(`restart cm/a -n ${name} --yes --soak 1s`, { kubeconfig: cluster.kubeconfig });
    expect(byConfig).toMatchObject({ code: 0 });
    expect(summary(await readStatus(name))).toEqual(['uses-a envFrom current', 'uses-b envFrom stale']);

    const generation = () => run(['get', 'deployment', 'uses-a', '-n', name, '-o', 'jsonpath={.metadata.generation}']);
    const before = Number(await generation());
    expect(
      await runCommand(`restart deploy/uses-a -n ${name} --soak 1s`, { kubeconfig: cluster.kubeconfig }),
    ).toMatchObject({ code: 0 });
    expect(Number(await generation())).toBe(before + 1);
  }, 180_000);

  test('a removed key leaves no time, and is still found by the history of the API', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(
      name,
      [makeConfigMap('settings', { A: '1', B: '2' })],
      [makeWorkloadManifest('Deployment', 'web', makePodSpec(envFrom('settings')))],
    );
    await run([
      'patch',
      'configmap',
      'settings',
      '-n',
      name,
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/data/B"}]',
    ]);
    const [item] = await readStatus(name);
    expect(item).toMatchObject({ state: 'stale', evidence: 'history', changedKeys: ['B'] });
  }, 120_000);

  test('inferred targets are refused without --yes where nobody can be asked', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(
      name,
      [makeConfigMap('a', { A: '1' })],
      [makeWorkloadManifest('Deployment', 'web', makePodSpec(envFrom('a')))],
    );
    await run(['patch', 'configmap', 'a', '-n', name, '-p', '{"data":{"A":"2"}}']);
    const { code, stdout, stderr } = await runCommand(`restart -n ${name}`, { kubeconfig: cluster.kubeconfig });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('error: the targets were inferred, and there is no terminal to ask on');
    expect(summary(await readStatus(name))).toEqual(['web envFrom stale']);

    const plan = await runCommand(`restart -n ${name} --dry-run=client -o json`, { kubeconfig: cluster.kubeconfig });
    expect(plan.code).toBe(0);
    expect(JSON.parse(plan.stdout)).toMatchObject({
      kind: 'RestartPlan',
      items: [{ wave: 0, workload: { name: 'web' }, action: 'patch' }],
      skipped: [],
    });
    expect(summary(await readStatus(name))).toEqual(['web envFrom stale']);
  }, 120_000);

  test('the question is asked on a terminal, and only yes agrees', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(
      name,
      [makeConfigMap('a', { A: '1' })],
      [makeWorkloadManifest('Deployment', 'web', makePodSpec(envFrom('a')))],
    );
    await run(['patch', 'configmap', 'a', '-n', name, '-p', '{"data":{"A":"2"}}']);
    const { kubeconfig } = cluster;
    for (const answer of ['n\n', '\n', '', 'yesterday\n']) {
      const refused = await runCommand(`restart -n ${name}`, { kubeconfig, tty: true, stdin: answer });
      expect(refused).toMatchObject({ code: 0, stdout: '' });
      const end = answer === '' ? '\n' : '';
      expect(refused.stderr).toEndWith(`Restart 1 workload? (y/N) ${end}nothing was restarted\n`);
    }
    expect(summary(await readStatus(name))).toEqual(['web envFrom stale']);
    const agreed = await runCommand(`restart -n ${name} --no-wait`, { kubeconfig, tty: true, stdin: 'y\n' });
    expect(agreed).toMatchObject({ code: 0, stdout: 'deployment.apps/web restarted\n' });
    expect(agreed.stderr).toEndWith('1 workload restarted, not followed\n');
  }, 120_000);

  test('a rollout that fails ends with its reason and exit code 1, and the next wave is not started', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const crashes = { command: ['sh', '-c', 'test "$A" = 1 && exec sleep 2147483647; sleep 0.5; exit 7'] };
    await deploy(
      name,
      [makeConfigMap('a', { A: '1' })],
      [
        makeWorkloadManifest('Deployment', 'web', makePodSpec({ ...envFrom('a'), ...crashes })),
        makeWorkloadManifest('Deployment', 'later', makePodSpec(envFrom('a')), {
          annotations: { 'kubectl-reload.dev/wave': '1' },
        }),
      ],
    );
    await run(['patch', 'configmap', 'a', '-n', name, '-p', '{"data":{"A":"2"}}']);
    const { code, stdout, stderr } = await runCommand(`restart -n ${name} --yes`, { kubeconfig: cluster.kubeconfig });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^deployment\.apps\/web restarted\ndeployment\.apps\/web failed: .*exit(ed)?.* 7.*\n$/);
    expect(stderr).toContain('error: 0 restarted, 1 failed, 1 not started');
    expect(stderr).toContain(`kubectl reload restart -n ${name}`);
  }, 120_000);

  test('an interrupted restart says what goes on in the cluster, and ends with 130', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(
      name,
      [makeConfigMap('a', { A: '1' })],
      [makeWorkloadManifest('Deployment', 'web', makePodSpec(envFrom('a')))],
    );
    const interruption = new AbortController();
    setTimeout(() => interruption.abort('SIGINT'), 2000);
    const { code, stdout, stderr } = await runCommand(`restart deploy/web -n ${name}`, {
      kubeconfig: cluster.kubeconfig,
      interrupted: interruption.signal,
    });
    expect({ code, stdout }).toEqual({ code: 130, stdout: 'deployment.apps/web restarted\n' });
    expect(stderr).toEndWith(
      `interrupted: 0 restarted, 0 failed, 0 not started; 1 rollout under way goes on in the cluster\n  kubectl reload rollout-status deployment/web -n ${name}\n`,
    );
  }, 120_000);

  test('a restart that would fail for a missing key is refused before anything happens', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const env = [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'LEVEL' } } }];
    await deploy(
      name,
      [makeConfigMap('settings', { LEVEL: 'info' })],
      [makeWorkloadManifest('Deployment', 'web', makePodSpec({ env }))],
    );
    await run([
      'patch',
      'configmap',
      'settings',
      '-n',
      name,
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/data/LEVEL"}]',
    ]);
    const { code, stdout, stderr } = await runCommand(`restart deploy/web -n ${name}`, {
      kubeconfig: cluster.kubeconfig,
    });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain('configmap/settings has no key LEVEL');
  }, 120_000);
});
