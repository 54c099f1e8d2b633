import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Environment variables, as in `process.env`. */
export type Environment = Record<string, string | undefined>;

/** The folder, outside of the source tree, where built programs and the hand-started cluster's record are kept. */
export function cacheRoot(environment: Environment = process.env): string {
  if (environment.KUBECTL_RELOAD_CACHE) return environment.KUBECTL_RELOAD_CACHE;
  return join(environment.XDG_CACHE_HOME || join(environment.HOME || homedir(), '.cache'), 'kubectl-reload');
}

/** A short hash of the contents of `files` and of `settings`: the name of the folder for what is built from them. */
export function hashPins(files: readonly string[], settings: unknown): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file)).update('\0');
  hash.update(JSON.stringify([settings, process.platform, process.arch]));
  return hash.digest('hex').slice(0, 16);
}
