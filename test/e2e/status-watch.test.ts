/** `status -w` on a real cluster: what changes shows within seconds, without any value of a Secret on the wire. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { runCommand } from '../support/run-command.ts';
import { startCommand } from '../support/start-command.ts';
import { makeTerminal } from '../support/terminal.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

/** Times are whole seconds: a config that is written in the second in which a container starts may be newer or older. */
const PAST_THE_SECOND = 2000;
const PAST_THE_MARGIN = 4000;
/** Within this a change has to show. */
const SOON = 5000;

const run = (...args: string[]): Promise<string> => askKubectl(cluster, args);

/** A Deployment `web` of two pods that takes LEVEL of the ConfigMap `web` as a variable. */
async function deploy(namespace: string): Promise<void> {
  const key = { configMapKeyRef: { name: 'web', key: 'LEVEL' } };
  await apply(cluster, namespace, [makeConfigMap('web', { LEVEL: 'info' })]);
  await sleep(PAST_THE_SECOND);
  const podSpec = makePodSpec({ env: [{ name: 'LEVEL', valueFrom: key }] });
  await apply(cluster, namespace, [makeWorkloadManifest('Deployment', 'web', podSpec, { replicas: 2 })]);
  await run('rollout', 'status', 'deployment/web', '-n', namespace, '--timeout=120s');
  await sleep(PAST_THE_MARGIN);
}

const setLevel = (namespace: string, level: string) =>
  run('patch', 'configmap', 'web', '-n', namespace, '-p', JSON.stringify({ data: { LEVEL: level } }));

