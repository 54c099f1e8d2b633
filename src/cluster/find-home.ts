import { access } from 'node:fs/promises';
import platformPath from 'node:path';
import type { Environment } from './environment.ts';

/** The system that has homes; tests give another one. */
interface System {
  /** `win32` or `posix` of `node:path`. */
  paths: typeof platformPath;
  exists: (path: string) => Promise<boolean>;
}

/**
 * The folder in which kubectl looks for `.kube`. On Windows a person may have several homes, and it is the first that holds
 * `.kube\config`: `HOME`, `HOMEDRIVE` with `HOMEPATH`, `USERPROFILE`.
 * https://pkg.go.dev/k8s.io/client-go/util/homedir#HomeDir
 */
export async function findHome(
  { env, homedir }: Pick<Environment, 'env' | 'homedir'>,
  { paths, exists }: System = { paths: platformPath, exists: isThere },
): Promise<string> {
  if (paths.sep === '/') return homedir;
  const { HOME, HOMEDRIVE, HOMEPATH, USERPROFILE } = env;
  for (const home of [HOME, HOMEDRIVE && HOMEPATH && HOMEDRIVE + HOMEPATH, USERPROFILE]) {
    if (home && (await exists(paths.join(home, '.kube', 'config')))) return home;
  }
  return homedir;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
