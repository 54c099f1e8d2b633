import type { NodeClock, PodObject } from '../types.ts';
import type { Cluster } from './cluster.ts';
import { findClockNodes, readNodeClocks } from './read-node-clocks.ts';
import { isOutage, isPassing } from './retry.ts';

/** The clocks of nodes for who follows pods. Leases are renewed every ten seconds: to watch them would wake us for nothing. */
export interface NodeClocks {
  /**
   * How the clocks stand that verdicts on these pods may depend on, as they were read at most some minutes ago. What cannot be reached just
   * now is left as it was known.
   * @throws as `readNodeClocks`, for what waiting does not mend
   */
  read(pods: readonly PodObject[]): Promise<NodeClock[]>;
  /** When they are to be read again, milliseconds on the clock of `performance`; `Infinity` while no verdict depends on one. */
  dueAt(): number;
}

/** Milliseconds after which a look that failed is tried again. */
const TRY_AGAIN = 10_000;

/**
 * Makes what reads the clocks of nodes, and knows them for a while.
 * @param options.lifetime milliseconds after which a clock is looked at again
 */
export function makeNodeClocks(cluster: Cluster, options: { signal: AbortSignal; lifetime: number }): NodeClocks {
  let known: NodeClock[] = [];
  let asked: ReadonlySet<string> = new Set();
  let dueAt = Number.POSITIVE_INFINITY;
  return {
    dueAt: () => dueAt,
    async read(pods) {
      const nodes = findClockNodes(pods);
      if (nodes.size === 0) {
        asked = nodes;
        dueAt = Number.POSITIVE_INFINITY;
        return [];
      }
      if (nodes.isSubsetOf(asked) && performance.now() < dueAt) return known;
      try {
        known = await readNodeClocks(cluster, pods, options.signal);
        asked = nodes;
        dueAt = performance.now() + options.lifetime;
      } catch (error) {
        if (!isPassing(error) && !isOutage(error)) throw error;
        asked = nodes;
        dueAt = performance.now() + Math.min(TRY_AGAIN, options.lifetime);
      }
      return known;
    },
  };
}
