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
        warnings: ['one replica: nothing else serves while its pod is replaced, unless the new one is ready before'],
      },
    ]);
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
