import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheRoot, hashPins } from '../../test/cluster/cache.ts';
import { takeLock } from '../../test/cluster/lock.ts';

const PINS = ['package.json', 'package-lock.json'];

/**
 * Installs what `packaging/package.json` pins, outside of the source tree, unless it is there already.
 * @returns its `node_modules`
 * @throws with the words of npm
 */
export async function installRuntimes(tell: (line: string) => void): Promise<string> {
  const source = join(import.meta.dirname, '../../packaging');
  const pins = PINS.map((file) => join(source, file));
  const folder = join(cacheRoot(), `packaging-${hashPins(pins, '')}`);
  const modules = join(folder, 'node_modules');
  if (existsSync(modules)) return modules;
  const lock = await takeLock(`${folder}.lock`, {
    onWait: (holder) => tell(`waiting for process ${holder}, which installs the same packages`),
  });
  try {
    if (!existsSync(modules)) install(source, folder, tell);
    return modules;
  } finally {
    lock.release();
  }
}

function install(source: string, folder: string, tell: (line: string) => void): void {
  tell('installing the pinned runtimes of bun and Node.js, 870 MB (first time, takes half a minute)…');
  const draft = `${folder}.part`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  for (const file of PINS) cpSync(join(source, file), join(draft, file));
  // --force: npm refuses packages that are made for other machines.
  const { error, status, stderr } = spawnSync('npm', ['ci', '--force', '--no-audit', '--no-fund', '--ignore-scripts'], {
    cwd: draft,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status !== 0) throw new Error(`npm ci of packaging/ failed: ${error?.message ?? stderr.trim()}`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(draft, folder);
}
