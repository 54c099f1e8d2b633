/** Graphs with verdicts for tests of plans. */
import { planRestart } from '../../../src/restart/plan.ts';
import type { RestartTargets } from '../../../src/restart/targets.ts';
import type { Dependency, RestartPlan, StatusItem, Workload } from '../../../src/types.ts';
import {
  makeConfig,
  makeDependency,
  makeGraph,
  makePod,
  makeRef,
  makeUse,
  makeWorkload,
} from '../../support/make-objects.ts';

/** When these plans are made. */
const NOW = Date.parse('2026-01-01T12:00:00Z');

/** The verdict on one use of a config. */
export function makeItem(overrides: Partial<StatusItem> = {}): StatusItem {
  return {
    ...makeUse(),
    workload: makeRef('Deployment', 'web'),
    state: 'stale',
    evidence: 'time',
    reason: 'its keys were written after the container started',
    changedAt: '2026-01-01T11:00:00Z',
    changedBy: 'kubectl-edit',
    changedKeys: ['LEVEL'],
    pods: [],
    ...overrides,
  };
}

/** A plan over these workloads, each of which uses configmap/web in a way that `items` judge; all of them are inferred where no target is given. */
export function plan(input: {
  workloads?: Workload[];
  dependencies?: Dependency[];
  items?: StatusItem[];
  targets?: Partial<RestartTargets>;
  force?: boolean;
  evict?: boolean;
}): RestartPlan {
  const workloads = input.workloads ?? [makeWorkload({ pods: [makePod()] })];
  const graph = makeGraph({
    workloads,
    dependencies: input.dependencies ?? workloads.map(({ ref }) => makeDependency({ workload: ref })),
    configs: [makeConfig()],
  });
  const inferred = input.targets === undefined ? workloads.map(({ ref }) => ref) : [];
  const targets = { named: [], inferred, configs: [], ...input.targets };
  const { items = [makeItem()], force = false, evict = false } = input;
  return planRestart({ graph, status: items, targets, force, evict, now: NOW });
}
