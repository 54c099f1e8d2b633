/**
 * A restart of thirty workloads in three waves that is killed again and again, and run again until it is done: each workload is restarted,
 * none more often than it has to be, and nothing is stale at the end.
 *
 * `TRUTH_SEED` chooses other moments, `TRUTH_KILLS` more of them: `TRUTH_KILLS=20 npm run truth`
 */
import { expect, test } from 'bun:test';
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { makeRandom } from '../support/random.ts';
import { runCommand } from '../support/run-command.ts';
import { ask } from '../support/run-plan.ts';

const SEED = Number(process.env['TRUTH_SEED'] ?? 11);
const KILLS = Number(process.env['TRUTH_KILLS'] ?? 4);
/** Of one change of the config. */
const KILLS_A_ROUND = 4;
const WORKLOADS = 30;
const WAVES = 3;
const MINUTES = 60_000;

/** The kinds of every ten workloads. */
const KINDS = [...Array.from({ length: 8 }, () => 'Deployment' as const), 'StatefulSet' as const, 'DaemonSet' as const];

const manifests = Array.from({ length: WORKLOADS }, (_, index) =>
  makeWorkloadManifest(
    KINDS[index % KINDS.length] ?? 'Deployment',
    `w-${index}`,
    makePodSpec({ envFrom: [{ configMapRef: { name: 'settings' } }] }),
    { annotations: { 'kubectl-reload.dev/wave': String(Math.floor((index * WAVES) / WORKLOADS)) } },
  ),
);

/** How often each template was changed since the workloads were made. */
async function countTemplates(cluster: TestCluster, namespace: string): Promise<number[]> {
  const text = await ask(cluster, namespace, 'get', 'deployments,statefulsets,daemonsets', '-o', 'json');
  const { items }: { items: { metadata: { generation: number } }[] } = JSON.parse(text);
  return items.map(({ metadata }) => metadata.generation);
}

/**
 * Runs the command as a program of its own, and kills it.
 * @param killAfter lines of output, and then so many milliseconds; never without it
 */
async function run(
  cluster: TestCluster,
  namespace: string,
  killAfter?: { lines: number; milliseconds: number },
): Promise<{ code: number | null; output: string }> {
  const words = ['restart', '-n', namespace, '--yes', '--soak', '0', '--max-parallel', '10'];
  const child = spawn(process.execPath, ['cmd/kubectl-reload.ts', ...words], {
    env: { PATH: process.env['PATH'], KUBECONFIG: cluster.kubeconfig, NO_COLOR: '1' },
  });
  let output = '';
  let toCome = killAfter?.lines ?? Number.POSITIVE_INFINITY;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      const before = toCome;
      toCome -= text.split('\n').length - 1;
      if (before > 0 && toCome <= 0) setTimeout(() => child.kill('SIGKILL'), killAfter?.milliseconds);
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}

test(
  `a restart that is killed ${KILLS} times restarts each of ${WORKLOADS} workloads, and none twice (seed ${SEED})`,
  async () => {
    const cluster = await useCluster();
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await apply(cluster, name, [makeConfigMap('settings', { ROUND: 'none' }), ...manifests]);
    const isStale = async () =>
      (await runCommand(`status -n ${name} --exit-code`, { kubeconfig: cluster.kubeconfig })).code !== 0;
    await waitFor(
      async () =>
        (await ask(cluster, name, 'get', 'pods', '--field-selector=status.phase=Running', '-o', 'name'))
          .trim()
          .split('\n').length === WORKLOADS,
      5 * MINUTES,
      'all pods to run',
    );
    const random = makeRandom(SEED);
    let killed = 0;
    for (let round = 1; killed < KILLS; round++) {
      // A config that is written in the second in which a container starts may be newer or older.
      await sleep(4000);
      const before = await countTemplates(cluster, name);
      await apply(cluster, name, [makeConfigMap('settings', { ROUND: String(round) })]);
      const moments: string[] = [];
      for (let kills = 0; kills < KILLS_A_ROUND && killed < KILLS; kills++, killed++) {
        // The plan alone has a line or more for each workload.
        const moment = { lines: 1 + random.below(3 * WORKLOADS), milliseconds: random.below(500) };
        const { code } = await run(cluster, name, moment);
        moments.push(`${moment.lines} lines and ${moment.milliseconds} ms: ${code ?? 'killed'}`);
      }
      const last = await run(cluster, name);
      const told = `${moments.join('\n')}\n${last.output}`;
      expect(last.code, told).toBe(0);
      const after = await countTemplates(cluster, name);
      expect(
        after.map((count, index) => count - (before[index] ?? 0)),
        told,
      ).toEqual(after.map(() => 1));
      expect(await isStale(), told).toBe(false);
      const again = await run(cluster, name);
      expect(again, told).toMatchObject({ code: 0 });
      expect(await countTemplates(cluster, name), again.output).toEqual(after);
    }
  },
  (5 + 5 * KILLS) * MINUTES,
);
