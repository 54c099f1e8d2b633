import { expect, test } from 'bun:test';
import { findNextTurn } from '../../../src/staleness/next-turn.ts';
import type { State, StatusItem } from '../../../src/types.ts';
import { makeRef, makeUse } from '../../support/make-objects.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');

function makeItem(changedAt: string | null, ...states: State[]): StatusItem {
  const pod = { name: 'web', evidence: 'time' as const, startedAt: '2026-01-01T10:00:00Z', reason: 'why' };
  const pods = states.map((state) => ({ ...pod, state }));
  const verdict = { state: states[0] ?? 'current', evidence: 'time' as const, reason: 'why' };
  return {
    ...makeUse(),
    workload: makeRef('Deployment', 'web'),
    ...verdict,
    changedAt,
    changedBy: null,
    changedKeys: [],
    pods,
  };
}

test('a pending row turns 90 s after the change, the nearest one first', () => {
  const items = [makeItem('2026-01-01T11:59:50Z', 'pending'), makeItem('2026-01-01T11:59:00Z', 'stale', 'pending')];
  expect(findNextTurn(items, NOON)).toBe(30_000);
  expect(findNextTurn(items.slice(0, 1), NOON)).toBe(80_000);
});

test('no other row turns by itself', () => {
  expect(findNextTurn([makeItem('2026-01-01T11:59:50Z', 'stale', 'current')], NOON)).toBe(Number.POSITIVE_INFINITY);
});

test('a turn that is overdue, by clocks that differ, is looked for soon but not at once', () => {
  expect(findNextTurn([makeItem('2026-01-01T11:00:00Z', 'pending')], NOON)).toBe(500);
});
