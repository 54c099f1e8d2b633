import type { TestCluster } from '../cluster/cluster.ts';
import { askKubectl } from '../cluster/shared.ts';
import type { ClusterDescription } from '../cluster/supervisor-report.ts';
import type { Traffic } from './count-traffic.ts';
import { countTraffic } from './count-traffic.ts';
import type { Population } from './generate-population.ts';
import type { Contender, Cost, Environment } from './measure.ts';
import { compare } from './measure.ts';

/** Commands that do the same kind of work; the last one is kubectl's, to which the others are compared. */
export interface Group {
  title: string;
  rows: Row[];
}

/** What a command cost. */
export interface Row {
  name: string;
  cost: Cost;
  traffic?: Traffic;
}

/** What `status` and `deps` look at, but for the kinds that no one here has; ReplicaSets and ServiceAccounts are left to them. */
const KINDS = 'deployments,statefulsets,daemonsets,cronjobs,pods,configmaps,secrets';
/** Each run of a restart makes hundreds of pods. */
const RESTART_RUNS = 3;

/** The commands that read everything. */
export function readContenders(program: string, kubectl: string): Contender[] {
  const reload = (line: string): Contender => ({
    name: `kubectl reload ${line}`,
    command: [program, ...line.split(' ')],
  });
  const get = (line: string): Contender => ({
    name: `kubectl get ${line}`,
    command: [kubectl, 'get', ...line.split(' ')],
  });
  return [
    reload('status -A'),
    reload('status -A --all -o json'),
    reload('deps -A'),
    reload('deps -A -o json'),
    reload('restart deployments,statefulsets,daemonsets -A --force --dry-run=client'),
    // kubectl does not wait to see whether pods stay healthy.
    reload('rollout-status -A --soak 0s'),
    get(`${KINDS} -A`),
    get(`${KINDS} -A -o json`),
  ];
}

/** Measures contenders in turn, and, on a cluster, what each asks of the server. */
export async function measureGroup(
  title: string,
  contenders: readonly Contender[],
  options: { runs: number; env: Environment; warmUp?: boolean; cluster?: ClusterDescription },
): Promise<Group> {
  const costs = await compare(contenders, options);
  const traffic = options.cluster && (await countTraffic(contenders, options.cluster, options.env));
  const rows = contenders.flatMap(({ name }, index): Row[] => {
    const [cost, asked] = [costs[index], traffic?.[index]];
    return cost === undefined ? [] : [{ name, cost, ...(asked && { traffic: asked }) }];
  });
  return { title, rows };
}

/** All commands on a cluster that is filled with the population. */
export async function benchScale(
  cluster: TestCluster,
  program: string,
  population: Population,
  { runs, env }: { runs: number; env: Environment },
): Promise<Group[]> {
  const options = { runs, env, cluster };
  const [namespace = ''] = population.namespaces;
  const names = population.workloads
    .filter((workload) => workload.namespace === namespace && workload.kind === 'Deployment')
    .map(({ name }) => `deployment/${name}`);
  const follow = ['rollout', 'status', 'deployments', '-n', namespace];
  const settle = async (): Promise<void> => {
    await askKubectl(cluster, [...follow, '--timeout=300s']);
  };
  const reload = (name: string, ...words: string[]): Contender => ({
    name: `kubectl reload ${name}`,
    command: [program, ...words],
  });
  const restart = (...flags: string[]): Contender => ({
    ...reload(
      ['restart DEPLOYMENTS --wait=false', ...flags].join(' '),
      ...['restart', ...names, '-n', namespace, '--wait=false', ...flags],
    ),
    prepare: settle,
  });
  const kubectl = (name: string, command: readonly string[], prepare?: () => Promise<void>): Contender => ({
    name: `kubectl ${name}`,
    command: [cluster.kubectl, ...command],
    ...(prepare && { prepare }),
  });
  return [
    await measureGroup('all namespaces', readContenders(program, cluster.kubectl), options),
    await measureGroup(
      `rollouts of one namespace, ${names.length} Deployments, all complete`,
      [
        reload(
          'rollout-status deployments --soak 0s',
          'rollout-status',
          'deployments',
          '-n',
          namespace,
          '--soak',
          '0s',
        ),
        kubectl('rollout status deployments', follow),
      ],
      options,
    ),
    await measureGroup(
      `restarts in one namespace, ${names.length} Deployments, without waiting`,
      [
        restart(),
        restart('--preflight=false'),
        kubectl('rollout restart DEPLOYMENTS', ['rollout', 'restart', ...names, '-n', namespace], settle),
      ],
      { ...options, runs: Math.min(runs, RESTART_RUNS), warmUp: false },
    ),
  ];
}
