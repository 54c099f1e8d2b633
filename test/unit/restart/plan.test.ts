import { describe, expect, test } from 'bun:test';
import type { State } from '../../../src/types.ts';
import { makeDependency, makePod, makeRef, makeUse, makeWorkload } from '../../support/make-objects.ts';
import { makeItem, plan } from './make-plan.ts';

const web = makeRef('Deployment', 'web');
const config = makeRef('ConfigMap', 'web');
const namesOf = (result: ReturnType<typeof plan>) => ({
  steps: result.steps.map(({ workload }) => workload.name),
  skipped: result.skipped.map(({ workload, code }) => `${workload.name} ${code}`),
});

describe('the plan of what was not named', () => {
  test.each([
    ['stale', ['web'], []],
    ['refreshed', ['web'], []],
    ['unknown', ['web'], []],
    ['current', [], ['web current']],
    ['pending', [], ['web pending']],
    ['missing', [], ['web missing-reference']],
  ] as [State, string[], string[]][])(
    'for a workload that is %s restarts %p and leaves out %p',
    (state, steps, skipped) => {
      expect(namesOf(plan({ items: [makeItem({ state })] }))).toEqual({ steps, skipped });
      expect(namesOf(plan({ items: [makeItem({ state })], targets: { configs: [config] } }))).toEqual({
        steps,
        skipped,
      });
    },
  );

  test.each([
    ['current', ['web']],
    ['pending', ['web']],
    ['missing', []],
  ] as [State, string[]][])('takes along, with force, a workload that is %s: %p', (state, steps) => {
    expect(namesOf(plan({ items: [makeItem({ state })], force: true })).steps).toEqual(steps);
  });

  test('restarts for one stale use among current ones', () => {
    expect(namesOf(plan({ items: [makeItem({ state: 'current' }), makeItem({ state: 'stale' })] })).steps).toEqual([
      'web',
    ]);
  });

  test('is empty when everything has been restarted, with each workload and its reason', () => {
    expect(plan({ items: [makeItem({ state: 'current' })] })).toEqual({
      steps: [],
      skipped: [{ workload: web, code: 'current', reason: 'it already runs what its configs hold now' }],
    });
  });

  test('says nothing of workloads that use no config', () => {
    expect(plan({ dependencies: [], items: [] })).toEqual({ steps: [], skipped: [] });
  });

  test('for a config looks only at its consumers, and at their use of it', () => {
    const other = makeWorkload({ ref: makeRef('Deployment', 'other'), uid: 'other' });
    const secret = makeRef('Secret', 'db');
    const result = plan({
      workloads: [makeWorkload(), other],
      dependencies: [
        makeDependency(),
        makeDependency({ config: secret }),
        makeDependency({ workload: other.ref, config: secret }),
      ],
      items: [
        makeItem({ state: 'current' }),
        makeItem({ config: secret }),
        makeItem({ workload: other.ref, config: secret }),
      ],
      targets: { configs: [config] },
    });
    expect(namesOf(result)).toEqual({ steps: [], skipped: ['web current'] });
  });

  test('says of a config that nobody holds the content of why nothing is restarted', () => {
    const pull = makeRef('Secret', 'pull');
    const result = plan({
      dependencies: [makeDependency({ config: pull, via: 'imagePullSecret' })],
      items: [],
      targets: { configs: [pull] },
    });
    expect(result.skipped).toEqual([
      { workload: web, code: 'current', reason: 'its containers hold nothing of secret/pull' },
    ]);
  });

  test('leaves out what an annotation of the workload says to ignore', () => {
    const workloads = [makeWorkload({ annotations: { 'kubectl-reload.dev/ignore': 'configmap/web' } })];
    expect(plan({ workloads }).skipped).toEqual([
      { workload: web, code: 'ignored', reason: 'an annotation says to ignore configmap/web' },
    ]);
    expect(namesOf(plan({ workloads, targets: { named: [web] } })).steps).toEqual(['web']);
  });

  test('says that the next run of a CronJob uses the new content', () => {
    const cron = makeRef('CronJob', 'report');
    const result = plan({
      workloads: [makeWorkload({ ref: { ...cron, apiVersion: 'batch/v1' } })],
      items: [makeItem({ workload: { ...cron, apiVersion: 'batch/v1' }, state: 'current' })],
      targets: { configs: [config] },
    });
    expect(namesOf(result)).toEqual({ steps: [], skipped: ['report next-run'] });
  });
});

