/**
 * Every effective write of any object takes the next resourceVersion of one counter, also the writes that leave no
 * trace in managedFields (a removed key, merged managers, stripped entries). So an object with a lower
 * resourceVersion that is known to have been written after a moment proves that the config was written after it too,
 * and one with a higher resourceVersion that was written before a moment proves that the config was not.
 * Official within one resource type since Kubernetes 1.35 (KEP-5504); across types it needs the same etcd, which pods,
 * ConfigMaps and Secrets share practically everywhere.
 */
export interface Witness {
  /** As the API writes it: an integer of any size. */
  resourceVersion: string;
  /** Written no earlier than this, API server clock, whole seconds. */
  writtenAt: string | null;
}

/** Write order against a moment: proven after it, proven before it, or not to be told. */
export type WriteOrder = 'after' | 'before' | 'unknown';

/** Objects in the order in which they were written. */
export interface WriteTimeline {
  /**
   * Tells whether an object was written after a moment.
   * @param resourceVersion of the object
   * @param moment epoch milliseconds
   * @param margin milliseconds by which two clocks may differ
   */
  orderAgainst(resourceVersion: string, moment: number, margin: number): WriteOrder;
}

/** Makes the timeline of all objects that were read; those without a time or a usable version are left out. */
export function makeTimeline(witnesses: Iterable<Witness>): WriteTimeline {
  const points: { version: bigint; at: number }[] = [];
  for (const { resourceVersion, writtenAt } of witnesses) {
    const version = parseResourceVersion(resourceVersion);
    const at = writtenAt === null ? Number.NaN : Date.parse(writtenAt);
    if (version !== null && !Number.isNaN(at)) points.push({ version, at });
  }
  points.sort((a, b) => (a.version < b.version ? -1 : a.version > b.version ? 1 : 0));
  // A later object cannot have been written before an earlier one: the newest time below a version bounds it from
  // below, and the oldest time above it from above.
  const newestUpTo = points.map(() => Number.NEGATIVE_INFINITY);
  const oldestFrom = points.map(() => Number.POSITIVE_INFINITY);
  points.forEach((point, index) => {
    newestUpTo[index] = Math.max(point.at, newestUpTo[index - 1] ?? Number.NEGATIVE_INFINITY);
  });
  for (let index = points.length - 1; index >= 0; index--) {
    oldestFrom[index] = Math.min(
      points[index]?.at ?? Number.POSITIVE_INFINITY,
      oldestFrom[index + 1] ?? Number.POSITIVE_INFINITY,
    );
  }
  return {
    orderAgainst(resourceVersion, moment, margin) {
      const version = parseResourceVersion(resourceVersion);
      if (version === null) return 'unknown';
      const below = countBelow(points, version);
      const above = points[below]?.version === version ? below + 1 : below;
      if ((newestUpTo[below - 1] ?? Number.NEGATIVE_INFINITY) >= moment + margin) return 'after';
      if ((oldestFrom[above] ?? Number.POSITIVE_INFINITY) <= moment + margin) return 'before';
      return 'unknown';
    },
  };
}

/** True when the first version was given out later than the second; false also when one of them is no integer. */
export function isWrittenLater(resourceVersion: string, than: string): boolean {
  const [a, b] = [parseResourceVersion(resourceVersion), parseResourceVersion(than)];
  return a !== null && b !== null && a > b;
}

function parseResourceVersion(text: string): bigint | null {
  return /^[0-9]{1,30}$/.test(text) ? BigInt(text) : null;
}

function countBelow(points: readonly { version: bigint }[], version: bigint): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const point = points[middle];
    if (point !== undefined && point.version < version) low = middle + 1;
    else high = middle;
  }
  return low;
}
