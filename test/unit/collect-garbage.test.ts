import { expect, test } from 'bun:test';
import { makeCollectGarbage } from '../../src/collect-garbage.ts';

/** A heap of so many bytes in use, which garbage of so many comes to before each look. */
function look(looks: readonly { inUse: number; garbage: number }[], collects = true) {
  let size = 0;
  let inUse = 0;
  const collected: number[] = [];
  const collect = (): void => {
    collected.push(size);
    size = inUse;
  };
  const heap = { size: () => size, collect: collects ? collect : undefined };
  const collectGarbage = makeCollectGarbage(heap, { least: 80, step: 30 });
  for (const next of looks) {
    inUse = next.inUse;
    size += next.garbage;
    collectGarbage();
  }
  return collected;
}

test('garbage of a small heap is left alone', () => {
  expect(look(Array.from({ length: 3 }, () => ({ inUse: 10, garbage: 20 })))).toEqual([]);
});

test('garbage is collected once the heap is large, and again when it has grown by some', () => {
  const looks = Array.from({ length: 8 }, () => ({ inUse: 100, garbage: 20 }));
  expect(look(looks)).toEqual([80, 140, 140]);
});

test('a heap that stays in use is looked at again only when there is more', () => {
  expect(
    look([{ inUse: 300, garbage: 300 }, ...Array.from({ length: 5 }, () => ({ inUse: 300, garbage: 0 }))]),
  ).toEqual([300]);
});

test('a runtime that does not give its collector away is left to itself', () => {
  expect(look([{ inUse: 300, garbage: 300 }], false)).toEqual([]);
});