describe('the plan of a named workload', () => {
  test('restarts it whatever it runs', () => {
    const result = plan({ items: [makeItem({ state: 'current' })], targets: { named: [web] } });
    expect(result.steps).toMatchObject([{ workload: web, why: ['it was named'] }]);
  });

  test('says what changed where something did', () => {
    expect(plan({ targets: { named: [web] } }).steps[0]?.why).toEqual(['configmap/web LEVEL changed']);
  });

  test('mixes with configs without doing anything twice', () => {
    const result = plan({ targets: { named: [web], configs: [config] } });
    expect(namesOf(result)).toEqual({ steps: ['web'], skipped: [] });
  });

  test('names the workload of a pod', () => {
    const pod = makeRef('Pod', 'web-1');
    expect(plan({ targets: { named: [pod] } }).skipped).toEqual([
      { workload: pod, code: 'no-restart', reason: 'it is a pod of deployment/web: restart that' },
    ]);
  });

  test('says of one that was not read that it is not there', () => {
    expect(namesOf(plan({ targets: { named: [makeRef('Deployment', 'gone')] } })).skipped).toEqual(['gone unseen']);
  });
});

describe('a step', () => {
  test('is a whole value', () => {
    expect(plan({}).steps).toEqual([
      {
        wave: 0,
        workload: web,
        uid: 'workload-1',
        action: 'patch',
        pods: 1,
        why: ['configmap/web LEVEL changed'],
        configs: [config],
        warnings: ['one replica: the old pod goes as soon as Kubernetes calls the new one ready'],
        stamp: null,
      },
    ]);
  });

  test('carries the stamp that its template has, unless it is restarted whatever others do', () => {
    const workload = makeWorkload({ templateAnnotations: { 'kubectl-reload.dev/config': 'before' } });
    expect(plan({ workloads: [workload] }).steps[0]?.stamp).toBe('before');
    expect(plan({ workloads: [workload], force: true }).steps[0]).not.toHaveProperty('stamp');
    expect(plan({ workloads: [workload], targets: { named: [web] } }).steps[0]).not.toHaveProperty('stamp');
  });

  test('counts the pods that run now', () => {
    const pods = [makePod(), makePod({ deleting: true }), makePod({ phase: 'Failed' }), makePod({ phase: 'Pending' })];
    expect(plan({ workloads: [makeWorkload({ pods })] }).steps[0]?.pods).toBe(2);
  });

  test('names each config of the template once, those of pull secrets not', () => {
    const references = [
      makeUse({ config: makeRef('Secret', 'db') }),
      makeUse(),
      makeUse({ at: 'OTHER' }),
      makeUse({ config: makeRef('Secret', 'pull'), via: 'imagePullSecret' }),
    ];
    const opted = makeDependency({ config: makeRef('ConfigMap', 'watched'), via: 'annotation' });
    const { steps } = plan({ workloads: [makeWorkload({ references })], dependencies: [makeDependency(), opted] });
    expect(steps[0]?.configs.map(({ name }) => name)).toEqual(['watched', 'web', 'db']);
  });

  test('of an Argo Rollout is done by restartAt', () => {
    const ref = { ...makeRef('Rollout', 'web'), apiVersion: 'argoproj.io/v1alpha1' };
    expect(plan({ workloads: [makeWorkload({ ref })], targets: { named: [ref] } }).steps[0]?.action).toBe('restartAt');
  });

  test('stands in its wave, and within it by namespace, kind and name', () => {
    const make = (name: string, wave?: string, kind = 'Deployment') =>
      makeWorkload({
        ref: makeRef(kind, name),
        uid: name,
        annotations: wave === undefined ? {} : { 'kubectl-reload.dev/wave': wave },
      });
    const workloads = [
      make('c', '1'),
      make('b'),
      make('a'),
      make('z', '-1'),
      make('d', '1', 'DaemonSet'),
      make('e', 'two'),
    ];
    const { steps } = plan({ workloads, targets: { named: workloads.map(({ ref }) => ref) } });
    expect(steps.map(({ wave, workload }) => `${wave} ${workload.name}`)).toEqual([
      '-1 z',
      '0 a',
      '0 b',
      '0 e',
      '1 d',
      '1 c',
    ]);
    expect(steps[3]?.warnings[0]).toBe('kubectl-reload.dev/wave is "two", which is no whole number: it goes in wave 0');
  });
});

