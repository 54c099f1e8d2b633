/** A small terminal: what a program's output leaves on the screen. It knows the sequences that our frames use, and no others. */
export interface Terminal {
  columns: number;
  rows: number;
  write(text: string): void;
  size(): { columns: number; rows: number };
  /** Becomes another size: lines that are too long for it are wrapped anew, as most terminals do it. */
  resize(columns: number, rows: number): void;
  /** The lines of the screen down to the cursor, without blanks at their ends. */
  screen(): string[];
  /** The lines that have scrolled out of the screen, without blanks at their ends. */
  scrolledOut(): string[];
}

const ESCAPE = '\x1b';
const TOKENS = new RegExp(`${ESCAPE}\\[[?\\d;]*[A-Za-z]|[^]`, 'gu');
const UP = new RegExp(`^${ESCAPE}\\[(\\d+)A$`);

/** An empty terminal. It wraps long lines, and scrolls. */
export function makeTerminal(columns: number, rows: number): Terminal {
  const lines: string[] = [''];
  let top = 0;
  let row = 0;
  let column = 0;
  const put = (character: string): void => {
    if (column === terminal.columns) feed();
    const line = (lines[row] ?? '').padEnd(column);
    lines[row] = line.slice(0, column) + character + line.slice(column + 1);
    column++;
  };
  const feed = (): void => {
    row++;
    column = 0;
    lines[row] ??= '';
    top = Math.max(top, row - terminal.rows + 1);
  };
  const terminal: Terminal = {
    columns,
    rows,
    write(text) {
      for (const [token] of text.matchAll(TOKENS)) {
        const up = UP.exec(token);
        if (up !== null) row = Math.max(top, row - Number(up[1]));
        else if (token === '\x1b[J') {
          lines.length = row + 1;
          lines[row] = (lines[row] ?? '').slice(0, column);
        } else if (token === '\x1b[2K') lines[row] = '';
        else if (token === '\n') feed();
        else if (token === '\r') column = 0;
        else if (token === '\x1b[?2026h' || token === '\x1b[?2026l') continue;
        else if (token.startsWith('\x1b')) throw new Error(`unknown sequence ${JSON.stringify(token)}`);
        else put(token);
      }
    },
    size: () => ({ columns: terminal.columns, rows: terminal.rows }),
    resize(columns, height) {
      const wrapped = lines.map((line) => line.trimEnd().match(new RegExp(`.{1,${columns}}`, 'gu')) ?? ['']);
      const above = wrapped.slice(0, row).flat().length;
      lines.splice(0, lines.length, ...wrapped.flat());
      Object.assign(terminal, { columns, rows: height });
      row = above;
      column = Math.min(column, columns);
      top = Math.max(0, row - height + 1);
    },
    screen: () => lines.slice(top, row).map((line) => line.trimEnd()),
    scrolledOut: () => lines.slice(0, top).map((line) => line.trimEnd()),
  };
  return terminal;
}
