/** A node whose clock is wrong: `status` and `status -w` see it by its Lease, and say the same. */
import { beforeAll, expect, test } from 'bun:test';
import type { StatusItem } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, callAdmin, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { makeConfigMap, makePodSpec } from '../support/manifests.ts';
import { runCommand } from '../support/run-command.ts';
import { startCommand } from '../support/start-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const SECOND = 1000;
const MINUTE = 60 * SECOND;

async function send(method: string, path: string, body?: object): Promise<void> {
  const { status, text } = await callAdmin(cluster, method, path, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${text}`);
}

/** A node on which nothing runs but what a test says of it; `await using` removes it. */
async function makeNode(name: string): Promise<AsyncDisposable> {
  const leases = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  // The taint keeps the pods of others away.
  const spec = { taints: [{ key: 'example.com/none', value: 'here', effect: 'NoSchedule' }] };
  await send('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name }, spec });
  return {
    async [Symbol.asyncDispose]() {
      await callAdmin(cluster, 'DELETE', `${leases}/${name}`);
      await callAdmin(cluster, 'DELETE', `/api/v1/nodes/${name}`);
    },
  };
}

/** Renews the Lease of a node as a kubelet does whose clock is wrong by so many milliseconds. */
async function renewLease(node: string, wrongBy: number): Promise<void> {
  const path = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';
  const renewTime = new Date(Date.now() + wrongBy).toISOString().replace('Z', '000Z');
  await send('POST', path, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: node, namespace: 'kube-node-lease' },
    spec: { holderIdentity: node, leaseDurationSeconds: 40, renewTime },
  });
}

/** Says in the place of a kubelet that a container of a pod runs, having been restarted in its place. */
async function tellRunning(namespace: string, pod: string, startedAt: Date): Promise<void> {
  const time = (date: Date) => date.toISOString().replace(/\.\d+Z$/, 'Z');
  const [start, end] = [time(startedAt), time(new Date(startedAt.getTime() - SECOND))];
  const conditions = ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: start,
  }));
  const container = {
    name: 'app',
    image: 'local/busybox:1',
    imageID: 'sha256:0',
    ready: true,
    started: true,
    restartCount: 1,
    state: { running: { startedAt: start } },
    lastState: { terminated: { exitCode: 1, startedAt: end, finishedAt: end } },
  };
  await send('PUT', `/api/v1/namespaces/${namespace}/pods/${pod}/status`, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: pod, namespace },
    status: { phase: 'Running', conditions, containerStatuses: [container] },
  });
}

const makePod = (name: string, nodeName: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: makePodSpec(
    { env: [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'web', key: 'LEVEL' } } }] },
    { nodeName },
  ),
});

test('the rows of status -w are those of status, and without the Lease of the node both would be others', async () => {
  await using namespace = await useNamespace(cluster);
  const { name } = namespace;
  const { kubeconfig } = cluster;
  const node = `${name}-node`;
  await using _node = await makeNode(node);
  await apply(cluster, name, [makeConfigMap('web', { LEVEL: 'info' })]);
  await apply(cluster, name, [makePod('behind', node)]);
  await send('PUT', `/api/v1/namespaces/${name}/configmaps/web`, {
    ...makeConfigMap('web', { LEVEL: 'debug' }),
    metadata: { name: 'web' },
  });
  // By the clock of its node the container was restarted long before the change, in truth just after it.
  await tellRunning(name, 'behind', new Date(Date.now() - 10 * MINUTE));

  const readStatus = async (): Promise<StatusItem[]> => {
    const { stdout } = await runCommand(`status -n ${name} --all -o json`, { kubeconfig });
    return JSON.parse(stdout).items;
  };
  const readWatch = async (): Promise<StatusItem[]> => {
    const watch = startCommand(`status -w -n ${name} --all -o json`, { kubeconfig });
    await waitFor(() => watch.stdout().includes('\n'), 60_000, 'the first state');
    watch.interrupt();
    await watch.ended;
    const lines = watch.stdout().trimEnd().split('\n');
    return lines.map((line) => {
      const { time, change, before, ...item } = JSON.parse(line);
      return item;
    });
  };

  const withoutLease = await readStatus();
  expect(withoutLease.map(({ state }) => state)).toEqual(['stale']);
  expect(await readWatch()).toEqual(withoutLease);
  await renewLease(node, -10 * MINUTE);
  const withLease = await readStatus();
  expect(withLease).toHaveLength(1);
  expect(withLease[0]?.state).not.toBe('stale');
  expect(await readWatch()).toEqual(withLease);
}, 120_000);
