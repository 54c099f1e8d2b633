import { describe, expect, test } from 'bun:test';
import type { RestartSkip, RestartStep } from '../../../src/types.ts';
import { renderRestartPlan, renderSkips } from '../../../src/view/restart-plan.ts';
import { makeRef } from '../../support/make-objects.ts';

const ONE = 'one replica: it is down while its pod is replaced';
const PROBE =
  'container app has no readiness probe: Kubernetes calls a new pod ready once it runs; --soak watches it for longer';

const makeStep = (name: string, overrides: Partial<RestartStep> = {}): RestartStep => ({
  wave: 0,
  workload: makeRef('Deployment', name),
  uid: name,
  action: 'patch',
  pods: 3,
  why: ['configmap/web LEVEL changed'],
  configs: [],
  warnings: [],
  ...overrides,
});

const STEPS = [
  makeStep('api'),
  makeStep('web', {
    pods: 12,
    why: [
      'configmap/web LEVEL, COLOR, TIMEOUT and 4 more changed',
      'secret/db may have changed: written within two seconds of its start, and the clocks of the nodes may differ by so much',
    ],
    warnings: [PROBE],
  }),
  makeStep('pg', { wave: 1, workload: makeRef('StatefulSet', 'pg'), pods: 1, warnings: [ONE, PROBE] }),
];

const show = (steps: RestartStep[], style: Partial<Parameters<typeof renderRestartPlan>[1]> = {}) =>
  renderRestartPlan({ steps, skipped: [] }, { showNamespace: false, headers: true, ...style });

describe('a plan', () => {
  test('in 80 columns wraps the reasons in their column, and has each note on lines of its own', () => {
    expect(show(STEPS, { width: 80 })).toBe(`\
WAVE  WORKLOAD        PODS  WHY
0     deployment/api  3     configmap/web LEVEL changed
0     deployment/web  12    configmap/web LEVEL, COLOR, TIMEOUT and 4 more
                            changed
                            secret/db may have changed: written within two
                            seconds of its start, and the clocks of the nodes
                            may differ by so much
      ! container app has no readiness probe: Kubernetes calls a new pod ready
        once it runs; --soak watches it for longer
1     statefulset/pg  1     configmap/web LEVEL changed
      ! one replica: it is down while its pod is replaced
      ! container app has no readiness probe: Kubernetes calls a new pod ready
        once it runs; --soak watches it for longer
`);
  });

  test('in 120 columns wraps less', () => {
    expect(show(STEPS, { width: 120 })).toBe(`\
WAVE  WORKLOAD        PODS  WHY
0     deployment/api  3     configmap/web LEVEL changed
0     deployment/web  12    configmap/web LEVEL, COLOR, TIMEOUT and 4 more changed
                            secret/db may have changed: written within two seconds of its start, and the clocks of the
                            nodes may differ by so much
      ! container app has no readiness probe: Kubernetes calls a new pod ready once it runs; --soak watches it for
        longer
1     statefulset/pg  1     configmap/web LEVEL changed
      ! one replica: it is down while its pod is replaced
      ! container app has no readiness probe: Kubernetes calls a new pod ready once it runs; --soak watches it for
        longer
`);
  });

  test('that goes to no terminal is not wrapped', () => {
    for (const line of show(STEPS).split('\n')) expect(line).not.toMatch(/^ +(once|changed|seconds|longer)/);
    expect(show(STEPS).split('\n')).toHaveLength(8 + 1);
  });

  test('has no line that is longer than the terminal, as long as the names leave room', () => {
    for (const width of [60, 72, 80, 100, 120]) {
      for (const line of show(STEPS, { width }).split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    }
  });

  test('tells a note that many share once, with their names', () => {
    const steps = ['a', 'b', 'c', 'd', 'e'].map((name) => makeStep(name, { warnings: [PROBE] }));
    const table = `\
WAVE  WORKLOAD      PODS  WHY
0     deployment/a  3     configmap/web LEVEL changed
0     deployment/b  3     configmap/web LEVEL changed
0     deployment/c  3     configmap/web LEVEL changed
0     deployment/d  3     configmap/web LEVEL changed
0     deployment/e  3     configmap/web LEVEL changed
`;
    expect(show(steps)).toBe(`${table}! all 5 workloads: ${PROBE}\n`);
    expect(show([...steps, makeStep('f')])).toBe(
      `${table}0     deployment/f  3     configmap/web LEVEL changed\n! deployment/a, deployment/b, deployment/c and 2 more: ${PROBE}\n`,
    );
  });

  test('without headers, and with namespaces, keeps its columns', () => {
    expect(show([makeStep('web', { warnings: [ONE] })], { headers: false, showNamespace: true })).toBe(`\
shop  0  deployment/web  3  configmap/web LEVEL changed
         ! one replica: it is down while its pod is replaced
`);
  });

  test('of evictions says how many pods of how many', () => {
    const evict = [{ name: 'web-1', uid: 'u' }];
    expect(show([makeStep('web', { action: 'evict', evict, pods: 3 })], { headers: false })).toContain('  1/3  ');
    expect(show([makeStep('web', { action: 'evict', evict, pods: 1 })], { headers: false })).toContain('  1  ');
  });

  test('shows control characters from the cluster as escapes', () => {
    const hostile = 'x\u001b[2J\ny';
    const text = show([makeStep(hostile, { why: [hostile], warnings: [hostile] })], { width: 80 });
    expect(text).not.toContain('\u001b');
    expect(text.split('\n')).toHaveLength(3 + 1);
  });

  test('of nothing is nothing', () => {
    expect(show([])).toBe('');
  });
});

test('what is left out has a line each, what is current is counted', () => {
  const skip = (name: string, code: RestartSkip['code'], reason: string): RestartSkip => ({
    workload: makeRef('Deployment', name),
    code,
    reason,
  });
  const skipped = [
    skip('a', 'current', ''),
    skip('b', 'current', ''),
    skip(
      'web',
      'rejected',
      'the API server refuses its restart: deployments.apps "web" is forbidden: frozen until Monday',
    ),
  ];
  expect(renderSkips(skipped, { showNamespace: true, width: 80 })).toBe(`\
left out: shop/deployment/web: the API server refuses its restart:
  deployments.apps "web" is forbidden: frozen until Monday
2 workloads are current.
`);
  expect(renderSkips(skipped.slice(0, 1), { showNamespace: false })).toBe('1 workload is current.\n');
});
