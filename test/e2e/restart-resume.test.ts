/** A restart that was cut short, run again on a real node: it goes on where it stopped, and restarts nothing twice. */
import { beforeAll, describe, expect, test } from 'bun:test';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { runCommand } from '../support/run-command.ts';
import { ask, CONFIG, makeWorkload, settled } from '../support/run-plan.ts';
import { startCommand } from '../support/start-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

const TIMEOUT = 180_000;
const inWave = (workload: object, wave: number) => ({
  ...workload,
  metadata: {
    ...('metadata' in workload && typeof workload.metadata === 'object' ? workload.metadata : {}),
    annotations: { 'kubectl-reload.dev/wave': String(wave) },
  },
});

const generationOf = async (namespace: string, target: string) =>
  Number(await ask(cluster, namespace, 'get', target, '-o', 'jsonpath={.metadata.generation}'));

const restart = (namespace: string, flags = '') =>
  runCommand(`restart -n ${namespace} --yes --soak 9s ${flags}`, { kubeconfig: cluster.kubeconfig });

describe('a restart that failed, run again', () => {
  test(
    'does not take the failed workload for done, restarts it only once its config is another one, and then goes on to the next wave',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      // All of its pods are replaced at once, so that none of them is stale after the failure.
      const web = makeWorkload('Deployment', 'web', 1, { strategy: { type: 'Recreate' } });
      await apply(cluster, name, [CONFIG, web, inWave(makeWorkload('Deployment', 'later', 1), 1)]);
      await settled(cluster, name, 'deployment/web', 'deployment/later');
      await apply(cluster, name, [{ ...CONFIG, data: { LEVEL: 'bad' } }]);
      const first = await restart(name);
      expect(first.code).toBe(1);
      expect(first.stderr).toContain('error: 0 restarted, 1 failed, 1 not started');

      const plan = await runCommand(`restart -n ${name} --dry-run=client -o json`, { kubeconfig: cluster.kubeconfig });
      expect(JSON.parse(plan.stdout).items).toMatchObject([
        {
          action: 'wait',
          workload: { name: 'web' },
          why: [expect.stringMatching(/^restarted \S+ ago with this configuration, not yet healthy$/)],
        },
        { action: 'patch', workload: { name: 'later' } },
      ]);
      const generation = await generationOf(name, 'deployment/web');
      const second = await restart(name);
      expect(second.code).toBe(1);
      expect(second.stdout).toMatch(/^deployment\.apps\/web failed: pod web-\S+, container app exited 3/);
      expect(second.stderr).toContain('error: 0 restarted, 1 failed, 1 not started');
      expect(await generationOf(name, 'deployment/web')).toBe(generation);
      expect(await generationOf(name, 'deployment/later')).toBe(1);

      await apply(cluster, name, [{ ...CONFIG, data: { LEVEL: 'debug' } }]);
      const third = await restart(name);
      expect(third).toMatchObject({ code: 0, stdout: expect.stringContaining('deployment.apps/later complete in') });
      expect(await generationOf(name, 'deployment/web')).toBe(generation + 1);
      expect(await restart(name)).toMatchObject({ code: 0, stdout: '' });
    },
    TIMEOUT,
  );
});

describe('a restart that was interrupted, run again', () => {
  test(
    'follows what it had begun to its end before the next wave, and restarts it no more',
    async () => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      const slow = { minReadySeconds: 6 };
      await apply(cluster, name, [
        CONFIG,
        makeWorkload('Deployment', 'web', 2, slow),
        inWave(makeWorkload('StatefulSet', 'later', 1), 1),
      ]);
      await settled(cluster, name, 'deployment/web', 'statefulset/later');
      await apply(cluster, name, [{ ...CONFIG, data: { LEVEL: 'debug' } }]);
      const command = startCommand(`restart -n ${name} --yes --soak 9s`, { kubeconfig: cluster.kubeconfig });
      await waitFor(() => command.stdout().includes('deployment.apps/web restarted'), 60_000, 'the restart to begin');
      command.interrupt();
      expect(await command.ended).toBe(130);
      expect(command.stderr()).toEndWith(
        `interrupted: 0 restarted, 0 failed, 1 not started; 1 rollout under way goes on in the cluster\n  kubectl reload rollout-status deployment/web -n ${name}\n  kubectl reload restart -n ${name} --soak 9s    goes on where this stopped\n`,
      );

      const again = await restart(name);
      expect(again.code).toBe(0);
      expect(again.stderr).toContain('deployment.apps/web: has been restarted before, and is followed');
      const lines = again.stdout.split('\n').map((line) => line.replace(/ in \d+s$/, ''));
      expect(lines).toEqual([
        'deployment.apps/web complete',
        'statefulset.apps/later restarted',
        'statefulset.apps/later complete',
        '',
      ]);
      expect(await generationOf(name, 'deployment/web')).toBe(2);
      expect(await restart(name)).toMatchObject({ code: 0, stdout: '' });
    },
    TIMEOUT,
  );
});
