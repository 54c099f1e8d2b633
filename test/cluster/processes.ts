import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The running programs of one cluster. */
export interface Processes {
  /** Starts a program; what it prints goes to `logs/<name>.log` in the state folder. */
  start(name: string, command: readonly string[]): ChildProcess;
  /** Rejects when a program ends which nobody stopped, with the last lines of its log. */
  readonly failure: Promise<never>;
  /** Kills everything, last started first, and waits until it is gone. */
  stop(): Promise<void>;
}

/** Keeps the programs whose state is in `state`. */
export function createProcesses(state: string): Processes {
  const logs = join(state, 'logs');
  mkdirSync(logs, { recursive: true });
  const children: ChildProcess[] = [];
  let stopping = false;
  const { promise: failure, reject } = Promise.withResolvers<never>();
  failure.catch(() => {});
  return {
    failure,
    start(name, command) {
      if (stopping) throw new Error(`${name} is not started any more: the cluster is being stopped`);
      const file = join(logs, `${name}.log`);
      const log = openSync(file, 'a');
      const [program = '', ...args] = [...diesWithParent, ...command];
      const child = spawn(program, args, { stdio: ['ignore', log, log] });
      children.push(child);
      child.on('error', reject);
      child.on('exit', (code, signal) => {
        if (!stopping) reject(new Error(`${name} ended (${signal ?? `exit code ${code}`}):\n${lastLines(file)}`));
      });
      return child;
    },
    async stop() {
      stopping = true;
      // SIGKILL: all state is thrown away, and an API server asked politely goes on for up to a minute.
      for (const child of children.toReversed()) {
        if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue;
        const gone = new Promise((resolve) => child.once('exit', resolve));
        child.kill('SIGKILL');
        await gone;
      }
    },
  };
}

// The kernel then ends the programs even when their parent could not, being killed itself.
const diesWithParent = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL'] : [];

function lastLines(file: string): string {
  return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
}
