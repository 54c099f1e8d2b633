import type { Cluster, ExecRequest } from '../src/cluster/cluster.ts';
import { ExecError } from '../src/cluster/exec-error.ts';
import type { RunResult } from '../src/staleness/observe.ts';

const RESULTS = {
  forbidden: 'refused',
  timeout: 'late',
  'too-much': 'too-much',
  gone: 'failed',
  failed: 'failed',
} as const;

/** Runs a command in a container, and tells how it ended without throwing. */
export async function runInContainer(cluster: Cluster, request: ExecRequest): Promise<RunResult> {
  try {
    return { result: 'ended', ...(await cluster.exec(request)) };
  } catch (error) {
    if (!(error instanceof ExecError)) throw error;
    if (error.kind === 'no-command') return { result: 'no-command' };
    return { result: RESULTS[error.kind], message: error.message };
  }
}
