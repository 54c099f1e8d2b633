import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CommandResult } from '../support/run-command.ts';

/** Runs a program with this environment and no other. */
export function runProgram(
  command: readonly string[],
  setting: { cwd: string; env: Record<string, string> },
): Promise<CommandResult> {
  const [program = '', ...args] = command;
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const child = spawn(program, args, { ...setting, stdio: ['ignore', 'pipe', 'pipe'] });
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      printed[name] += text;
    });
  }
  child.on('error', reject).on('close', (code) => resolve({ code: code ?? -1, ...printed }));
  return promise;
}

/** Unpacks an archive with the tools that a person has, into a new folder. */
export function unpack(archive: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const [program = '', ...args] = archive.endsWith('.zip')
    ? ['unzip', '-q', archive, '-d', folder]
    : ['tar', '-xzf', archive, '-C', folder];
  const { error, status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw new Error(`${program} is needed to unpack ${archive}: ${error.message}`);
  if (status !== 0) throw new Error(`${program} ${archive}: ${stderr}`);
}

/** Makes a program findable under a name, in a folder of its own or with others. */
export function linkProgram(program: string, link: string): void {
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(program, link);
}