describe('a plan that evicts', () => {
  const makeNamed = (name: string, uid = name) => makePod({ ref: makeRef('Pod', name), uid });
  const verdict = (name: string, state: State) => ({
    name,
    state,
    evidence: 'time' as const,
    startedAt: null,
    reason: '',
  });
  const three = ['web-a', 'web-b', 'web-c'].map((name) => makeNamed(name));

  test('takes of inferred workloads the pods that are not current, so that a second run goes on where the first stopped', () => {
    const workloads = [makeWorkload({ pods: three })];
    const pods = [verdict('web-a', 'stale'), verdict('web-b', 'current'), verdict('web-c', 'unknown')];
    const { steps } = plan({ workloads, items: [makeItem({ pods })], evict: true });
    expect(steps).toMatchObject([
      {
        action: 'evict',
        pods: 3,
        evict: [
          { name: 'web-a', uid: 'web-a' },
          { name: 'web-c', uid: 'web-c' },
        ],
      },
    ]);
  });

  test('takes a pod for any one of its uses, and for a config only for its use of that', () => {
    const secret = makeRef('Secret', 'db');
    const workloads = [makeWorkload({ pods: three })];
    const dependencies = [makeDependency(), makeDependency({ config: secret })];
    const items = [
      makeItem({ pods: [verdict('web-a', 'stale'), verdict('web-b', 'current')] }),
      makeItem({ config: secret, pods: [verdict('web-a', 'current'), verdict('web-b', 'refreshed')] }),
    ];
    const namesFor = (targets?: { configs: (typeof secret)[] }) =>
      plan({ workloads, dependencies, items, evict: true, ...(targets && { targets }) }).steps[0]?.evict?.map(
        ({ name }) => name,
      );
    expect(namesFor()).toEqual(['web-a', 'web-b']);
    expect(namesFor({ configs: [secret] })).toEqual(['web-b']);
  });

  test.each([
    ['named', { targets: { named: [web] } }],
    ['forced', { force: true }],
  ])('takes all pods of a workload that is %s, but for those that are going or done', (_, how) => {
    const gone = [
      makePod({ ref: makeRef('Pod', 'web-d'), deleting: true }),
      makePod({ ref: makeRef('Pod', 'web-e'), phase: 'Failed' }),
    ];
    const items = [makeItem({ state: 'current', pods: three.map(({ ref }) => verdict(ref.name, 'current')) })];
    const { steps } = plan({ workloads: [makeWorkload({ pods: [...three, ...gone] })], items, evict: true, ...how });
    expect(steps[0]?.evict?.map(({ name }) => name)).toEqual(['web-a', 'web-b', 'web-c']);
  });

  test('takes those of a StatefulSet from the highest ordinal down', () => {
    const ref = makeRef('StatefulSet', 'pg');
    const pods = ['pg-2', 'pg-10', 'pg-1'].map((name) => makeNamed(name));
    const { steps } = plan({ workloads: [makeWorkload({ ref, pods })], targets: { named: [ref] }, evict: true });
    expect(steps[0]?.evict?.map(({ name }) => name)).toEqual(['pg-10', 'pg-2', 'pg-1']);
  });

  test.each([
    ['Deployment', { paused: true }],
    ['StatefulSet', { partition: 2 }],
    ['StatefulSet', { strategy: 'OnDelete' }],
    ['DaemonSet', { strategy: 'OnDelete' }],
    ['ReplicaSet', {}],
    ['ReplicationController', {}],
  ])('works for a %s whose template says %p', (kind, policy) => {
    const ref = kind === 'ReplicationController' ? { ...makeRef(kind, 'x'), apiVersion: 'v1' } : makeRef(kind, 'x');
    const workload = makeWorkload({ ref });
    const workloads = [{ ...workload, policy: { ...workload.policy, ...policy } }];
    expect(plan({ workloads, targets: { named: [ref] }, evict: true })).toMatchObject({
      steps: [{ action: 'evict', evict: [{ name: 'web-1', uid: 'pod-1' }] }],
      skipped: [],
    });
  });

  test('leaves an Argo Rollout to evict its pods itself, and refuses what would get no new pod', () => {
    const rollout = { ...makeRef('Rollout', 'web'), apiVersion: 'argoproj.io/v1alpha1' };
    const pod = makeRef('Pod', 'bare');
    const result = plan({
      workloads: [makeWorkload({ ref: rollout }), makeWorkload({ ref: pod, uid: 'x' })],
      targets: { named: [rollout, pod] },
      evict: true,
    });
    expect(result.steps.map(({ action }) => action)).toEqual(['restartAt']);
    expect(namesOf(result).skipped).toEqual(['bare no-restart']);
  });

  test('still refuses what could not start again', () => {
    const { skipped } = plan({
      dependencies: [makeDependency({ exists: false })],
      targets: { named: [web] },
      evict: true,
    });
    expect(skipped.map(({ code }) => code)).toEqual(['missing-reference']);
  });

  test('has nothing to do for a workload without pods', () => {
    const workloads = [makeWorkload({ pods: [] })];
    expect(plan({ workloads, targets: { named: [web] }, evict: true })).toMatchObject({
      steps: [],
      skipped: [{ code: 'current', reason: 'none of its pods is to be evicted' }],
    });
  });
});

