import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from './error-code.ts';
import { isAlive } from './process-list.ts';

/** A lock that this process holds until `release`. */
export interface Lock {
  release(): void;
}

/** How a lock behaves while another process holds it. */
export interface LockOptions {
  /** Called once, when the lock is held by somebody else. */
  onWait?: (holder: number) => void;
  /** Milliseconds between two looks at the lock. */
  pollMs?: number;
}

/**
 * Takes the lock kept in `file` (it holds the pid of its owner) and waits for a living owner.
 *
 * The lock of a dead process is taken over. Two processes that find the same dead owner in the same instant could both
 * go on; what the lock guards must stay right then, only done twice (programs are renamed into place).
 */
export async function takeLock(file: string, options: LockOptions = {}): Promise<Lock> {
  mkdirSync(dirname(file), { recursive: true });
  let told = false;
  while (!create(file)) {
    const holder = readHolder(file);
    if (holder !== undefined && !isAlive(holder)) {
      removeLockOf(file, holder);
      continue;
    }
    if (!told && holder !== undefined) {
      options.onWait?.(holder);
      told = true;
    }
    await sleep(options.pollMs ?? 300);
  }
  return { release: () => removeLockOf(file, process.pid) };
}

// Linked into place, so that nobody ever sees a lock without the pid of its owner.
function create(file: string): boolean {
  const draft = `${file}.${process.pid}.${performance.now()}`;
  writeFileSync(draft, `${process.pid}\n`);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    rmSync(draft);
  }
}

function readHolder(file: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(file, 'utf8'), 10);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

// Renamed first: of several processes that want to remove the same lock, only one can.
function removeLockOf(file: string, holder: number): void {
  if (readHolder(file) !== holder) return;
  const moved = `${file}.${process.pid}.removed`;
  try {
    renameSync(file, moved);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  rmSync(moved, { force: true });
}
