import { describe, expect, test } from 'bun:test';
import { applyBounds, findBoundsWanted } from '../../../src/restart/bounds.ts';
import type { Bounds, DisruptionBudget, Quota, RestartPlan, Workload } from '../../../src/types.ts';
import { makeGraph, makeRef, makeWorkload } from '../../support/make-objects.ts';
import { plan } from './make-plan.ts';

const NONE: Bounds = { budgets: [], autoscalers: [], quotas: [] };

function prepare(overrides: Partial<Workload> = {}, evict = false) {
  const workloads = [makeWorkload({ templateLabels: { app: 'web' }, ...overrides })];
  const targets = { named: workloads.map(({ ref }) => ref) };
  const before = plan({ workloads, targets, evict });
  const graph = makeGraph({ workloads });
  return {
    wanted: findBoundsWanted(before, graph),
    /** What the bounds add to the warnings, and what they leave out. */
    apply(bounds: Partial<Bounds>, force = false) {
      const after: RestartPlan = applyBounds(before, graph, { ...NONE, ...bounds }, force);
      const known = before.steps[0]?.warnings.length ?? 0;
      return {
        warnings: after.steps.flatMap(({ warnings }) => warnings.slice(known)),
        skipped: after.skipped.map(({ code, reason }) => `${code}: ${reason}`),
      };
    },
  };
}

const policyOf = (overrides: Partial<Workload['policy']>) => ({
  policy: { ...makeWorkload().policy, replicas: 3, ...overrides },
});

describe('a disruption budget', () => {
  const budget = (overrides: Partial<DisruptionBudget> = {}): DisruptionBudget => ({
    ref: { ...makeRef('PodDisruptionBudget', 'web'), apiVersion: 'policy/v1' },
    selector: [{ key: 'app', operator: 'In', values: ['web'] }],
    allowed: 1,
    most: 1,
    ...overrides,
  });

  test('is asked for where pods are evicted, and only there: rolling updates heed none', () => {
    expect(prepare({}, true).wanted.budgets).toEqual(['shop']);
    expect(prepare().wanted.budgets).toEqual([]);
    expect(prepare().apply({ budgets: [budget({ allowed: 0, most: 0 })] })).toEqual({ warnings: [], skipped: [] });
  });

  test('that allows none now is a warning', () => {
    expect(prepare({}, true).apply({ budgets: [budget({ allowed: 0 })] })).toEqual({
      warnings: ['poddisruptionbudget/web allows no disruption now: evictions wait until it does'],
      skipped: [],
    });
    expect(prepare({}, true).apply({ budgets: [budget()] }).warnings).toEqual([]);
  });

  test('that never allows any is refused, and may be forced', () => {
    const reason =
      'poddisruptionbudget/web never allows a disruption, however healthy its pods are: an eviction would wait for ever';
    const budgets = [budget({ allowed: 0, most: 0 })];
    expect(prepare({}, true).apply({ budgets })).toEqual({
      warnings: [],
      skipped: [`disruption-budget: ${reason}`],
    });
    expect(prepare({}, true).apply({ budgets }, true)).toEqual({ warnings: [reason], skipped: [] });
  });

  test('is not judged before its pods have been counted', () => {
    expect(prepare({}, true).apply({ budgets: [budget({ allowed: 0, most: null })] }).skipped).toEqual([]);
  });

  test('beside another one for the same pods is refused, also with force', () => {
    const budgets = [budget(), budget({ ref: { ...budget().ref, name: 'all' }, selector: [] })];
    const skipped = [
      'disruption-budget: poddisruptionbudget/web and poddisruptionbudget/all select the same pods: the API server evicts none that has more than one budget',
    ];
    expect(prepare({}, true).apply({ budgets }).skipped).toEqual(skipped);
    expect(prepare({}, true).apply({ budgets }, true).skipped).toEqual(skipped);
  });

  test.each([
    ['of other pods', { selector: [{ key: 'app', operator: 'In' as const, values: ['db'] }] }],
    ['of no pods', { selector: null }],
    ['of another namespace', { ref: makeRef('PodDisruptionBudget', 'web', 'other') }],
  ])('%s is no matter', (_, overrides) => {
    expect(prepare({}, true).apply({ budgets: [budget({ allowed: 0, most: 0, ...overrides })] })).toEqual({
      warnings: [],
      skipped: [],
    });
  });
});

