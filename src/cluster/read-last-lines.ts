import { objectPath } from '../objects/kinds.ts';
import type { Cluster } from './cluster.ts';
import { knownKind } from './collect.ts';

/** Which container's log to read. */
export interface LogSource {
  namespace: string;
  pod: string;
  container: string;
  /** Of the instance before the one that runs now. */
  previous: boolean;
}

/** An application that writes without line ends must not fill the screen. */
const MOST_BYTES = '4096';

/**
 * Reads the last lines of a container's log, as the application wrote them.
 * @throws as `Cluster.request`: there may be no log, or no right to read it
 */
export async function readLastLines(
  cluster: Cluster,
  { namespace, pod, container, previous }: LogSource,
  count: number,
  signal?: AbortSignal,
): Promise<string[]> {
  const text = await cluster.requestText({
    path: `${objectPath(knownKind('v1', 'Pod'), { namespace, name: pod })}/log`,
    query: { container, tailLines: String(count), limitBytes: MOST_BYTES, ...(previous && { previous: 'true' }) },
    signal,
  });
  const lines = text.split('\n').map((line) => line.replace(/\r$/, ''));
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}
