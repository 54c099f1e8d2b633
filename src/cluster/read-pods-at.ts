import { isJsonObject, readObject, readObjects, readText } from '../objects/json.ts';
import { listPath } from '../objects/kinds.ts';
import { acceptList } from './accept.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import { knownKind } from './collect.ts';

/**
 * Reads which pods of a namespace were there when the cluster was at a resourceVersion, by their uids alone.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#semantics-for-get-and-list
 * @returns `forgotten` when the server has compacted that version, `unseen` when this user may not list pods
 * @throws as `Cluster.request`, but for these two
 */
export async function readPodsAt(
  cluster: Cluster,
  { namespace, resourceVersion }: { namespace: string; resourceVersion: string },
  signal?: AbortSignal,
): Promise<Set<string> | 'forgotten' | 'unseen'> {
  try {
    const list = await cluster.request<unknown>({
      path: listPath(knownKind('v1', 'Pod'), namespace),
      // In one piece: the server takes no exact version for the pages that follow the first.
      query: { resourceVersion, resourceVersionMatch: 'Exact' },
      accept: acceptList('metadata'),
      signal,
    });
    const pods = readObjects(isJsonObject(list) ? list : {}, 'items');
    return new Set(pods.map((pod) => readText(readObject(pod, 'metadata'), 'uid')));
  } catch (error) {
    if (error instanceof ApiError && error.code === 410) return 'forgotten';
    if (error instanceof ApiError && error.code === 403) return 'unseen';
    throw error;
  }
}
