import { describe, expect, test } from 'bun:test';
import type { ConfigValue } from '../../../src/diff/config-values.ts';
import { makeLineBudget } from '../../../src/diff/diff-lines.ts';
import { diffValue } from '../../../src/diff/diff-value.ts';

const OPTIONS = { context: 3, showSecrets: false, budget: makeLineBudget(() => 0, 60_000) };
const value = (content: string | number[], field: ConfigValue['field'] = 'data'): ConfigValue => ({
  bytes: typeof content === 'string' ? Buffer.from(content) : Buffer.from(content),
  field,
});
const text = (
  from: string | null,
  to: string | null,
  kind: 'ConfigMap' | 'Secret' = 'ConfigMap',
  showSecrets = false,
) => diffValue(from === null ? null : value(from), to === null ? null : value(to), kind, { ...OPTIONS, showSecrets });

describe('a Secret is masked as kubectl masks it', () => {
  test('a changed value', () => {
    expect(text('hunter2', 'hunter3', 'Secret')).toEqual({
      change: 'changed',
      diff: '@@ -1 +1 @@\n-*** (before)\n+*** (after)',
      note: '',
    });
  });

  test('a value on one side', () => {
    expect(text(null, 'hunter2', 'Secret')).toEqual({ change: 'added', diff: '@@ -0,0 +1 @@\n+***', note: '' });
    expect(text('hunter2', null, 'Secret')).toEqual({ change: 'removed', diff: '@@ -1 +0,0 @@\n-***', note: '' });
  });

  test('the same value is no difference', () => {
    expect(text('hunter2', 'hunter2', 'Secret')).toBeNull();
  });

  test('many lines and bytes that are no text look like any other value', () => {
    const masked = text('a', 'b', 'Secret');
    expect(text('a\nb\n', 'a\nc', 'Secret')).toEqual(masked);
    expect(diffValue(value([0xff, 0xfe]), value([0]), 'Secret', OPTIONS)).toEqual(masked);
  });

  test('is shown when it is asked for, but never as a hash', () => {
    expect(text('old', 'new', 'Secret', true)?.diff).toBe('@@ -1 +1 @@\n-old\n+new');
    const shown = diffValue(value([0, 1]), value([0, 2]), 'Secret', { ...OPTIONS, showSecrets: true });
    expect(shown).toEqual({ change: 'changed', diff: '', note: 'binary, 2 bytes -> 2 bytes' });
  });
});

describe('bytes that are no text', () => {
  test('are told by their size and a hash', () => {
    expect(
      diffValue(value([0xc3, 0x28], 'binaryData'), value([1, 2, 3, 0], 'binaryData'), 'ConfigMap', OPTIONS),
    ).toEqual({
      change: 'changed',
      diff: '',
      note: 'binary, 2 bytes -> 4 bytes, sha256 eddf68639913 -> 1666d9845b24',
    });
  });

  test('are so by one byte that is no UTF-8, or by a NUL', () => {
    for (const bytes of [
      [0x61, 0xff],
      [0x61, 0],
    ]) {
      expect(diffValue(value(bytes), value('a'), 'ConfigMap', OPTIONS)?.note).toStartWith(
        'binary, 2 bytes -> 1 byte, ',
      );
    }
  });

  test('that are new or gone have one size', () => {
    expect(diffValue(null, value([0]), 'ConfigMap', OPTIONS)?.note).toMatch(/^binary, 1 byte, sha256 [0-9a-f]{12}$/);
    expect(diffValue(value([0]), null, 'ConfigMap', OPTIONS)?.note).toMatch(/^binary, 1 byte, sha256 [0-9a-f]{12}$/);
  });

  test('that are text after all are shown as such', () => {
    expect(diffValue(value('a', 'binaryData'), value('b', 'binaryData'), 'ConfigMap', OPTIONS)?.diff).toBe(
      '@@ -1 +1 @@\n-a\n+b',
    );
  });
});

describe('a key that moves between data and binaryData', () => {
  test('is a difference even with the same bytes: no variable can take its value any more', () => {
    expect(diffValue(value('a'), value('a', 'binaryData'), 'ConfigMap', OPTIONS)).toEqual({
      change: 'changed',
      diff: '',
      note: 'moved from data to binaryData: the same bytes',
    });
  });

  test('shows what changed as well', () => {
    expect(diffValue(value('a', 'binaryData'), value('b'), 'ConfigMap', OPTIONS)).toEqual({
      change: 'changed',
      diff: '@@ -1 +1 @@\n-a\n+b',
      note: 'moved from binaryData to data',
    });
  });
});

test('a byte order mark is a difference', () => {
  expect(text('a', '\uFEFFa')?.change).toBe('changed');
  expect(text('a\n', '\uFEFFa\n')?.diff).toBe('@@ -1 +1 @@\n-a\n+\uFEFFa');
});

test('what cannot be compared in time is told by the number of its lines', () => {
  const options = { ...OPTIONS, budget: makeLineBudget(() => 0, 0) };
  expect(diffValue(value('a\nb\n'), value('a\nc\nd'), 'ConfigMap', options)).toEqual({
    change: 'changed',
    diff: '',
    note: 'too much changed to show it as lines: 2 lines -> 3 lines',
  });
});
