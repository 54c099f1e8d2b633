import type { JsonObject } from '../objects/json.ts';
import { configKind, listPath, objectPath } from '../objects/kinds.ts';
import type { ConfigKind, ObjectReference } from '../types.ts';
import { ApiError, isMissingRight } from './api-error.ts';
import type { ApiRequest, Cluster } from './cluster.ts';

/** A config by its kind and name. */
interface Named {
  kind: ConfigKind;
  ref: ObjectReference;
}

/** What `kubectl diff` asks with: the answer then has the same owners of fields as an apply would give. */
const DRY_RUN = { dryRun: 'All', fieldManager: 'kubectl-client-side-apply' };

/**
 * Reads a whole config.
 * @returns `null` when it does not exist
 * @throws as `Cluster.request`
 */
export async function getConfig(
  cluster: Cluster,
  { kind, ref }: Named,
  signal?: AbortSignal,
): Promise<JsonObject | null> {
  const refuse = ({ code }: ApiError): 'absent' | undefined => (code === 404 ? 'absent' : undefined);
  const answer = await send(cluster, { path: objectPath(configKind(kind), ref), signal }, refuse);
  return answer === 'absent' ? null : answer;
}

/**
 * The config as a strategic merge patch would make it; nothing is written.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run
 * @throws as `Cluster.request`, but for the refusals that it returns
 */
export function dryRunPatch(
  cluster: Cluster,
  { kind, ref }: Named,
  body: JsonObject,
  signal?: AbortSignal,
): Promise<JsonObject | 'forbidden' | 'conflict'> {
  const contentType = 'application/strategic-merge-patch+json';
  const path = objectPath(configKind(kind), ref);
  const request: ApiRequest = { method: 'PATCH', path, query: DRY_RUN, body, contentType, signal };
  return send(cluster, request, (error) => {
    if (error.code === 409) return 'conflict';
    return isMissingRight(error) ? 'forbidden' : undefined;
  });
}

/**
 * The config as it would be created; nothing is written.
 * @throws as `Cluster.request`, but for the refusals that it returns
 */
export function dryRunCreate(
  cluster: Cluster,
  { kind, ref }: Named,
  body: JsonObject,
  signal?: AbortSignal,
): Promise<JsonObject | 'forbidden' | 'absent'> {
  const path = listPath(configKind(kind), ref.namespace);
  const request: ApiRequest = { method: 'POST', path, query: DRY_RUN, body, signal };
  return send(cluster, request, (error) => {
    if (error.code === 404) return 'absent';
    return isMissingRight(error) ? 'forbidden' : undefined;
  });
}

/** Sends a request; some refusals are answers. */
async function send<Refusal extends string>(
  cluster: Cluster,
  request: ApiRequest,
  refuse: (error: ApiError) => Refusal | undefined,
): Promise<JsonObject | Refusal> {
  try {
    return await cluster.request<JsonObject>(request);
  } catch (error) {
    const refusal = error instanceof ApiError ? refuse(error) : undefined;
    if (refusal === undefined) throw error;
    return refusal;
  }
}
