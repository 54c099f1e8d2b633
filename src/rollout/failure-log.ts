import type { Cluster } from '../cluster/cluster.ts';
import { readLastLines } from '../cluster/read-last-lines.ts';
import type { Clock } from './clock.ts';
import type { SuspectContainer } from './failure.ts';

const LINES = 5;
/** Nobody waits longer for them, in milliseconds. */
const PATIENCE_MS = 3000;

/** What to ask, and until when. */
interface FailureLogOptions {
  cluster: Cluster;
  clock: Clock;
  namespace: string;
  signal: AbortSignal;
}

/** The last lines of the log of a container that failed. None where they cannot be had, or not soon: a verdict stands without them. */
export async function readFailureLog(
  suspect: SuspectContainer,
  { cluster, clock, namespace, signal }: FailureLogOptions,
): Promise<string[]> {
  const ending = new AbortController();
  const until = AbortSignal.any([signal, ending.signal]);
  const lines = readLastLines(cluster, { namespace, ...suspect }, LINES, until).catch(() => []);
  const log = await Promise.race([lines, clock.sleep(PATIENCE_MS, until).then(() => [])]);
  ending.abort();
  return log;
}
