import { spawn } from 'node:child_process';
import { StringDecoder } from 'node:string_decoder';
import type { TextStream } from './environment.ts';

/** How a program ended. */
export interface ProgramResult {
  stdout: string;
  /** `failed with exit code 1`; '' when it ended well. */
  failure: string;
}

/** Runs a program to its end. Its stderr passes through; its stdin is ours when `interactive`, else empty. */
export function runProgram(
  path: string,
  args: string[],
  options: {
    env: Record<string, string | undefined>;
    cwd: string;
    interactive: boolean;
    stderr: TextStream;
  },
): Promise<ProgramResult> {
  const { env, cwd, interactive, stderr } = options;
  return new Promise((resolve) => {
    const child = spawn(path, args, {
      env,
      cwd,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', stderr.fd ?? 'pipe'],
    });
    const chunks: Buffer[] = [];
    const decoder = new StringDecoder('utf8');
    child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => stderr.write(decoder.write(chunk)));
    const finish = (failure: string) => resolve({ stdout: Buffer.concat(chunks).toString('utf8'), failure });
    child.once('error', (error) => finish(`could not be run: ${error.message}`));
    child.once('close', (code, signal) => finish(code === 0 ? '' : `failed with ${signal ?? `exit code ${code}`}`));
  });
}
