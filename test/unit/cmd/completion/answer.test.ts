import { expect, test } from 'bun:test';
import { formatAnswer } from '../../../../cmd/completion/answer.ts';

test('an answer is a candidate a line, a tab before its description, and the sum of the directives', () => {
  const candidates = [{ text: 'a', description: 'first' }, { text: 'b' }];
  expect(formatAnswer({ candidates })).toBe('a\tfirst\nb\n:4\n');
  expect(formatAnswer({ candidates: [{ text: 'a/' }], noSpace: true })).toBe('a/\n:6\n');
});

test('the shell is told to offer files or directories', () => {
  expect(formatAnswer({ candidates: [], files: 'files' })).toBe(':0\n');
  expect(formatAnswer({ candidates: [], files: 'directories' })).toBe(':16\n');
});

test('a candidate that would break the line or the terminal is left out, and such a description is escaped', () => {
  const candidates = ['a\nb', 'a\tb', 'a\x1b[2J', 'a\u202eb', '', 'fine'].map((text) => ({
    text,
    description: 'x\ny',
  }));
  expect(formatAnswer({ candidates })).toBe('fine\tx\\ny\n:4\n');
});

test('two ways to write the same are one', () => {
  expect(formatAnswer({ candidates: [{ text: 'a' }, { text: 'a' }] })).toBe('a\n:4\n');
});
