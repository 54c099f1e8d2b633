import { expect, test } from 'bun:test';
import { parseQuantity } from '../../../src/objects/quantity.ts';

test.each([
  ['100m', 0.1],
  ['2', 2],
  [3, 3],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['.5', 0.5],
  ['2.', 2],
  ['-1k', -1000],
  ['+4M', 4e6],
  ['1e3', 1000],
  ['1E3', 1000],
  ['2E', 2e18],
  ['12e-1', 1.2],
  ['250u', 2.5e-4],
  ['128974848', 128974848],
  ['129e6', 129e6],
  ['123Mi', 123 * 2 ** 20],
])('the quantity %p is %p', (text, amount) => {
  expect(parseQuantity(text)).toBeCloseTo(amount, 10);
});

test.each([[''], ['x'], ['1 Gi'], ['1Xi'], ['1gi'], ['1constructor'], [null], [undefined], [{}], [Number.NaN]])(
  '%p is no quantity',
  (value) => {
    expect(parseQuantity(value)).toBeNull();
  },
);
