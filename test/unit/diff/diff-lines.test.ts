import { describe, expect, test } from 'bun:test';
import { applyPatch } from 'diff';
import { countLines, diffLines, makeLineBudget } from '../../../src/diff/diff-lines.ts';
import { makeRandom } from '../../support/random.ts';

const OPTIONS = { context: 3, budget: makeLineBudget(() => 0, 60_000) };
const diff = (from: string | null, to: string | null, context = 3) => diffLines(from, to, { ...OPTIONS, context });

describe('values of one line', () => {
  test.each([
    ['info', 'debug', ['@@ -1 +1 @@', '-info', '+debug']],
    ['', 'x', ['@@ -1 +1 @@', '-', '+x']],
    [null, 'x', ['@@ -0,0 +1 @@', '+x']],
    [null, '', ['@@ -0,0 +1 @@', '+']],
    ['x', null, ['@@ -1 +0,0 @@', '-x']],
    ['a\rb', 'a\rc', ['@@ -1 +1 @@', '-a\rb', '+a\rc']],
  ])('%j to %j needs no word about newlines', (from, to, lines) => {
    expect(diff(from, to)).toEqual(lines);
  });
});

describe('values of several lines', () => {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => `${index + 1}\n`).join('');

  test('come as hunks with three lines around', () => {
    expect(diff(numbers(9), numbers(9).replace('5\n', 'five\n'))).toEqual([
      '@@ -2,7 +2,7 @@',
      ...[' 2', ' 3', ' 4', '-5', '+five', ' 6', ' 7', ' 8'],
    ]);
  });

  test('come with as many lines around as asked for', () => {
    expect(diff(numbers(9), numbers(9).replace('5\n', ''), 0)).toEqual(['@@ -5 +4,0 @@', '-5']);
  });

  test('say on which side the newline at the end is missing', () => {
    expect(diff('a\nb\n', 'a\nb')).toEqual(['@@ -1,2 +1,2 @@', ' a', '-b', '+b', '\\ No newline at end of file']);
    expect(diff('a', 'a\n')).toEqual(['@@ -1 +1 @@', '-a', '\\ No newline at end of file', '+a']);
    expect(diff(null, 'a\nb')).toEqual(['@@ -0,0 +1,2 @@', '+a', '+b', '\\ No newline at end of file']);
  });

  test('keep carriage returns apart from line feeds', () => {
    expect(diff('a\r\nb\n', 'a\nb\n')).toEqual(['@@ -1,2 +1,2 @@', '-a\r', '+a', ' b']);
  });

  test('that appear or go are all there', () => {
    expect(diff(null, 'a\nb\n')).toEqual(['@@ -0,0 +1,2 @@', '+a', '+b']);
    expect(diff('', 'a\nb\n')).toEqual(['@@ -0,0 +1,2 @@', '+a', '+b']);
    expect(diff('a\nb\n', null)).toEqual(['@@ -1,2 +0,0 @@', '-a', '-b']);
    expect(diff('a\n', '')).toEqual(['@@ -1 +0,0 @@', '-a']);
  });

  test('are turned into each other by the hunks', () => {
    const { below: draw } = makeRandom(4);
    let compared = 0;
    for (let round = 0; round < 300; round++) {
      const lines = Array.from({ length: 1 + draw(30) }, () => 'abc\r'[draw(4)] ?? '');
      const changed = lines.flatMap((line) => (draw(8) > 0 ? [line] : draw(2) > 0 ? [] : [line, 'new']));
      const [from, to] = [lines, changed].map((part) => part.join('\n') + (draw(2) > 0 ? '\n' : ''));
      if (from === undefined || to === undefined || from === to || !`${from}${to}`.includes('\n')) continue;
      compared++;
      const hunks = diff(from, to, draw(4)) ?? [];
      expect(applyPatch(from, `--- a\n+++ b\n${hunks.join('\n')}\n`, { autoConvertLineEndings: false })).toBe(to);
    }
    expect(compared).toBeGreaterThan(150);
  });
});

describe('texts without end', () => {
  const many = (word: string) => Array.from({ length: 30_000 }, (_, index) => `${word} ${index}\n`).join('');

  test('that have nothing in common are given up', () => {
    expect(diff(many('a'), many('b'))).toBeNull();
  }, 30_000);

  test('with one change are compared', () => {
    expect(diff(many('a'), many('a').replace('a 20000\n', ''), 0)).toEqual(['@@ -20001 +20000,0 @@', '-a 20000']);
  });

  test('are not begun with when the time is over', () => {
    expect(diffLines('a\nb\n', 'a\nc\n', { context: 3, budget: makeLineBudget(() => 0, 0) })).toBeNull();
  });

  test('use up the budget together', () => {
    let now = 0;
    const budget = makeLineBudget(() => (now += 40), 100);
    const results = Array.from({ length: 4 }, () => diffLines('a\nb\n', 'a\nc\n', { context: 3, budget }));
    expect(results.map((lines) => lines === null)).toEqual([false, false, false, true]);
  });

  test('of one line need no time', () => {
    const [from, to] = ['x'.repeat(1 << 20), 'y'.repeat(1 << 20)];
    expect(diffLines(from, to, { context: 3, budget: makeLineBudget(() => 0, 0) })).toHaveLength(3);
  });
});

test('a last line counts with and without its newline', () => {
  expect(['', 'a', 'a\n', 'a\nb', 'a\nb\n', '\n\n'].map(countLines)).toEqual([0, 1, 1, 2, 2, 2]);
});
