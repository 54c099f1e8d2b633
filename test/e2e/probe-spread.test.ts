/** Six pods that see a change at the same moment, on a real kubelet: with a spread each restarts at a moment of its own. */
import { beforeAll, expect, test } from 'bun:test';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useNamespace, waitFor } from '../cluster/shared.ts';
import { makeConfigMap, makeWorkloadManifest } from '../support/manifests.ts';
import { makeMountingPodSpec, readPods, SETUP_TIMEOUT, useProbeCluster } from '../support/probe-cluster.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useProbeCluster();
}, SETUP_TIMEOUT);

const TIMEOUT = 300_000;
const PATIENCE = 200_000;
const REPLICAS = 6;
/** Seconds. */
const SPREAD = 20;

interface Seen {
  app: string;
  name: string;
  uid: string;
  restarts: number;
  ready: boolean;
  /** Seconds since 1970; `NaN` for a container that never ended. */
  ended: number;
}

async function seePods(namespace: string): Promise<Seen[]> {
  const pods = await readPods(cluster, namespace);
  return pods.map(({ metadata, status }): Seen => {
    const told = status.containerStatuses?.[0];
    return {
      app: metadata.labels.app,
      name: metadata.name,
      uid: metadata.uid,
      restarts: told?.restartCount ?? 0,
      ready: told?.ready === true,
      ended: Date.parse(told?.lastState?.terminated?.finishedAt) / 1000,
    };
  });
}

async function waitForPods(namespace: string, what: string, isRight: (pod: Seen) => boolean): Promise<Seen[]> {
  return waitFor(
    async () => {
      const pods = await seePods(namespace);
      return pods.length === 2 * REPLICAS && pods.every(isRight) && pods;
    },
    PATIENCE,
    what,
    1000,
  );
}

test(
  'six replicas restart once each, with a spread none before its share of it has passed since the change came',
  async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await apply(cluster, name, [makeConfigMap('web', { 'app.conf': 'a=1' })]);
    const podSpec = makeMountingPodSpec();
    for (const [app, spread] of [
      ['spread', SPREAD],
      ['together', 0],
    ] as const) {
      const { code, stdout } = await runCommand(
        `probe inject -f - -o yaml --arch=amd64 --period=3 --timeout=60 --spread=${spread}`,
        { stdin: JSON.stringify(makeWorkloadManifest('Deployment', app, podSpec, { replicas: REPLICAS })) },
      );
      expect(code).toBe(0);
      await apply(cluster, name, stdout);
    }
    await waitForPods(name, 'the pods to run', ({ ready }) => ready);

    await askKubectl(cluster, ['-n', name, 'patch', 'configmap', 'web', '-p', '{"data":{"app.conf":"a=2"}}']);
    const pods = await waitForPods(name, 'each pod to restart', ({ restarts, ready }) => restarts > 0 && ready);
    expect(pods.filter(({ restarts }) => restarts !== 1)).toEqual([]);
    const spread = pods.filter(({ app }) => app === 'spread');
    const waits = await Promise.all(
      spread.map(async (pod) => {
        const look = ['-n', name, 'exec', pod.name, '--', 'stat', '-c', '%Y', '/etc/app/..data'];
        const swapped = Number(await askKubectl(cluster, look));
        return { waited: pod.ended - swapped, share: Number.parseInt(pod.uid.slice(0, 8), 16) % SPREAD };
      }),
    );
    expect(waits).toHaveLength(REPLICAS);
    for (const { waited, share } of waits) expect(waited).toBeGreaterThanOrEqual(share);
  },
  TIMEOUT,
);
