import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestCluster } from '../cluster/cluster.ts';
import { generatePopulation } from './generate-population.ts';
import type { Contender, Environment } from './measure.ts';
import { populate } from './populate.ts';
import type { Group } from './scale.ts';
import { measureGroup } from './scale.ts';

/** Workloads in the one namespace of a new user. */
export const START_SIZE = 20;
/** What a status reads there. */
const SAME_KINDS =
  'pods,replicasets,configmaps,secrets,deployments,statefulsets,daemonsets,replicationcontrollers,jobs,cronjobs,serviceaccounts';

/** What the first look of a new user costs: help, and the status of a small namespace, each with the floor under it. */
export async function benchStart(
  cluster: TestCluster,
  program: string,
  { runs, env, tell }: { runs: number; env: Environment; tell: (line: string) => void },
): Promise<Group[]> {
  const population = generatePopulation(START_SIZE, { prefix: 'start' });
  const [namespace = ''] = population.namespaces;
  await populate(cluster, population, tell);
  const folder = mkdtempSync(join(tmpdir(), 'kubectl-reload-bench-'));
  try {
    const floor = buildEmptyProgram(folder);
    const contend = (name: string, command: string, words: string[]): Contender => ({
      name: `${name} ${words.join(' ')}`,
      command: [command, ...words],
    });
    const reload = (...words: string[]) => contend('kubectl reload', program, words);
    const kubectl = (...words: string[]) => contend('kubectl', cluster.kubectl, words);
    const measure = (title: string, contenders: Contender[]) =>
      measureGroup(title, [floor, ...contenders], { runs, env });
    return [
      await measure('help', [reload('--help'), kubectl('version', '--client')]),
      await measure(`a namespace of ${START_SIZE} workloads`, [
        reload('status', '-n', namespace),
        kubectl('get', SAME_KINDS, '-n', namespace),
        kubectl('get', 'deployments', '-n', namespace),
      ]),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
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
  return { name: 'an empty program of the same runtime', command: [command] };
}
