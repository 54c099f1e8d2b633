import { expect, test } from 'bun:test';
import { cutLines } from '../../../src/view/diff-line.ts';

const long = (middle: string) => `${'a'.repeat(5000)}${middle}${'b'.repeat(5000)}`;

test('lines of usual length stay', () => {
  const lines = ['@@ -1 +1 @@', '-a', '+b'];
  expect(cutLines(lines)).toEqual(lines);
});

test('a long line and the one that takes its place are shown from the first difference on', () => {
  const [head, removed = '', added = ''] = cutLines(['@@ -1 +1 @@', `-${long('X')}`, `+${long('Y')}`]);
  expect(head).toBe('@@ -1 +1 @@');
  expect(removed).toMatch(/^-\[4940 letters alike\] a{60}Xb{939} \[4061 more letters: see -o json\]$/);
  expect(added).toMatch(/^\+\[4940 letters alike\] a{60}Yb{939} \[4061 more letters: see -o json\]$/);
});

test('a long line without a partner is shown from its beginning', () => {
  expect(cutLines([`+${long('X')}`])[0]).toMatch(/^\+a{1000} \[9001 more letters: see -o json\]$/);
  expect(cutLines([` ${long('X')}`, '-a', '+b']).map((line) => line.length < 1100)).toEqual([true, true, true]);
});

test('of several lines each has its own partner', () => {
  const cut = cutLines([`-${long('1')}`, `-${long('2')}`, `+${long('3')}`, `+c${long('2')}`]);
  expect(cut[0]).toStartWith('-[4940 letters alike]');
  expect(cut[1]).toStartWith('-aaa');
  expect(cut[3]).toStartWith('+caaa');
});
