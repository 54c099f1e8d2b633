/**
 * Every effective write of any object takes the next resourceVersion of one counter, also the writes that leave no
 * trace in managedFields (a removed key, merged managers, stripped entries). An object was written no earlier than its
 * newest time there. So a lower resourceVersion with a time after a moment proves that a config was written after that
 * moment, whatever its own fields say.
 * Official within one resource type since Kubernetes 1.35 (KEP-5504); across types it needs the same etcd, which pods,
 * ConfigMaps and Secrets share practically everywhere.
 */
export interface Witness {
  /** As the API writes it: an integer of any size. */
  resourceVersion: string;
  /** Written no earlier than this, API server clock, whole seconds. */
  writtenAt: string | null;
  /** Present where it may well have been written later without a trace, as configs are: it bounds others from one side only. */
  isLoose?: true;
}

/** Write order against a moment: proven after it, proven before it, or not to be told. */
export type WriteOrder = 'after' | 'before' | 'unknown';

/** Objects in the order in which they were written. */
export interface WriteTimeline {
  /**
   * Tells whether an object was written before the earliest or after the latest of two moments.
   * @param resourceVersion of the object
   * @param moments epoch milliseconds, API server clock
   */
  orderAgainst(resourceVersion: string, moments: { earliest: number; latest: number }): WriteOrder;
}

/** Makes the timeline of all objects that were read; those without a time or a usable version are left out. */
export function makeTimeline(witnesses: Iterable<Witness>): WriteTimeline {
  const points: { version: string; at: number; isLoose: boolean }[] = [];
  for (const { resourceVersion: version, writtenAt, isLoose = false } of witnesses) {
    const at = writtenAt === null ? Number.NaN : Date.parse(writtenAt);
    if (isComparable(version) && !Number.isNaN(at)) points.push({ version, at, isLoose });
  }
  points.sort((a, b) => compareVersions(a.version, b.version));
  const newestUpTo: number[] = [];
  for (const { at } of points) newestUpTo.push(Math.max(at, newestUpTo.at(-1) ?? Number.NEGATIVE_INFINITY));
  // A time is no upper bound: an object may itself have been written without a trace. One whose time is behind that of
  // an earlier version shows that it was, and says nothing.
  const oldestFrom = points.map(() => Number.POSITIVE_INFINITY);
  for (let index = points.length - 1; index >= 0; index--) {
    const { at, isLoose } = points[index] ?? { at: Number.POSITIVE_INFINITY, isLoose: true };
    const isOrderly = !isLoose && at >= (newestUpTo[index - 1] ?? Number.NEGATIVE_INFINITY);
    const next = oldestFrom[index + 1] ?? Number.POSITIVE_INFINITY;
    oldestFrom[index] = isOrderly ? Math.min(at, next) : next;
  }
  return {
    orderAgainst(resourceVersion, { earliest, latest }) {
      if (!isComparable(resourceVersion)) return 'unknown';
      const below = countBelow(points, resourceVersion);
      const above = points[below]?.version === resourceVersion ? below + 1 : below;
      if ((newestUpTo[below - 1] ?? Number.NEGATIVE_INFINITY) >= latest) return 'after';
      if ((oldestFrom[above] ?? Number.POSITIVE_INFINITY) < earliest) return 'before';
      return 'unknown';
    },
  };
}

/** True when the first version was given out later than the second; false also when one of them is no integer. */
export function isWrittenLater(resourceVersion: string, than: string): boolean {
  return isComparable(resourceVersion) && isComparable(than) && compareVersions(resourceVersion, than) > 0;
}

/**
 * True for a resourceVersion that can be compared: an integer of any size, as the API server writes it, without zeros before it.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions
 */
export function isComparable(resourceVersion: string): boolean {
  return /^(0|[1-9][0-9]{0,29})$/.test(resourceVersion);
}

/** Of two integers without zeros before them the longer one is the larger: no number need be made of them. */
function compareVersions(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

function countBelow(points: readonly { version: string }[], version: string): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const point = points[middle];
    if (point !== undefined && compareVersions(point.version, version) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
