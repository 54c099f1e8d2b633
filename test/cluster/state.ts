import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync, realpathSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasCode } from './error-code.ts';
import type { RunningProcess } from './process-list.ts';
import { listProcesses } from './process-list.ts';
import { programs } from './programs.ts';

const prefix = 'kubectl-reload-cluster-';

/** A path for the state folder of a new cluster. The supervisor makes it, so that it never lacks a living owner. */
export function newStateFolder(): string {
  return join(realpathSync(tmpdir()), `${prefix}${randomBytes(4).toString('hex')}`);
}

/**
 * Removes what is left of the cluster in `state`, whose programs were killed or lost their supervisor: programs that
 * still run on the folder, the cgroups of its containers, the folder.
 */
export async function removeState(state: string): Promise<void> {
  for (let left = programsOf(state); left.length > 0; left = programsOf(state)) {
    for (const { pid } of left) kill(pid);
    await sleep(20);
  }
  for (const container of foldersIn(containersIn(state))) await removeCgroups(`k8s.io/${container}`);
  rmSync(state, { recursive: true, force: true, maxRetries: 5 });
}

/** Removes the clusters in the temporary folder whose supervisor is dead; gives their folders. */
export async function sweepDeadClusters(): Promise<string[]> {
  const base = realpathSync(tmpdir());
  const mine = (state: string) => lstatSync(state, { throwIfNoEntry: false })?.uid === process.getuid?.();
  const states = readdirSync(base)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(base, name));
  const dead = states.filter((state) => mine(state) && findSupervisor(state) === undefined);
  for (const state of dead) await removeState(state);
  return dead;
}

/** The running programs of the cluster in `state`, without its supervisor. */
export function programsOf(state: string): RunningProcess[] {
  // By name too: a kubectl or an editor that somebody runs on a file in the folder is none of our business.
  const names = new Set([...programs.map(({ name }) => name).filter((name) => name !== 'kubectl'), 'unshare']);
  return listProcesses().filter(({ command: [program = '', ...args] }) => {
    return names.has(basename(program)) && args.some((argument) => argument.includes(state));
  });
}

/** The pid of the supervisor that owns the cluster in `state`; undefined when it is dead. */
export function findSupervisor(state: string): number | undefined {
  return listProcesses().find(({ command: [, script = '', options = ''] }) => {
    return basename(script) === 'supervisor.ts' && options.includes(state);
  })?.pid;
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

// Where the shims keep one folder for each container; containerd names the cgroup `k8s.io/<container>` after it.
function containersIn(state: string): string {
  return join(state, 'run/containerd/io.containerd.runtime.v2.task/k8s.io');
}

// A cgroup can be removed once its last process is gone, which the kernel reports a moment after the kill.
async function removeCgroups(cgroup: string): Promise<void> {
  const root = '/sys/fs/cgroup';
  const hierarchies = ['', ...foldersIn(root)].map((name) => join(root, name, cgroup));
  for (const folder of hierarchies) {
    for (let attempt = 0; attempt < 100 && !removeTree(folder); attempt++) await sleep(50);
  }
}

// Only folders can be removed in a cgroup file system, so `rm -r` is of no use there.
function removeTree(folder: string): boolean {
  for (const name of foldersIn(folder)) removeTree(join(folder, name));
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return hasCode(error, 'ENOENT');
  }
}

function foldersIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}
