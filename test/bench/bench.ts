/**
 * What the program costs beside kubectl on the same work in the same run: `npm run bench [-- --size 1000]`.
 * Starts a cluster with fake nodes, fills it, and prints medians with their ratio to kubectl's.
 */
import { spawnSync } from 'node:child_process';
import type { TestCluster } from '../cluster/cluster.ts';
import { startCluster } from '../cluster/cluster.ts';
import { kubectl, waitFor } from '../cluster/shared.ts';
import type { Contender } from './measure.ts';
import { compare, renderCosts } from './measure.ts';
import { populate } from './populate.ts';

const PROGRAM = 'dist/kubectl-reload';
const REPLICAS = 5;
const size = Number(process.argv[process.argv.indexOf('--size') + 1] ?? 1000) || 1000;

const tell = (line: string) => process.stderr.write(`${line}\n`);

if (spawnSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' }).status !== 0) process.exit(1);
const cluster = await startCluster({ fakeNodes: Math.ceil((size * REPLICAS) / 100), onProgress: tell });
try {
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
  await bench('start', 20, env, [
    { name: 'kubectl reload --help', command: [PROGRAM, '--help'] },
    { name: 'kubectl version --client', command: [cluster.kubectl, 'version', '--client'] },
  ]);
  await fill(cluster);
  await bench(`${size} Deployments, ${size * REPLICAS} pods, ${size} ConfigMaps`, 5, env, [
    { name: 'kubectl reload deps -A -o json', command: [PROGRAM, 'deps', '-A', '-o', 'json'] },
    { name: 'kubectl reload deps -A', command: [PROGRAM, 'deps', '-A'] },
    { name: 'kubectl reload status -A', command: [PROGRAM, 'status', '-A'] },
    {
      name: 'kubectl get deployments,pods,configmaps -A -o json',
      command: [cluster.kubectl, 'get', 'deployments,pods,configmaps', '-A', '-o', 'json'],
    },
  ]);
} finally {
  await cluster.stop();
}

async function bench(title: string, runs: number, env: Record<string, string | undefined>, contenders: Contender[]) {
  const costs = await compare(contenders, { runs, env });
  process.stdout.write(
    `\n${title}: medians of ${runs} runs, ratios to the last line\n${renderCosts(contenders, costs)}`,
  );
}

async function fill(target: TestCluster): Promise<void> {
  tell(`creating ${size} Deployments of ${REPLICAS} pods…`);
  const started = performance.now();
  await populate(target, {
    namespaces: Math.max(1, Math.round(size / 50)),
    deployments: size,
    replicas: REPLICAS,
    configMaps: size,
  });
  const wanted = size * REPLICAS;
  await waitFor(async () => (await countReady(target)) >= wanted, 1_200_000, `${wanted} ready pods`, 5000);
  tell(`${wanted} pods are ready after ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

async function countReady(target: TestCluster): Promise<number> {
  const columns = '-o=jsonpath={range .items[*]}{.status.readyReplicas}{"\\n"}{end}';
  const { stdout } = await kubectl(target, ['get', 'deployments', '-A', columns]);
  return stdout.split('\n').reduce((sum, count) => sum + Number(count), 0);
}
