import { Readable } from 'node:stream';
import type { Command } from 'commander';
import { buildProgram } from '../../cmd/program.ts';

/** The tree of commands, for what stands in it; with the words of a command line as it is built for those. */
export function buildCommandTree(words?: readonly string[]): Command {
  const nowhere = { write: () => true };
  return buildProgram(
    {
      stdin: Readable.from([]),
      stdout: nowhere,
      stderr: nowhere,
      env: {},
      cwd: '/',
      homedir: '/',
      now: () => new Date(0),
      interrupted: new AbortController().signal,
    },
    () => undefined,
    words,
  );
}
