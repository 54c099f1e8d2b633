import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { SetupError } from './setup-error.ts';
import type { ClusterDescription, SupervisorOptions, SupervisorReport } from './supervisor-report.ts';

/** The process that owns the programs of a cluster. */
export interface Supervisor {
  pid: number;
  /** Takes the cluster down; gives when nothing of it is left. */
  stop(): Promise<void>;
}

/** Starts a supervisor and waits until its cluster is up. */
export async function startSupervisor(
  options: SupervisorOptions,
): Promise<{ cluster: ClusterDescription; supervisor: Supervisor }> {
  // A session of its own: Ctrl-C in the terminal must reach the owner only, who then lets go of the pipe.
  const child = spawn(process.execPath, [join(import.meta.dirname, 'supervisor.ts'), JSON.stringify(options)], {
    detached: true,
    stdio: [options.detached ? 'ignore' : 'pipe', 'pipe', options.detached ? 'ignore' : 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  const report = await readReport(child.stdout);
  // The owner may end whenever it likes; the end of the pipe tells the supervisor.
  child.unref();
  child.stdout?.destroy();
  if (report.kind === 'ready') return { cluster: report.cluster, supervisor: { pid: child.pid ?? 0, stop } };
  await ended;
  throw report.setup ? new SetupError(report.message) : new Error(`the test cluster did not start: ${report.message}`);
}

async function readReport(stream: NodeJS.ReadableStream | null): Promise<SupervisorReport> {
  if (stream !== null) {
    for await (const line of createInterface({ input: stream })) return JSON.parse(line);
  }
  return { kind: 'failed', message: 'its supervisor ended without a word', setup: false };
}
