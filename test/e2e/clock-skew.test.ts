/** A machine whose clock is wrong: times in objects are held against the clock of the API server, which its answers tell. */
import { beforeAll, describe, expect, test } from 'bun:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { RESTARTED_AT_ANNOTATION, STAMP_ANNOTATION } from '../../src/name.ts';
import type { RolloutEvent, StatusItem } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, useCluster, useNamespace } from '../cluster/shared.ts';
import { startDatedProxy } from '../support/dated-proxy.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const TIMEOUT = 180_000;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A write in the seconds of a start proves nothing. */
const PAST_THE_MARGIN = 4000;

const skewed = (by: number) => () => new Date(Date.now() + by);

/** A Deployment that has just become ready, and mounts a ConfigMap. */
async function openShop(namespace: string): Promise<void> {
  const podSpec = makePodSpec(
    { volumeMounts: [{ name: 'files', mountPath: '/etc/web' }] },
    { volumes: [{ name: 'files', configMap: { name: 'web' } }] },
  );
  await apply(cluster, namespace, [
    makeConfigMap('web', { LEVEL: 'info' }),
    makeWorkloadManifest('Deployment', 'web', podSpec),
  ]);
  await askKubectl(cluster, ['-n', namespace, 'rollout', 'status', 'deployment/web', '--timeout=120s']);
}

/** Where `rollout-status` says that it stands, which looks once. */
async function look(namespace: string, by: number, server: string): Promise<Pick<RolloutEvent, 'phase' | 'message'>> {
  const words = `rollout-status deployment/web -n ${namespace} --server ${server} --watch=false --soak 20m -o json`;
  const { stdout } = await runCommand(words, { now: skewed(by) });
  const { phase, message }: RolloutEvent = JSON.parse(stdout);
  return { phase, message };
}

describe('on a machine whose clock is wrong', () => {
  test(
    'a rollout soaks that has just ended, and one that ended long ago does not',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await openShop(name);
      await using right = await startDatedProxy(cluster, 0);
      await using later = await startDatedProxy(cluster, HOUR);
      await using dateless = await startDatedProxy(cluster, null);

      const soaking = { phase: 'progressing', message: 'Waiting for 1 new pods to stay ready for 1200s...' } as const;
      const done = { phase: 'complete', message: 'deployment "web" successfully rolled out' } as const;
      for (const by of [-5 * MINUTE, 0, 5 * MINUTE, HOUR]) {
        expect([by, await look(name, by, right.url)]).toEqual([by, soaking]);
        expect([by, await look(name, by, later.url)]).toEqual([by, done]);
        expect([by, await look(name, by, dateless.url)]).toEqual([by, soaking]);
      }
    },
    TIMEOUT,
  );

  test(
    'files that were just changed are pending, and a restart is dated by the clock of the server',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await openShop(name);
      await sleep(PAST_THE_MARGIN);
      await askKubectl(cluster, ['-n', name, 'patch', 'configmap', 'web', '-p', '{"data":{"LEVEL":"debug"}}']);
      const { kubeconfig } = cluster;
      for (const by of [-5 * MINUTE, 5 * MINUTE]) {
        const { stdout } = await runCommand(`status -n ${name} -o json`, { kubeconfig, now: skewed(by) });
        const { items }: { items: StatusItem[] } = JSON.parse(stdout);
        expect([by, items.map(({ state }) => state)]).toEqual([by, ['pending']]);
      }

      for (const by of [-5 * MINUTE, 5 * MINUTE]) {
        const before = Date.now();
        const words = `restart deployment/web -n ${name} --soak 0 --timeout 2m`;
        const { code, stderr } = await runCommand(words, { kubeconfig, now: skewed(by) });
        expect({ code, errors: /error|timed out/.test(stderr) }).toEqual({ code: 0, errors: false });
        const template = ['get', 'deployment/web', '-o', 'jsonpath={.spec.template.metadata.annotations}'];
        const annotations: Record<string, string> = JSON.parse(await askKubectl(cluster, ['-n', name, ...template]));
        const stamp: { t: string } = JSON.parse(annotations[STAMP_ANNOTATION] ?? '');
        for (const time of [annotations[RESTARTED_AT_ANNOTATION] ?? '', stamp.t]) {
          expect(Date.parse(time)).toBeGreaterThanOrEqual(before - 2000);
          expect(Date.parse(time)).toBeLessThan(Date.now() + 2000);
        }
      }
    },
    TIMEOUT,
  );
});
