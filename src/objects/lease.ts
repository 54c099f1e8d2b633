import type { NodeClock } from '../types.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, readObject, readObjectAt, readObjects, readText } from './json.ts';

const SECOND = 1000;

/**
 * How the clock of a node stands, by the Lease that its kubelet renews: it writes its own time into `renewTime`, and the API server writes
 * its time, cut off to the second, into the managed fields of the same write. So the node is ahead by at most the difference, and by more
 * than a second less.
 * https://kubernetes.io/docs/concepts/architecture/leases/#node-heart-beats
 * @returns `undefined` where the Lease does not tell
 */
export function projectNodeClock(raw: unknown): NodeClock | undefined {
  const lease = isJsonObject(raw) ? raw : {};
  const metadata = readObject(lease, 'metadata');
  const renewal = readObjects(metadata, 'managedFields').find(ownsRenewTime);
  const node = readText(metadata, 'name');
  const difference =
    Date.parse(readText(readObject(lease, 'spec'), 'renewTime')) - Date.parse(readText(renewal, 'time'));
  if (node === '' || Number.isNaN(difference)) return undefined;
  return {
    node,
    ahead: difference >= SECOND ? difference : 0,
    behind: difference < 0 ? SECOND - difference : 0,
  };
}

function ownsRenewTime(entry: JsonObject): boolean {
  return readObjectAt(entry, ['fieldsV1', 'f:spec', 'f:renewTime']) !== undefined;
}
