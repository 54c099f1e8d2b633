import { describe, expect, test } from 'bun:test';
import { measureHeight } from '../../../src/view/live-frame.ts';
import { layOutStatus } from '../../../src/view/status-frame.ts';

const table = (rows: number) => `TITLE\n${Array.from({ length: rows }, (_, index) => `row ${index + 1}\n`).join('')}`;
const frame = { headers: true, summary: 'summary.\n  advice\n', notes: ['note'] };

describe('a status that is watched', () => {
  test('is the table, the summary and what is said of the watch', () => {
    expect(layOutStatus({ ...frame, table: table(2) }, { columns: 80, rows: 24 })).toEqual([
      'TITLE',
      'row 1',
      'row 2',
      '',
      'summary.',
      '  advice',
      '',
      'note',
    ]);
  });

  test('begins with the summary when there are no rows', () => {
    expect(layOutStatus({ ...frame, table: '' }, { columns: 80, rows: 24 })[0]).toBe('summary.');
  });

  test('says how many rows more there are than fit the screen, and leaves a line for the cursor', () => {
    const lines = layOutStatus({ ...frame, table: table(30) }, { columns: 80, rows: 12 });
    expect(lines).toHaveLength(11);
    expect(lines.slice(0, 7)).toEqual(['TITLE', 'row 1', 'row 2', 'row 3', 'row 4', 'and 26 more rows', '']);
    const exact = layOutStatus({ ...frame, table: table(5) }, { columns: 80, rows: 12 });
    expect(exact.slice(0, 6)).toEqual(['TITLE', 'row 1', 'row 2', 'row 3', 'row 4', 'row 5']);
  });

  test('counts rows without titles where there are none', () => {
    const lines = layOutStatus({ ...frame, headers: false, table: 'a\nb\nc\nd\ne\n' }, { columns: 80, rows: 9 });
    expect(lines.slice(0, 3)).toEqual(['a', 'b', 'and 3 more rows']);
  });

  test.each([1, 2, 3, 5, 8])('fits a screen of %d rows, and one on which every line wraps', (rows) => {
    const lines = layOutStatus({ ...frame, table: table(30) }, { columns: 4, rows });
    expect(lines.at(-1)).toBe('note');
    if (rows > 1) expect(measureHeight(lines, 4)).toBeLessThan(rows);
  });
});
