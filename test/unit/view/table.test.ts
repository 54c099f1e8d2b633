import { expect, test } from 'bun:test';
import { makeStyles } from '../../../src/view/style.ts';
import { renderTable } from '../../../src/view/table.ts';

const COLUMNS = [
  { title: 'NAME', cell: (row: { name: string; state: string }) => row.name },
  { title: 'STATE', cell: (row: { name: string; state: string }) => row.state },
];

test('columns line up, and nothing stands after the last', () => {
  const rows = [
    { name: 'web', state: 'stale' },
    { name: 'database', state: 'current' },
  ];
  expect(renderTable(rows, COLUMNS, { headers: true })).toBe('NAME      STATE\nweb       stale\ndatabase  current\n');
});

test('an empty cell is a dash, and no rows are no table', () => {
  expect(renderTable([{ name: '', state: 'x' }], COLUMNS, { headers: false })).toBe('-  x\n');
  expect(renderTable([], COLUMNS, { headers: true })).toBe('');
});

test('control characters of a cell are shown as escapes and cannot move the cursor', () => {
  const rows = [{ name: 'a\x1b[2Jb\nc\u202ed\u{e0041}', state: 'x' }];
  expect(renderTable(rows, COLUMNS, { headers: false })).toBe('a\\x1b[2Jb\\nc\\u202ed\\u{e0041}  x\n');
});

test('colours do not change the widths', () => {
  const styles = makeStyles(true);
  const columns = [
    { ...COLUMNS[1], title: 'STATE', cell: (row: { state: string }) => row.state, style: () => styles.bad },
    { title: 'END', cell: () => 'e' },
  ];
  expect(renderTable([{ state: 'stale' }], columns, { headers: true })).toBe('STATE  END\n\x1b[31mstale\x1b[39m  e\n');
});
