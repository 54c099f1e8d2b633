import { expect, test } from 'bun:test';
import { findNearestWord } from '../../src/nearest-word.ts';

const COMMANDS = ['status', 'deps', 'diff', 'restart', 'rollout-status', 'probe', 'version', 'help'];

test.each([
  ['restrat', 'restart'],
  ['stauts', 'status'],
  ['dif', 'diff'],
  ['rolout-status', 'rollout-status'],
  ['porbe', 'probe'],
  ['get', undefined],
  ['apply', undefined],
  ['', undefined],
])('of the commands %j comes nearest to %p', (typed, expected) => {
  expect(findNearestWord(typed, COMMANDS)).toBe(expected);
});

test('two letters that changed places count as one', () => {
  expect(findNearestWord('wbe', ['web'])).toBe('web');
  expect(findNearestWord('wxe', ['web'])).toBeUndefined();
});

test('of two the nearer one is found, of two that are equally near the first', () => {
  expect(findNearestWord('frontend', ['frontendxx', 'frontends', 'frontent'])).toBe('frontends');
});
