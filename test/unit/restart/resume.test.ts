import { describe, expect, test } from 'bun:test';
import { makeStamp } from '../../../src/staleness/stamp.ts';
import type { ContainerInstance, RestartStep, Workload } from '../../../src/types.ts';
import { makeConfig, makeInstance, makePod, makeRef, makeWorkload } from '../../support/make-objects.ts';
import { makeItem, plan } from './make-plan.ts';

/** Of the config as `makeConfig` has it, three minutes before these plans are made. */
const STAMP = stampOf('100');

function stampOf(resourceVersion: string): string {
  const source = { kind: 'ConfigMap', name: 'web', uid: makeConfig().uid, resourceVersion, content: null } as const;
  return makeStamp([source], '2026-01-01T11:57:00Z');
}

const DONE = { observed: true, desired: 2, total: 2, updated: 2, available: 2 };

function makeStamped(overrides: Partial<Workload> = {}, instance: Partial<ContainerInstance> = {}, stamp = STAMP) {
  const annotations = { 'kubectl-reload.dev/config': stamp };
  const containers = [makeInstance({ startedAt: '2026-01-01T11:57:05Z', ...instance })];
  return makeWorkload({
    templateAnnotations: annotations,
    progress: DONE,
    pods: ['web-1', 'web-2'].map((name) => makePod({ ref: makeRef('Pod', name), annotations, containers })),
    ...overrides,
  });
}

const current = makeItem({ state: 'current', changedKeys: [] });

function actionsOf(workload: Workload, items = [current]): (RestartStep['action'] | 'skipped')[] {
  const { steps, skipped } = plan({ workloads: [workload], items });
  return [...steps.map(({ action }) => action), ...skipped.map(() => 'skipped' as const)];
}

describe('a workload that was restarted with its configs as they are now', () => {
  test('and is done and well is left alone', () => {
    expect(actionsOf(makeStamped())).toEqual(['skipped']);
  });

  test('and is not done is followed and not restarted once more, whether its old pods are stale or gone', () => {
    const underWay = [
      { ...DONE, observed: false },
      { ...DONE, updated: 1 },
      { ...DONE, available: 1 },
      { ...DONE, total: 3 },
    ];
    for (const progress of underWay) {
      expect(actionsOf(makeStamped({ progress }))).toEqual(['wait']);
      expect(actionsOf(makeStamped({ progress }), [makeItem()])).toEqual(['wait']);
    }
    const { steps } = plan({ workloads: [makeStamped({ progress: { ...DONE, updated: 1 } })], items: [current] });
    expect(steps[0]?.why).toEqual(['restarted 3m ago with this configuration, not yet healthy']);
  });

  test('and has a container that is down, or was restarted a moment ago, is followed', () => {
    expect(actionsOf(makeStamped({}, { running: false, startedAt: null }))).toEqual(['wait']);
    expect(actionsOf(makeStamped({}, { restartCount: 1, startedAt: '2026-01-01T11:59:30Z' }))).toEqual(['wait']);
    expect(actionsOf(makeStamped({}, { restartCount: 1, startedAt: '2026-01-01T11:58:30Z' }))).toEqual(['skipped']);
  });

  test('and is done, while the list of pods still has an old one, is not restarted once more', () => {
    const old = makePod({ ref: makeRef('Pod', 'web-0'), annotations: {}, containers: [makeInstance()] });
    const workload = makeStamped();
    expect(actionsOf({ ...workload, pods: [...workload.pods, old] }, [makeItem()])).toEqual(['wait']);
    expect(actionsOf(workload, [makeItem()])).toEqual(['patch']);
  });

  test('long ago, and is down for another cause, keeps nobody waiting; with old pods left it does', () => {
    const source = {
      kind: 'ConfigMap',
      name: 'web',
      uid: makeConfig().uid,
      resourceVersion: '100',
      content: null,
    } as const;
    const stamp = makeStamp([source], '2026-01-01T10:30:00Z');
    expect(actionsOf(makeStamped({}, { running: false }, stamp))).toEqual(['skipped']);
    expect(actionsOf(makeStamped({ progress: { ...DONE, updated: 1 } }, {}, stamp), [makeItem()])).toEqual(['wait']);
  });

  test('and whose pods hold nothing yet is followed', () => {
    expect(actionsOf(makeStamped({ pods: [], progress: { ...DONE, available: 0 } }), [])).toEqual(['wait']);
  });

  test('is not followed for what an init container, an ended pod, or a pod that is going does', () => {
    expect(actionsOf(makeStamped({}, { init: true, running: false }))).toEqual(['skipped']);
    const pods = [{ deleting: true }, { phase: 'Failed' }, { annotations: {} }].map((overrides) =>
      makePod({
        annotations: { 'kubectl-reload.dev/config': STAMP },
        containers: [makeInstance({ running: false })],
        ...overrides,
      }),
    );
    expect(actionsOf(makeStamped({ pods }))).toEqual(['skipped']);
  });

  test('and is not done is restarted when it is named or forced', () => {
    const workload = makeStamped({ progress: { ...DONE, updated: 1 } });
    expect(plan({ workloads: [workload], items: [current], force: true }).steps[0]?.action).toBe('patch');
    const named = plan({ workloads: [workload], items: [current], targets: { named: [workload.ref] } });
    expect(named.steps[0]?.action).toBe('patch');
  });

  test('and that nothing would come of is refused as ever', () => {
    const policy = { ...makeWorkload().policy, paused: true };
    const { steps, skipped } = plan({
      workloads: [makeStamped({ policy, progress: { ...DONE, updated: 1 } })],
      items: [makeItem()],
    });
    expect({ steps, codes: skipped.map(({ code }) => code) }).toEqual({ steps: [], codes: ['paused'] });
  });
});

describe('a workload that was restarted with other configs', () => {
  test('is restarted though that is under way, where it is stale', () => {
    const workload = makeStamped({ progress: { ...DONE, updated: 1 } }, {}, stampOf('99'));
    expect(actionsOf(workload, [makeItem()])).toEqual(['patch']);
  });

  test('is followed where it is current and not done, or still to start: its pods run the configs of now', () => {
    const unready = makeStamped({ progress: { ...DONE, available: 1 } }, {}, stampOf('99'));
    const starting = makeStamped({}, { running: false, startedAt: null }, stampOf('99'));
    for (const workload of [unready, starting]) {
      const { steps } = plan({ workloads: [workload], items: [current] });
      expect(steps).toMatchObject([{ action: 'wait', why: ['restarted 3m ago, not yet healthy'] }]);
    }
  });

  test('is restarted where it is down: what it ended for may have been mended', () => {
    for (const items of [[current], []]) {
      const { steps } = plan({
        workloads: [makeStamped({}, { running: false, startedAt: null, restartCount: 1 }, stampOf('99'))],
        items,
      });
      expect(steps).toMatchObject([
        { action: 'patch', why: ['not healthy since its restart 3m ago, and its configuration was written since'] },
      ]);
    }
  });
});

test('a workload that we never restarted is not followed, however it is', () => {
  const workload = makeStamped({ templateAnnotations: {}, progress: { ...DONE, available: 0 } });
  expect(actionsOf(workload)).toEqual(['skipped']);
});