describe('an autoscaler', () => {
  const autoscaler = (minReplicas: number, name = 'web') => ({
    ref: { ...makeRef('HorizontalPodAutoscaler', 'web'), apiVersion: 'autoscaling/v2' },
    target: makeRef('Deployment', name),
    minReplicas,
  });

  test('is told of where its workload is scaled to 0', () => {
    const { wanted, apply } = prepare(policyOf({ replicas: 0 }));
    expect(wanted.autoscalers).toEqual(['shop']);
    expect(apply({ autoscalers: [autoscaler(0)] }).warnings).toEqual([
      'horizontalpodautoscaler/web may start pods of it at any time',
    ]);
    expect(apply({ autoscalers: [autoscaler(1)] }).warnings).toEqual([
      'horizontalpodautoscaler/web does nothing while it is scaled to 0',
    ]);
    expect(apply({ autoscalers: [autoscaler(0, 'other')] }).warnings).toEqual([]);
  });

  test('is no matter otherwise', () => {
    const { wanted, apply } = prepare();
    expect(wanted.autoscalers).toEqual([]);
    expect(apply({ autoscalers: [autoscaler(1)] }).warnings).toEqual([]);
  });
});

describe('a quota', () => {
  const quota = (resource: string, hard: number, used: number, scopes: string[] = []): Quota => ({
    ref: { ...makeRef('ResourceQuota', 'team'), apiVersion: 'v1' },
    scopes,
    amounts: [{ resource, hard, used, text: `${used} of ${hard}` }],
  });
  const tight = policyOf({ surge: 1, unavailable: 0 });
  const resources = { podResources: { 'requests.cpu': 0.5, 'limits.memory': 2 ** 30 } };

  test.each([
    ['pods', 3, 3, 'pods 3 of 3 used'],
    ['count/pods', 3, 3, 'count/pods 3 of 3 used'],
    ['cpu', 2, 1.6, 'cpu 1.6 of 2 used'],
    ['requests.cpu', 2, 2, 'requests.cpu 2 of 2 used'],
    ['limits.memory', 3e9, 3e9, 'limits.memory 3000000000 of 3000000000 used'],
  ])(
    'of %s that leaves no room for one pod more stops a rollout that may not go below its number',
    (resource, hard, used, words) => {
      expect(prepare({ ...tight, ...resources }).apply({ quotas: [quota(resource, hard, used)] }).warnings).toEqual([
        `resourcequota/team has no room for one pod more (${words}), and none may go before: the rollout would stand still`,
      ]);
    },
  );

  test.each([
    ['room for one more', tight, quota('pods', 4, 3)],
    ['nothing to do with its pods', tight, quota('requests.storage', 1, 1)],
    ['no count of what its pods do not ask for', tight, quota('requests.memory', 1, 1)],
    ['only pods that end', tight, quota('pods', 3, 3, ['Terminating'])],
    ['only pods without requests', tight, quota('pods', 3, 3, ['BestEffort'])],
    ['only pods of some priority', tight, quota('pods', 3, 3, ['PriorityClass'])],
  ])('with %s is no matter', (_, policy, given) => {
    expect(prepare({ ...policy, ...resources }).apply({ quotas: [given] }).warnings).toEqual([]);
  });

  test('of pods that do not end counts these', () => {
    expect(
      prepare({ ...tight }).apply({ quotas: [quota('pods', 3, 3, ['NotTerminating', 'BestEffort'])] }).warnings,
    ).toHaveLength(1);
  });

  test.each([
    ['a pod may go before', policyOf({ surge: 1, unavailable: 1 }), false],
    ['it makes no pod beside the old ones', policyOf({ surge: 0, unavailable: 1 }), false],
    ['its pods are evicted', tight, true],
    ['it has no pods', { ...tight, pods: [] }, false],
  ])('is not asked for where %s', (_, overrides, evict) => {
    expect(prepare(overrides, evict).wanted.quotas).toEqual([]);
    expect(prepare(overrides, evict).apply({ quotas: [quota('pods', 3, 3)] }).warnings).toEqual([]);
  });

  test('is asked for where a rollout needs room', () => {
    expect(prepare(tight).wanted.quotas).toEqual(['shop']);
  });
});
