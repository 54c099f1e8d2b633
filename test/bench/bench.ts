/**
 * What the program costs beside kubectl on the same work in the same run, and how often it is right after many edits:
 * `npm run bench [-- --size 1000]`. Starts a cluster with fake nodes, fills it, and prints medians with their ratio to kubectl's.
 */
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import type { TestCluster } from '../cluster/cluster.ts';
import { startCluster } from '../cluster/cluster.ts';
import { kubectl, waitFor } from '../cluster/shared.ts';
import { countRequests } from './count-requests.ts';
import type { Contender } from './measure.ts';
import { compare, renderCosts } from './measure.ts';
import { populate } from './populate.ts';
import { benchProbe } from './probe.ts';
import { scoreMixedEdits } from './score-edits.ts';
import { benchStart } from './start.ts';

const PROGRAM = 'dist/kubectl-reload';
const REPLICAS = 5;
const RUNS = 5;
const { values } = parseArgs({ options: { size: { type: 'string', default: '1000' } } });
const size = Number(values.size);
if (!Number.isInteger(size) || size < 1) throw new Error(`--size takes a number of Deployments, not ${values.size}`);

const tell = (line: string) => process.stderr.write(`${line}\n`);

if (spawnSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' }).status !== 0) process.exit(1);
await benchProbe(100);
const cluster = await startCluster({ fakeNodes: Math.ceil((size * REPLICAS) / 100), onProgress: tell });
try {
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
  const reload = (...words: string[]): Contender => ({
    name: `kubectl reload ${words.join(' ')}`,
    command: [PROGRAM, ...words],
  });
  const getAll: Contender = {
    name: 'kubectl get deployments,pods,configmaps -A -o json',
    command: [cluster.kubectl, 'get', 'deployments,pods,configmaps', '-A', '-o', 'json'],
  };
  await benchStart(cluster, PROGRAM, 20);
  const configs = await fill(cluster);
  const commands = [reload('deps', '-A', '-o', 'json'), reload('deps', '-A'), reload('status', '-A')];
  await bench(`${size} Deployments, ${size * REPLICAS} pods, ${size} ConfigMaps`, RUNS, env, [...commands, getAll]);
  await printRequests('status -A', env);
  process.stdout.write(await scoreMixedEdits(cluster, PROGRAM, configs, tell));
  await bench('the same after these edits', RUNS, env, [reload('status', '-A'), getAll]);
  await printRequests('status -A', env);
} finally {
  await cluster.stop();
}

async function bench(title: string, runs: number, env: Record<string, string | undefined>, contenders: Contender[]) {
  const costs = await compare(contenders, { runs, env });
  process.stdout.write(
    `\n${title}: medians of ${runs} runs, ratios to the last line\n${renderCosts(contenders, costs)}`,
  );
}

async function printRequests(line: string, env: Record<string, string | undefined>): Promise<void> {
  const { total, exact, leases } = await countRequests([PROGRAM, ...line.split(' ')], env);
  process.stdout.write(`${line}: ${total} requests, ${exact} of them for exact versions, ${leases} for Leases\n`);
}

async function fill(target: TestCluster) {
  tell(`creating ${size} Deployments of ${REPLICAS} pods…`);
  const started = performance.now();
  const configs = await populate(target, {
    namespaces: Math.max(1, Math.round(size / 50)),
    deployments: size,
    replicas: REPLICAS,
    configMaps: size,
  });
  const wanted = size * REPLICAS;
  await waitFor(async () => (await countReady(target)) >= wanted, 1_200_000, `${wanted} ready pods`, 5000);
  tell(`${wanted} pods are ready after ${((performance.now() - started) / 1000).toFixed(0)} s`);
  return configs;
}

async function countReady(target: TestCluster): Promise<number> {
  const columns = '-o=jsonpath={range .items[*]}{.status.readyReplicas}{"\\n"}{end}';
  const { stdout } = await kubectl(target, ['get', 'deployments', '-A', columns]);
  return stdout.split('\n').reduce((sum, count) => sum + Number(count), 0);
}
