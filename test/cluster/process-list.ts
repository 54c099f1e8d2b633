import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from './error-code.ts';

/** A process of this machine. */
export interface RunningProcess {
  pid: number;
  /** Program and arguments. */
  command: string[];
}

/** Every process of this machine that we may look at, without the calling one. */
export function listProcesses(): RunningProcess[] {
  const all = process.platform === 'linux' ? readProc() : askPs();
  return all.filter(({ pid }) => pid !== process.pid);
}

/** Whether a process with this pid runs; one that we may not signal counts as running, a zombie does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
  return !isZombie(pid);
}

// In a container whose first process reaps nothing, an orphan stays a zombie for ever.
function isZombie(pid: number): boolean {
  try {
    return /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

function readProc(): RunningProcess[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const command = readFileSync(join('/proc', name, 'cmdline'), 'utf8').split('\0');
        return [{ pid: Number(name), command }];
      } catch {
        // It ended between the two looks.
        return [];
      }
    });
}

function askPs(): RunningProcess[] {
  const lines = spawnSync('ps', ['-axww', '-o', 'pid=,command='], { encoding: 'utf8' }).stdout.trim().split('\n');
  return lines.map((line) => {
    const [pid = '', ...command] = line.trim().split(/\s+/);
    return { pid: Number(pid), command };
  });
}
