import { spawn } from 'node:child_process';
import { ReloadError } from '../error.ts';
import { readStream } from './read-stream.ts';

/** What a program that ran to its end left behind. */
export interface ProgramResult {
  /** `null` when a signal ended it. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program to its end.
 * @throws ReloadError when it writes more than a manifest may hold; the error of the system when it cannot be started
 */
export type RunProgram = (program: string, args: readonly string[], cwd: string) => Promise<ProgramResult>;

/** Runs a program of this machine, without a shell. */
export const runProgram: RunProgram = async (program, args, cwd) => {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  try {
    const [stdout, stderr, exitCode] = await Promise.all([
      readStream(child.stdout, `the output of ${program}`),
      readStream(child.stderr, `the output of ${program}`),
      ended,
    ]);
    return { exitCode, stdout, stderr };
  } catch (error) {
    if (error instanceof ReloadError) child.kill();
    throw error;
  }
};
