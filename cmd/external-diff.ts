import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DiffSideContent } from '../src/diff/external-diff.ts';
import { EXTERNAL_DIFF, nameDiffFile, parseExternalDiff } from '../src/diff/external-diff.ts';
import { ReloadError } from '../src/error.ts';
import { isSystemError, runProgram, sendTo } from '../src/run-program.ts';
import type { ObjectReference } from '../src/types.ts';
import { formatYaml } from '../src/view/report.ts';
import type { Streams } from './streams.ts';

/**
 * The two folders that a program of the user's compares. `await using` removes them, and so does the end of the process, by a signal
 * too.
 */
export interface ExternalDiff extends AsyncDisposable {
  /** Writes both sides of a config, each into its folder; a side that is not there becomes an empty file. */
  add(config: ObjectReference, sides: { from: DiffSideContent | null; to: DiffSideContent }): Promise<void>;
  /**
   * Runs the program to its end.
   * @returns true when it says that something differs
   * @throws ReloadError when it fails, the signal's reason when interrupted
   */
  run(): Promise<boolean>;
}

/** Makes the folders, which nobody else can read. */
export async function makeExternalDiff(command: string, streams: Streams): Promise<ExternalDiff> {
  const folder = await mkdtemp(join(streams.env['TMPDIR'] || tmpdir(), 'kubectl-reload-diff-'));
  const letGo = removeAtEnd(folder, streams.interrupted);
  const [from, to] = [join(folder, 'LIVE'), join(folder, 'MERGED')];
  await Promise.all([from, to].map((side) => mkdir(side, { mode: 0o700 })));
  return {
    async add(config, sides) {
      const name = nameDiffFile(config);
      const format = async (side: DiffSideContent | null) => (side === null ? '' : formatYaml(side, { lines: true }));
      await writeFile(join(from, name), await format(sides.from), { mode: 0o600 });
      await writeFile(join(to, name), await format(sides.to), { mode: 0o600 });
    },
    async run() {
      const { program, args } = parseExternalDiff(command);
      const exitCode = await runDiff(program, [from, to, ...args], streams);
      if (exitCode === 0 || exitCode === 1) return exitCode === 1;
      throw new ReloadError(
        `failed to run "${program}": ${typeof exitCode === 'number' ? `exit status ${exitCode}` : exitCode}`,
        {
          hint: `${EXTERNAL_DIFF} names it. It has to end with 0 for no difference and with 1 for some; unset the variable to go without it.`,
        },
      );
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
      letGo();
    },
  };
}

/**
 * Removes a folder when the process ends, however it ends: the first SIGINT or SIGTERM is told by `interrupted`, and what follows it
 * would end the process at once, as SIGHUP does.
 * @returns a function that ends the watch
 */
function removeAtEnd(folder: string, interrupted: AbortSignal): () => void {
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const removeAndEnd = (signal: NodeJS.Signals) => {
    if (signal !== 'SIGHUP' && !wasInterrupted) return;
    remove();
    letGo();
    process.kill(process.pid, signal);
  };
  let wasInterrupted = interrupted.aborted;
  // Not within the signal that aborts: that one is the first.
  const remember = () => void setImmediate(() => (wasInterrupted = true));
  const letGo = () => {
    process.off('exit', remove);
    interrupted.removeEventListener('abort', remember);
    for (const signal of ENDS) process.off(signal, removeAndEnd);
  };
  process.once('exit', remove);
  interrupted.addEventListener('abort', remember, { once: true });
  for (const signal of ENDS) process.on(signal, removeAndEnd);
  return letGo;
}

const ENDS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The exit code of a program that has our streams, or in words why there is none. */
async function runDiff(program: string, args: string[], streams: Streams): Promise<number | string> {
  if (program === '') return 'it names no program';
  const { env, cwd, stdout, stderr, interrupted } = streams;
  const setting = { env, cwd, stdout: sendTo(stdout), stderr: sendTo(stderr), signal: interrupted };
  try {
    const { exitCode, signal } = await runProgram(program, args, setting);
    return exitCode ?? `ended by ${signal}`;
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.code === 'ENOENT' ? 'executable file not found in PATH' : error.message;
  }
}