/** A way to the API server that a test can cut. */
async function openPassage(): Promise<{ url: string; cut(): void; mend(): void } & AsyncDisposable> {
  const target = Number(new URL(cluster.server).port);
  const sockets = new Set<Socket>();
  let isOpen = true;
  const server = createServer((inward) => {
    if (!isOpen) return inward.destroy();
    const outward = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [inward, outward],
      [outward, inward],
    ] as const) {
      sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the passage has no port');
  const cut = (): void => {
    isOpen = false;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    url: `https://127.0.0.1:${address.port}`,
    cut,
    mend: () => {
      isOpen = true;
    },
    async [Symbol.asyncDispose]() {
      cut();
      server.close();
    },
  };
}

describe('status --watch', () => {
  test('tells in lines that a change makes a container stale, that a restart mends it, and ends with 130', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(name);
    const watch = startCommand(`status -w -n ${name}`, cluster);
    const json = startCommand(`status --watch -o json -n ${name}`, cluster);
    await waitFor(() => watch.stderr() !== '', SOON, 'the first state');
    expect(watch.stderr()).toBe('Every container runs the configuration that the cluster holds now.\n');
    expect(watch.stdout()).toBe('');

    await setLevel(name, 'debug');
    const stale = await waitFor(() => watch.stdout().split('\n')[0] || undefined, SOON, 'the change');
    expect(stale).toMatch(
      /^20\S+Z deployment\/web app configmap\/web env LEVEL: current -> stale \(2\/2 pods\), changed 20\S+Z by kubectl-patch$/,
    );
    const restart = await runCommand(`restart -n ${name} --yes --soak 1s`, cluster);
    expect(restart.code).toBe(0);
    await waitFor(() => watch.stdout().includes('LEVEL: stale -> current (2/2 pods)\n'), SOON, 'the end');

    watch.interrupt();
    json.interrupt();
    expect(await watch.ended).toBe(130);
    expect(await json.ended).toBe(130);
    const events = json
      .stdout()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events[0]).toMatchObject({ change: 'modified', before: 'current', state: 'stale', changedKeys: ['LEVEL'] });
    expect(events[0].pods).toHaveLength(2);
    expect(events.at(-1)).toMatchObject({ change: 'modified', before: 'stale', state: 'current' });
    expect(json.stderr()).toBe('');
  }, 120_000);

  test('draws the table in place on a terminal, new and deleted workloads included', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(name);
    const watch = startCommand(`status -w -n ${name}`, { ...cluster, screen: { columns: 100, rows: 20 } });
    const screen = () => {
      const terminal = makeTerminal(100, 20);
      terminal.write(watch.stdout());
      return terminal.screen().join('\n');
    };
    const seen = (text: string) => waitFor(() => screen().includes(text), SOON, text);
    await seen('Every container runs');
    await setLevel(name, 'debug');
    await seen('deployment/web  app        configmap/web  env LEVEL  stale  2/2');
    expect(screen()).toContain('1 of 1 workload runs old configuration.\n  kubectl reload diff');
    expect(screen()).toContain(`\n  kubectl reload restart -n ${name}    restart deployment/web\n`);
    expect(screen()).not.toContain('Every container runs');

    const broken = makePodSpec({ envFrom: [{ secretRef: { name: 'not-there' } }] });
    await apply(cluster, name, [makeWorkloadManifest('StatefulSet', 'db', broken)]);
    await seen('statefulset/db  app        secret/not-there  envFrom    missing');
    await run('delete', 'deployment', 'web', '-n', name);
    await waitFor(() => !screen().includes('deployment/web'), SOON, 'the row to go');
    await run('create', 'secret', 'generic', 'not-there', '-n', name, '--from-literal=PASSWORD=hunter2');
    await waitFor(() => !screen().includes('missing'), SOON, 'the reference to be whole');
    watch.interrupt();
    expect(await watch.ended).toBe(130);
    expect(watch.stderr()).toBe('');
    expect(watch.stdout()).not.toContain('hunter2');
  }, 120_000);

  test('sees a change of a Secret, of which no value is sent', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const value = 'a-value-that-nobody-must-see';
    await run('create', 'secret', 'generic', 'db', '-n', name, `--from-literal=PASSWORD=${value}`);
    await sleep(PAST_THE_SECOND);
    const podSpec = makePodSpec({ envFrom: [{ secretRef: { name: 'db' } }] });
    await apply(cluster, name, [makeWorkloadManifest('Deployment', 'web', podSpec)]);
    await run('rollout', 'status', 'deployment/web', '-n', name, '--timeout=120s');
    await sleep(PAST_THE_MARGIN);
    const watch = startCommand(`status -w -v -n ${name}`, cluster);
    await waitFor(() => watch.stderr().includes('Every container runs'), SOON, 'the first state');
    await run('patch', 'secret', 'db', '-n', name, '-p', JSON.stringify({ stringData: { PASSWORD: `${value}-2` } }));
    await waitFor(() => watch.stdout().includes('secret/db envFrom: current -> stale (1/1 pods)'), SOON, 'the change');
    watch.interrupt();
    await watch.ended;
    const requests = watch
      .stderr()
      .split('\n')
      .filter((line) => line.includes('/secrets'));
    expect(requests.length).toBeGreaterThan(0);
    for (const line of requests) expect(line).toMatch(/watch=true.*includeObject=Metadata/);
  }, 120_000);

  test('goes on after the connection was lost, and tells what happened meanwhile', async () => {
    await using namespace = await useNamespace(cluster);
    await using passage = await openPassage();
    const { name } = namespace;
    await deploy(name);
    const watch = startCommand(`status -w -n ${name} -s ${passage.url}`, cluster);
    await waitFor(() => watch.stderr().includes('Every container runs'), SOON, 'the first state');
    passage.cut();
    await waitFor(() => watch.stderr().includes('warning: the connection is lost, trying again'), SOON, 'the warning');
    await setLevel(name, 'debug');
    passage.mend();
    await waitFor(() => watch.stdout().includes('LEVEL: current -> stale (2/2 pods)'), 20_000, 'the change');
    await waitFor(() => watch.stderr().endsWith('the connection is back\n'), 20_000, 'the good news');
    watch.interrupt();
    expect(await watch.ended).toBe(130);
  }, 120_000);

  test('goes on without what may not be watched, and says so once', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await deploy(name);
    await run(
      'create',
      'role',
      'all-but-secrets',
      '-n',
      name,
      '--verb=get,list,watch',
      '--resource=pods,configmaps,serviceaccounts,replicationcontrollers,deployments.apps,replicasets.apps,statefulsets.apps,daemonsets.apps,jobs.batch,cronjobs.batch',
    );
    await run('create', 'rolebinding', 'guest', '-n', name, '--role=all-but-secrets', '--user=guest');
    const watch = startCommand(`status -w -n ${name} --as guest`, cluster);
    await waitFor(() => watch.stderr().includes('Every container runs'), SOON, 'the first state');
    await setLevel(name, 'debug');
    await waitFor(() => watch.stdout().includes('LEVEL: current -> stale'), SOON, 'the change');
    watch.interrupt();
    await watch.ended;
    expect(watch.stderr()).toMatch(
      /^warning: nothing is said of any Secret: Error from server \(Forbidden\): secrets is forbidden: User "guest" cannot watch resource "secrets".*\nEvery container runs .*\n$/,
    );
  }, 120_000);

  test.each([
    ['-n no-such-namespace', 'Error from server (NotFound): namespaces "no-such-namespace" not found\n'],
    ['-n default deployment/no-such', 'Error from server (NotFound): deployments.apps "no-such" not found\n'],
    ['-n default -o yaml', 'error: -o yaml cannot be watched\n'],
    ['-n default --exit-code', 'error: --exit-code needs an end'],
    ['-n default --deep', 'error: --deep and --watch do not go together\n'],
  ])('refuses %s', async (words, message) => {
    const { code, stdout, stderr } = await runCommand(`status -w ${words}`, cluster);
    expect(stderr).toStartWith(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});
