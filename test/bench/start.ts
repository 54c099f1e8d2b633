/**
 * What the first look of a new user costs beside kubectl: `node_modules/.bin/bun test/bench/start.ts [--runs 21]`.
 * Help, and the status of a namespace of 20 Deployments, each with the floor under it: an empty program of the same runtime.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { TestCluster } from '../cluster/cluster.ts';
import { startCluster } from '../cluster/cluster.ts';
import { askKubectl } from '../cluster/shared.ts';
import type { Contender } from './measure.ts';
import { compare, renderCosts } from './measure.ts';
import { populate } from './populate.ts';

const WORKLOADS = 20;
const NAMESPACE = 'start-0';

/**
 * Prints medians of help and of a first status, with their ratios to kubectl's.
 * @param program the compiled one
 * @param runs of each contender
 */
export async function benchStart(cluster: TestCluster, program: string, runs: number): Promise<void> {
  await fill(cluster);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-reload-bench-'));
  try {
    const floor = buildEmptyProgram(folder);
    const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
    const reload = (...words: string[]): Contender => ({
      name: `kubectl reload ${words.join(' ')}`,
      command: [program, ...words],
    });
    const kubectlItself = (...words: string[]): Contender => ({
      name: `kubectl ${words.join(' ')}`,
      command: [cluster.kubectl, ...words],
    });
    for (const [title, contenders] of [
      ['help', [reload('--help'), kubectlItself('version', '--client')]],
      [
        `a namespace of ${WORKLOADS} workloads`,
        [reload('status', '-n', NAMESPACE), kubectlItself('get', 'deployments', '-n', NAMESPACE)],
      ],
    ] as const) {
      const all = [floor, ...contenders];
      const costs = await compare(all, { runs, env });
      process.stdout.write(`\n${title}: medians of ${runs} runs, ratios to the last line\n${renderCosts(all, costs)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    await askKubectl(cluster, ['delete', 'namespace', NAMESPACE]);
  }
}

/** What a compiled program costs that does nothing. */
function buildEmptyProgram(folder: string): Contender {
  const source = join(folder, 'empty.ts');
  const command = join(folder, 'empty');
  writeFileSync(source, '');
  const flags = ['--compile', '--minify', '--bytecode', '--format=esm'];
  const { status } = spawnSync(process.execPath, ['build', ...flags, source, `--outfile=${command}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error('the empty program cannot be built');
  return { name: 'an empty program', command: [command] };
}

async function fill(cluster: TestCluster): Promise<void> {
  await populate(cluster, {
    prefix: 'start',
    namespaces: 1,
    deployments: WORKLOADS,
    replicas: 2,
    configMaps: WORKLOADS,
  });
  // Pods nearly always start long after their configs were written; those of the same second would ask for a closer look.
  await new Promise((done) => setTimeout(done, 3000));
  for (const words of [
    ['restart', 'deployments'],
    ['status', 'deployments', '--timeout=300s'],
  ]) {
    await askKubectl(cluster, ['rollout', ...words, '-n', NAMESPACE]);
  }
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { runs: { type: 'string', default: '21' } } });
  const build = spawnSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' });
  if (build.status !== 0) process.exit(1);
  const cluster = await startCluster({ fakeNodes: 1, onProgress: (line) => process.stderr.write(`${line}\n`) });
  try {
    await benchStart(cluster, 'dist/kubectl-reload', Number(values.runs));
  } finally {
    await cluster.stop();
  }
}
