import { describe, expect, test } from 'bun:test';
import { parse } from 'yaml';
import { formatJson, renderReport } from '../../../src/view/report.ts';
import { makeRandom } from '../../support/random.ts';

/** What a terminal acts upon, what reorders what a person reads, and what is not seen at all. */
const HOSTILE = [
  '\x1b[2J',
  '\x1b]8;;http://x\x1b\\',
  '\x07',
  '\x7f',
  '\x9b31m',
  '\x9d0;title\x9c',
  '\x85',
  '\u00ad',
  '\u200b',
  '\u202e',
  '\u2066',
  '\u2069',
  '\u2028',
  '\u2029',
  '\ufeff',
  '\u{e0041}',
  '\ud800',
  '\r',
  '\0',
] as const;
/** Anything but what every output has: letters, and the newlines, tabs and blanks between them. */
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;
const WORDS = ['web', ' ', '\n', '\t', '"', '\\', "'", ': ', ' #', '- ', '\\u0041', 'é', '👍', '{', '%', '|'] as const;

function makeTexts(): string[] {
  const { pick, some } = makeRandom(20260102);
  return Array.from({ length: 400 }, () => some(8, () => pick([pick([...HOSTILE]), pick([...WORDS])])).join(''));
}

const fields = (texts: readonly string[]) => ({
  items: texts,
  names: Object.fromEntries(texts.map((text, index) => [`${text}${index}`, 1])),
});

describe('a report', () => {
  test.each(['json', 'yaml'] as const)(
    'as %s has no letter that a terminal acts upon, and loses none',
    async (format) => {
      const texts = [...HOSTILE, ...makeTexts()];
      const report = await renderReport('StatusReport', texts, format, fields(texts));
      expect(UNSAFE.exec(report)?.[0]).toBeUndefined();
      const read = format === 'json' ? JSON.parse(report) : parse(report);
      expect(read).toEqual({ apiVersion: 'kubectl-reload.dev/v1alpha1', kind: 'StatusReport', ...fields(texts) });
    },
  );

  test('as yaml repeats what stands in it twice, and has no anchors', async () => {
    const item = { name: 'web' };
    expect(await renderReport('StatusReport', [item, item], 'yaml')).toBe(
      'apiVersion: kubectl-reload.dev/v1alpha1\nkind: StatusReport\nitems:\n  - name: web\n  - name: web\n',
    );
  });
});

test('JSON on one line spells letters beyond 16 bits as two', () => {
  expect(formatJson({ a: '\x9b', b: '\u{e0041}' })).toBe('{"a":"\\u009b","b":"\\udb40\\udc41"}');
});
