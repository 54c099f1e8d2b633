import { describe, expect, test } from 'bun:test';
import { spread } from '../../../src/staleness/observe-groups.ts';

describe('a choice of a list', () => {
  const list = (length: number) => Array.from({ length }, (_, index) => index);

  test('is all of it where that is not too much', () => {
    expect(spread(list(0), 3)).toEqual([]);
    expect(spread(list(3), 3)).toEqual([0, 1, 2]);
  });

  test('goes from its first to its last at even distances, each once', () => {
    expect(spread(list(4), 3)).toEqual([0, 2, 3]);
    expect(spread(list(101), 5)).toEqual([0, 25, 50, 75, 100]);
    expect(new Set(spread(list(21), 20)).size).toBe(20);
  });
});
