import { describe, expect, test } from 'bun:test';
import { compileNamePattern } from '../../../src/graph/name-pattern.ts';

const select = (item: string, ...names: string[]): string[] => compileNamePattern(item)(names);

describe('a pattern', () => {
  test('matches whole names', () => {
    expect(select('web', 'web', 'web-1', 'my-web')).toEqual(['web']);
    expect(select('web-[0-9]+', 'web', 'web-1', 'web-12', 'web-x')).toEqual(['web-1', 'web-12']);
    expect(select('(?:a|b)-c', 'a-c', 'b-c', 'c-c')).toEqual(['a-c', 'b-c']);
    expect(select('web\\.cfg', 'web.cfg', 'web-cfg')).toEqual(['web.cfg']);
  });

  test('anchors only the ends of alternatives without brackets, as in Reloader', () => {
    expect(select('web|db', 'web-1', 'my-db', 'web', 'x')).toEqual(['web-1', 'my-db', 'web']);
  });

  test.each(['[', '(', '*', 'a{2,1}', '(?i)web', '\\Aweb', '\\p{L}+', '[[:alpha:]]+', '(?=web)web', '(a)\\1'])(
    'that is broken or means something else in Go (%s) is only itself',
    (item) => {
      expect(select(item, 'web', 'aa', item)).toEqual([item]);
    },
  );

  test.each([
    ['a nested repetition', '(a+)+b'],
    ['repeated alternatives', '(a|aa)*b'],
    ['a counted group', '(a*){100}b'],
    ['many repetitions', 'a*a*a*a*a*b'],
    ['one that hides behind a class', '([a]|[ab])*b'],
    ['many signs that may be absent', `${'a?'.repeat(60)}b`],
    ['great length', `${'a?'.repeat(200)}b`],
  ])('that could take for ever (%s) is only itself', (_, item) => {
    expect(select(item, 'aaab', item)).toEqual([item]);
  });
});
