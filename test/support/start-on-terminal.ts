import { resolve } from 'node:path';
import type { Terminal } from './terminal.ts';
import { makeTerminal } from './terminal.ts';

/** A program that runs on a terminal of the operating system. */
export interface TerminalProgram extends AsyncDisposable {
  /** What its terminal shows. */
  screen(): string;
  terminal: Terminal;
  /** Everything that was written to the terminal. */
  written(): string;
  /** Types on its keyboard: `\x03` is Ctrl-C. */
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Its exit code. */
  ended: Promise<number>;
}

/**
 * Starts the program in a process of its own, on a new terminal.
 * @param line its words, for a shell: output can be sent elsewhere
 * @param setting.built path of a built program; without it, it runs from its source
 */
export function startOnTerminal(
  line: string,
  setting: {
    kubeconfig: string;
    columns: number;
    rows: number;
    env?: Record<string, string>;
    built?: string;
    cwd?: string;
  },
): TerminalProgram {
  const { columns, rows } = setting;
  const terminal = makeTerminal(columns, rows);
  const decoder = new TextDecoder();
  let written = '';
  const source = resolve('cmd/kubectl-reload.ts');
  const program = Bun.spawn(
    [
      'sh',
      '-c',
      `exec "$@" ${line}`,
      'sh',
      ...(setting.built === undefined ? [process.execPath, source] : [setting.built]),
    ],
    {
      cwd: setting.cwd ?? process.cwd(),
      env: { PATH: process.env['PATH'], TERM: 'xterm', KUBECONFIG: setting.kubeconfig, NO_COLOR: '1', ...setting.env },
      terminal: {
        cols: columns,
        rows,
        data(_, bytes) {
          const text = decoder.decode(bytes, { stream: true });
          written += text;
          terminal.write(text);
        },
      },
    },
  );
  return {
    terminal,
    screen: () => terminal.screen().join('\n'),
    written: () => written,
    type: (keys) => void program.terminal?.write(keys),
    resize(columns, rows) {
      terminal.resize(columns, rows);
      program.terminal?.resize(columns, rows);
    },
    ended: program.exited,
    async [Symbol.asyncDispose]() {
      program.kill();
      await program.exited;
      program.terminal?.close();
    },
  };
}