test('of ten times as many workloads takes some ten times as long, and not a hundred times', () => {
  const make = (count: number) => {
    const workloads = Array.from({ length: count }, (_, index) => {
      const pods = [0, 1, 2].map((pod) =>
        makePod({ ref: makeRef('Pod', `web-${index}-${pod}`), uid: `pod-${index}-${pod}` }),
      );
      return makeWorkload({ ref: makeRef('Deployment', `web-${index}`), uid: `uid-${index}`, pods });
    });
    const dependencies = workloads.flatMap(({ ref }, index) => [
      makeDependency({ workload: ref, config: makeRef('ConfigMap', `map-${index % 100}`) }),
      makeDependency({ workload: ref, config: makeRef('Secret', `secret-${index}`) }),
    ]);
    const items = dependencies.map(({ workload, config: used }) => makeItem({ workload, config: used }));
    return { workloads, dependencies, items, targets: { named: workloads.map(({ ref }) => ref) } };
  };
  const measure = (count: number) => {
    const input = make(count);
    const begun = performance.now();
    expect(plan(input).steps).toHaveLength(count);
    return performance.now() - begun;
  };
  measure(200);
  // Of several tries the calmest one counts: what is quadratic takes a hundred times in all of them.
  const ratios = Array.from({ length: 5 }, () => measure(5000) / Math.max(measure(500), 1));
  expect(Math.min(...ratios)).toBeLessThan(40);
});
