import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheRoot } from './cache.ts';
import { hasCode } from './error-code.ts';
import type { ClusterDescription } from './supervisor-report.ts';

const file = join(cacheRoot(), 'cluster.json');

/** The cluster that was started by hand last, one for a user of this machine; undefined when there is none. */
export function readRecord(): ClusterDescription | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export function writeRecord(cluster: ClusterDescription): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(cluster, null, 2)}\n`, { mode: 0o600 });
}

export function removeRecord(): void {
  rmSync(file, { force: true });
}
