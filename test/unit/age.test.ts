import { expect, test } from 'bun:test';
import { formatAge } from '../../src/age.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [-5, '0s'],
  [0, '0s'],
  [119, '119s'],
  [2 * MINUTE, '2m'],
  [5 * MINUTE + 12, '5m12s'],
  [12 * MINUTE + 30, '12m'],
  [179 * MINUTE, '179m'],
  [3 * HOUR + 5 * MINUTE, '3h5m'],
  [9 * HOUR + 5 * MINUTE, '9h'],
  [2 * DAY + 4 * HOUR, '2d4h'],
  [40 * DAY, '40d'],
  [3 * 365 * DAY + 12 * DAY, '3y12d'],
  [9 * 365 * DAY + 12 * DAY, '9y'],
])('%d seconds are %s, as kubectl prints them', (seconds, text) => {
  expect(formatAge(seconds * 1000)).toBe(text);
});
