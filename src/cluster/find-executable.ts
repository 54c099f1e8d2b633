import { access, constants, stat } from 'node:fs/promises';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Environment } from './environment.ts';

/**
 * Where a command is: a bare name in the folders of `PATH`, anything else from the working folder. Relative folders in
 * `PATH` are passed over, as Go's programs do.
 * @returns an absolute path; `undefined` when there is nothing to run
 */
export async function findExecutable(command: string, { env, cwd }: Environment): Promise<string | undefined> {
  const folders = basename(command) === command ? (env.PATH ?? env.Path ?? '').split(delimiter) : undefined;
  // Only Windows has PATHEXT: there the ending of a program may be left out.
  const endings = ['', ...(env.PATHEXT ?? '').split(';').filter(Boolean)];
  const paths = folders?.filter((folder) => isAbsolute(folder)).map((folder) => join(folder, command));
  for (const path of paths ?? [resolve(cwd, command)]) {
    for (const ending of endings) if (await isExecutable(path + ending)) return path + ending;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
