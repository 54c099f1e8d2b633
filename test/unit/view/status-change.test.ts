import { describe, expect, test } from 'bun:test';
import type { PodVerdict, State, StatusItem } from '../../../src/types.ts';
import { compareStatus, describeVerdict, renderStatusChange } from '../../../src/view/status-change.ts';
import { makeRef, makeUse } from '../../support/make-objects.ts';

function makePods(...states: State[]): PodVerdict[] {
  return states.map((state, index) => ({
    name: `web-${index}`,
    state,
    evidence: 'time',
    startedAt: '2026-01-01T10:00:00Z',
    reason: 'why',
  }));
}

function makeItem(state: State, overrides: Partial<StatusItem> = {}): StatusItem {
  return {
    ...makeUse(),
    workload: makeRef('Deployment', 'web'),
    state,
    evidence: 'time',
    reason: 'why',
    changedAt: '2026-01-01T11:48:00Z',
    changedBy: 'kubectl-edit',
    changedKeys: ['LEVEL'],
    pods: makePods(state, state),
    ...overrides,
  };
}

const describeShort = (item: StatusItem) => describeVerdict(item, false);
const render = (before: StatusItem[], after: StatusItem[], all = false) =>
  compareStatus(before, after, { all, describe: describeShort }).map((change) =>
    renderStatusChange(change, 'TIME', { wide: false, showNamespace: false }),
  );

describe('changes of a status', () => {
  test('tell from which state to which, how many pods, and who changed it', () => {
    const stale = makeItem('stale', { pods: makePods('stale', 'current', 'current') });
    expect(render([makeItem('current')], [stale])).toEqual([
      'TIME deployment/web app configmap/web env LEVEL: current -> stale (1/3 pods), changed 2026-01-01T11:48:00Z by kubectl-edit\n',
    ]);
    expect(render([stale], [makeItem('current')])).toEqual([
      'TIME deployment/web app configmap/web env LEVEL: stale -> current (2/2 pods)\n',
    ]);
  });

  test('tell a row that is new, one that is gone, and one of which only the pods are others', () => {
    const broken = makeItem('missing', { changedAt: null, changedBy: null, pods: [] });
    expect(render([], [broken])).toEqual(['TIME deployment/web app configmap/web env LEVEL: missing\n']);
    expect(render([broken], [])).toEqual(['TIME deployment/web app configmap/web env LEVEL: missing -> gone\n']);
    const fewer = makeItem('stale', { pods: makePods('stale', 'current') });
    expect(render([makeItem('stale')], [fewer])[0]).toContain('LEVEL: stale (1/2 pods), changed');
  });

  test('pass over rows that were current and still are, unless all are wanted', () => {
    const before = [makeItem('current')];
    const after = [makeItem('current', { pods: makePods('current') }), makeItem('current', { at: 'OTHER' })];
    expect(render(before, after)).toEqual([]);
    expect(render(before, after, true)).toHaveLength(2);
    expect(render(after, [])).toEqual([]);
    expect(render(before, before, true)).toEqual([]);
  });

  test('keep two uses of one container apart', () => {
    const uses = (state: State) => [makeItem(state), makeItem('current', { via: 'subPath', at: '/etc/x' })];
    expect(compareStatus(uses('current'), uses('stale'), { all: true, describe: describeShort })).toEqual([
      { change: 'modified', before: 'current', item: makeItem('stale') },
    ]);
  });

  test('carry keys, reason and evidence where more is wanted, and the namespace where there are several', () => {
    const [change] = compareStatus([], [makeItem('stale')], { all: false, describe: describeShort });
    if (change === undefined) throw new Error('no change');
    expect(renderStatusChange(change, 'TIME', { wide: true, showNamespace: true })).toBe(
      'TIME shop deployment/web app configmap/web env LEVEL: stale (2/2 pods), changed 2026-01-01T11:48:00Z by kubectl-edit, keys LEVEL: why (time)\n',
    );
  });

  test('show control characters of the cluster as escapes', () => {
    expect(render([], [makeItem('stale', { changedBy: 'evil\x1b[2J' })])[0]).toContain('evil\\x1b[2J');
  });
});
