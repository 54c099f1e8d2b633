import type { Style } from './style.ts';
import { stripStyles } from './style.ts';
import { escapeControls } from './text.ts';

/** One column: its title, and the text of a row. Cells are escaped here, styles are put on afterwards. */
export interface Column<Row> {
  title: string;
  cell(row: Row): string;
  style?(row: Row): Style;
}

/**
 * A table as kubectl draws it: titles in capitals, two blanks between columns, nothing after the last.
 * @returns lines with a newline each; '' when there are no rows
 */
export function renderTable<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  options: { headers: boolean },
): string {
  if (rows.length === 0) return '';
  const cells = rows.map((row) => columns.map((column) => escapeControls(column.cell(row)) || '-'));
  const widths = columns.map((column, index) =>
    cells.reduce(
      (widest, line) => Math.max(widest, Math.min(WIDEST, displayWidth(line[index] ?? ''))),
      options.headers ? column.title.length : 0,
    ),
  );
  const lines = cells.map((line, at) =>
    line.map((text, index) => {
      const row = rows[at];
      const style = row === undefined ? undefined : columns[index]?.style?.(row);
      return { text, shown: style === undefined ? text : style(text) };
    }),
  );
  if (options.headers) lines.unshift(columns.map(({ title }) => ({ text: title, shown: title })));
  return lines
    .map((line) =>
      line
        .map(({ text, shown }, index) => shown + ' '.repeat(Math.max(0, (widths[index] ?? 0) - displayWidth(text)) + 2))
        .join('')
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

/** Letters: a longer cell moves the rest of its own row aside, and not that of all rows. */
const WIDEST = 250;

function displayWidth(text: string): number {
  return [...stripStyles(text)].length;
}
