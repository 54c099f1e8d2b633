/**
 * What the program costs beside kubectl on the same work in the same run: `npm run bench [-- --only scale,stored --sizes 100,1000
 * --stored 1000,10000 --runs 5 --minutes 10 --write]`. Starts clusters with fake nodes and fills them; prints tables, and with `--write` keeps the
 * results and writes docs/performance.md anew. Other parts keep what they had there.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestCluster } from '../cluster/cluster.ts';
import { startCluster } from '../cluster/cluster.ts';
import { askKubectl } from '../cluster/shared.ts';
import { benchChurn } from './churn.ts';
import { generatePopulation } from './generate-population.ts';
import type { Part } from './options.ts';
import { parseOptions } from './options.ts';
import { renderPerformance } from './performance-page.ts';
import { populate } from './populate.ts';
import { benchProbe } from './probe.ts';
import { checkAllCurrent } from './read-status.ts';
import type { Result } from './results.ts';
import { describeCircumstances, keepResult, readResults } from './results.ts';
import { benchScale } from './scale.ts';
import { scoreMixedEdits } from './score-edits.ts';
import { benchStart } from './start.ts';
import { benchStored } from './stored.ts';

const PROGRAM = 'dist/kubectl-reload';
const PAGE = 'docs/performance.md';
const PROBE_RUNS = 100;
const START_RUNS = 21;

/** In the order in which they run: those that leave the cluster another one come last. */
const PARTS_OF_CLUSTER = ['start', 'scale', 'stored', 'edits', 'churn'] as const;

const options = parseOptions(process.argv.slice(2));
const tell = (line: string): void => {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`);
};
const results: Result[] = [];

if (spawnSync(process.execPath, ['scripts/build.ts'], { stdio: 'inherit' }).status !== 0) process.exit(1);
// kubectl keeps what it learns of a server, and these servers never come again.
const cache = mkdtempSync(join(tmpdir(), 'kubectl-reload-bench-'));
try {
  if (options.parts.has('probe')) {
    tell('measuring the probe…');
    const ran = describeCircumstances('npm run bench -- --only probe --write', describeProgram());
    keep({ part: 'probe', ran, runs: PROBE_RUNS, groups: await benchProbe(PROBE_RUNS) });
  }
  for (const size of options.sizes) {
    const parts = PARTS_OF_CLUSTER.filter((part) => options.parts.has(part) && isDoneAt(part, size));
    if (parts.length > 0) await benchCluster(size, parts);
  }
} finally {
  rmSync(cache, { recursive: true, force: true });
}
process.stdout.write(renderPerformance(results));
if (options.write) {
  writeFileSync(PAGE, renderPerformance(readResults()));
  tell(`${PAGE} is written anew`);
}

/** The first size serves the first look, every size the comparison, and the last one the rest. */
function isDoneAt(part: Part, size: number): boolean {
  if (part === 'scale') return true;
  return size === (part === 'start' ? options.sizes[0] : options.sizes.at(-1));
}

async function benchCluster(size: number, parts: readonly (typeof PARTS_OF_CLUSTER)[number][]): Promise<void> {
  const population = generatePopulation(size);
  const { pods, configs } = population;
  const cluster = await startCluster({ fakeNodes: population.nodes, onProgress: tell });
  try {
    const env = { ...process.env, KUBECONFIG: cluster.kubeconfig, KUBECACHEDIR: cache };
    const versions = await describeVersions(cluster);
    const begin = (part: Part, flags: string) => {
      tell(`measuring ${part} at ${size} workloads…`);
      return describeCircumstances(`npm run bench -- --only ${part}${flags} --write`, versions);
    };
    const { runs, minutes, storedSizes } = options;
    if (parts.includes('start')) {
      const ran = begin('start', '');
      keep({
        part: 'start',
        ran,
        runs: START_RUNS,
        groups: await benchStart(cluster, PROGRAM, { runs: START_RUNS, env, tell }),
      });
    }
    if (parts.some((part) => part !== 'start')) {
      await populate(cluster, population, tell);
      await checkAllCurrent(cluster, PROGRAM, env);
    }
    if (parts.includes('scale')) {
      const ran = begin('scale', ` --sizes ${size}`);
      const groups = await benchScale(cluster, PROGRAM, population, { runs, env });
      keep({ part: 'scale', ran, size, pods, configs: configs.length, runs, groups });
    }
    if (parts.includes('stored')) {
      const ran = begin('stored', ` --sizes ${size} --stored ${storedSizes.join()}`);
      const found = await benchStored(cluster, PROGRAM, { size, sizes: storedSizes, runs, env, tell });
      for (const [wanted, measured] of found) {
        const copies = wanted / size;
        keep({
          part: 'stored',
          ran,
          size: wanted,
          pods: pods * copies,
          configs: configs.length * copies,
          ...measured,
        });
      }
    }
    if (parts.includes('edits')) {
      const ran = begin('edits', ` --sizes ${size}`);
      keep({ part: 'edits', ran, size, ...(await scoreMixedEdits(cluster, PROGRAM, population, tell)) });
    }
    if (parts.includes('churn')) {
      const ran = begin('churn', ` --sizes ${size} --minutes ${minutes}`);
      const churned = await benchChurn(cluster, PROGRAM, population, { minutes, env, tell });
      keep({ part: 'churn', ran, size, pods, ...churned });
    }
  } finally {
    await cluster.stop();
  }
}

function keep(result: Result): void {
  results.push(result);
  if (options.write) keepResult(result);
}

function describeProgram(): string {
  const { stdout } = spawnSync(PROGRAM, ['version', '--client', '-o', 'json'], { encoding: 'utf8' });
  return `kubectl-reload ${JSON.parse(stdout).clientVersion}`;
}

async function describeVersions(cluster: TestCluster): Promise<string> {
  const { clientVersion, serverVersion } = JSON.parse(await askKubectl(cluster, ['version', '-o', 'json']));
  return `${describeProgram()}, Kubernetes ${serverVersion.gitVersion}, kubectl ${clientVersion.gitVersion}`;
}
