import { expect, test } from 'bun:test';
import { findKeyChange } from '../../../src/staleness/change-time.ts';
import { makeConfig } from '../../support/make-objects.ts';

const KEYS = [
  { key: 'A', at: '2026-01-01T09:00:00Z', by: 'helm' },
  { key: 'B', at: '2026-01-01T11:00:00Z', by: 'kubectl-edit' },
];

test('only the keys that a reference uses count', () => {
  const change = findKeyChange(makeConfig({ keys: KEYS }), ['A']);
  expect(change).toEqual({ at: '2026-01-01T09:00:00Z', by: 'helm', writes: KEYS.slice(0, 1), certain: true });
});

test('all keys change when the newest of them does', () => {
  expect(findKeyChange(makeConfig({ keys: KEYS }), null)).toMatchObject({
    at: '2026-01-01T11:00:00Z',
    by: 'kubectl-edit',
  });
});

test('a key without an owner makes the change uncertain', () => {
  expect(findKeyChange(makeConfig({ keys: KEYS }), ['A', 'C']).certain).toBe(false);
});

test('an owner without a time makes the change uncertain', () => {
  expect(findKeyChange(makeConfig({ keys: [{ key: 'A', at: null, by: 'kubectl' }] }), ['A']).certain).toBe(false);
});

test('keys that nobody owns make a use of all keys uncertain', () => {
  expect(findKeyChange(makeConfig({ keys: KEYS, keysComplete: false }), null).certain).toBe(false);
});

test('an empty config is as old as its creation', () => {
  expect(findKeyChange(makeConfig({ keys: [] }), null)).toMatchObject({
    at: '2026-01-01T09:00:00Z',
    by: null,
    certain: true,
  });
});
