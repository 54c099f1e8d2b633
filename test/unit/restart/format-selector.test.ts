import { expect, test } from 'bun:test';
import { formatSelector } from '../../../src/restart/format-selector.ts';

test('selectors of every form are put as a query takes them', () => {
  const matchExpressions = [
    { key: 'tier', operator: 'In', values: ['a', 'b'] },
    { key: 'zone', operator: 'NotIn', values: ['x'] },
    { key: 'app', operator: 'Exists' },
    { key: 'old', operator: 'DoesNotExist' },
  ];
  expect(formatSelector({ spec: { selector: { matchLabels: { app: 'web' }, matchExpressions } } })).toBe(
    'app=web,tier in (a,b),zone notin (x),app,!old',
  );
  expect(formatSelector({ spec: { selector: { app: 'web', tier: 'a' } } })).toBe('app=web,tier=a');
});
