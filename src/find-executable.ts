import { access, constants, stat } from 'node:fs/promises';
import platformPath from 'node:path';

/** The system that programs are looked for on; tests give another one. */
interface System {
  /** `win32` or `posix` of `node:path`. */
  paths: typeof platformPath;
  /** True for a file that may be run. */
  isExecutable: (path: string) => Promise<boolean>;
}

/** What a program is looked for with. */
interface Surroundings {
  env: Record<string, string | undefined>;
  cwd: string;
}

/** The endings of programs where `PATHEXT` names none. */
const ENDINGS = '.com;.exe;.bat;.cmd';

/**
 * Where a command is, as Go's programs look for it: a bare name in the folders of `PATH`, anything else from the working folder. Relative
 * folders in `PATH` are passed over. On Windows the ending of a program may be left out, and a file without one is none.
 * https://pkg.go.dev/os/exec#LookPath
 * @returns an absolute path; `undefined` when there is nothing to run
 */
export async function findExecutable(
  command: string,
  { env, cwd }: Surroundings,
  { paths, isExecutable }: System = { paths: platformPath, isExecutable: mayRun },
): Promise<string | undefined> {
  const isBare = paths.basename(command) === command;
  const folders = isBare ? (env.PATH ?? env.Path ?? '').split(paths.delimiter).filter(paths.isAbsolute) : [cwd];
  const names = listNames(command, env, paths);
  for (const folder of folders) {
    for (const name of names) {
      const path = paths.resolve(folder, name);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

function listNames(command: string, env: Surroundings['env'], paths: typeof platformPath): string[] {
  if (paths.sep === '/') return [command];
  const endings = (env.PATHEXT || ENDINGS).split(';').filter(Boolean);
  const names = endings.map((ending) => `${command}${ending.startsWith('.') ? '' : '.'}${ending}`);
  return paths.extname(command) === '' ? names : [command, ...names];
}

async function mayRun(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
