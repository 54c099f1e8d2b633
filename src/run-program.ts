import { spawn } from 'node:child_process';
import { basename } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { makeSystemCommand } from './batch-command.ts';
import { findExecutable } from './find-executable.ts';

/** How a program of this machine ended. */
export interface ProgramEnd {
  /** `null` when a signal ended it. */
  exitCode: number | null;
  /** The signal that ended it. */
  signal: string | null;
}

/** Where an output goes: to a file descriptor of ours, which the program then writes to by itself, or to a function. */
export type ProgramOutput = number | ((chunk: Buffer) => void);

/** What a program gets of its surroundings. */
export interface ProgramSetting {
  env: Record<string, string | undefined>;
  cwd: string;
  /** Its standard input is ours, and not empty. */
  interactive?: boolean;
  stdout: ProgramOutput;
  stderr: ProgramOutput;
  /** Ends the program. */
  signal?: AbortSignal | undefined;
}

/** Milliseconds that a program has to end when it is told to; then it is not asked any more. */
const PATIENCE = 2000;

/**
 * Runs a program to its end, without a shell (but see `makeSystemCommand`). Once this returns or throws, the program is gone.
 * @param path a bare name is looked for in PATH, and never in the current folder, where Windows looks first
 * @throws the signal's reason when aborted, what a function for output throws, which ends the program too, and the error of the system
 * when it cannot be started
 */
export async function runProgram(path: string, args: readonly string[], setting: ProgramSetting): Promise<ProgramEnd> {
  const { env, cwd, interactive = false, stdout, stderr, signal } = setting;
  const found = await findExecutable(path, { env, cwd });
  if (found === undefined && basename(path) === path) throw missing(path);
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<ProgramEnd>();
  const stdio = [stdout, stderr].map((output) => (typeof output === 'number' ? output : 'pipe'));
  const { file, args: words, windowsVerbatimArguments } = makeSystemCommand(found ?? path, args, env);
  const stdin = interactive ? 'inherit' : 'ignore';
  const child = spawn(file, words, { env, cwd, windowsVerbatimArguments, stdio: [stdin, ...stdio] });
  let stopped: { reason: unknown } | undefined;
  let killing: NodeJS.Timeout | undefined;
  const stop = (reason: unknown) => {
    if (stopped !== undefined) return;
    stopped = { reason };
    if (child.exitCode !== null || child.signalCode !== null) return letGo();
    child.kill('SIGTERM');
    killing = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  };
  const letGo = () => {
    if (stopped === undefined) return;
    // What the program started itself may live on and hold the other ends.
    child.stdout?.destroy();
    child.stderr?.destroy();
    reject(stopped.reason);
  };
  const abort = () => stop(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  for (const [pipe, output] of [
    [child.stdout, stdout],
    [child.stderr, stderr],
  ] as const) {
    if (typeof output === 'number') continue;
    pipe?.on('data', (chunk: Buffer) => {
      if (stopped !== undefined) return;
      try {
        output(chunk);
      } catch (error) {
        stop(error);
      }
    });
  }
  child.once('error', reject);
  child.once('exit', letGo);
  child.once('close', (exitCode, killedBy) => resolve({ exitCode, signal: killedBy }));
  return promise.finally(() => {
    clearTimeout(killing);
    signal?.removeEventListener('abort', abort);
  });
}

/** Sends an output on: where the stream is one of ours the program writes to it by itself, and sees whether it is a terminal. */
export function sendTo(stream: { write(text: string): unknown; readonly fd?: number | undefined }): ProgramOutput {
  const decoder = new StringDecoder('utf8');
  return stream.fd ?? ((chunk) => void stream.write(decoder.write(chunk)));
}

function missing(name: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${name}: executable file not found in PATH`), { code: 'ENOENT', syscall: 'spawn' });
}

/**
 * True for an error of the operating system, or of the runtime in its place: the program could not be started. The runtime passes no word
 * with a zero byte on, and we none to a batch file of Windows that its shell would act upon.
 */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && ('syscall' in error || ('code' in error && error.code === 'ERR_INVALID_ARG_VALUE'));
}
