import type { JsonObject } from '../objects/json.ts';
import { isJsonObject } from '../objects/json.ts';
import { configKind, listPath } from '../objects/kinds.ts';
import type { ConfigKind, ObjectReference } from '../types.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';

/** A config at a moment. */
interface Wanted {
  kind: ConfigKind;
  ref: ObjectReference;
  /** `null` for now. */
  resourceVersion: string | null;
}

/**
 * Reads a whole config, values included, as it is or as it was when the cluster was at a resourceVersion. The server keeps that for
 * some minutes: it compacts its store every five (`--etcd-compaction-interval`), and then answers 410.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list
 * @returns the raw object, that it was not there, or that nothing is told (any more, or to this user)
 * @throws as `Cluster.list`, but for 403 and 410, which are `forgotten`
 */
export async function readConfigContent(
  cluster: Cluster,
  { kind, ref, resourceVersion }: Wanted,
  signal?: AbortSignal,
): Promise<JsonObject | 'absent' | 'forgotten'> {
  const query = {
    // A list and not a get: only lists can be asked for an exact version.
    fieldSelector: `metadata.name=${ref.name}`,
    ...(resourceVersion === null ? {} : { resourceVersion, resourceVersionMatch: 'Exact' }),
  };
  const project = (object: unknown): JsonObject | undefined => (isJsonObject(object) ? object : undefined);
  try {
    const path = listPath(configKind(kind), ref.namespace);
    const { items } = await cluster.list({ path, query, form: 'full', project, signal });
    return items[0] ?? 'absent';
  } catch (error) {
    if (error instanceof ApiError && (error.code === 403 || error.code === 410)) return 'forgotten';
    throw error;
  }
}
