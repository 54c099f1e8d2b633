import { ApiError } from '../cluster/api-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { PatientOptions } from './request-patiently.ts';
import { mayHaveWorked, requestPatiently, tryPatiently } from './request-patiently.ts';

/** What became of one eviction. */
export type Eviction =
  /** It is going, or has gone already. */
  | { result: 'going' }
  /** A disruption budget does not allow it at this moment. */
  | { result: 'blocked'; message: string }
  /** It cannot be done. `reason` as Kubernetes words it. */
  | { result: 'refused'; reason: string; message: string }
  /** It may be going, and nobody will know in this run, which ends with this error. */
  | { result: 'perhaps'; message: string; error: unknown };

interface RawPodMetadata {
  metadata: { uid?: string; deletionTimestamp?: string };
}

/**
 * Evicts one pod, unless a pod of this name is another one by now: that is looked at before each try, for after a try without an answer a
 * StatefulSet may have put a new pod in its place.
 * https://kubernetes.io/docs/concepts/scheduling-eviction/api-eviction/
 * @throws what is no answer about this pod: no login, no connection
 */
export async function evictPod(
  cluster: Cluster,
  namespace: string,
  pod: { name: string; uid: string },
  options: PatientOptions,
): Promise<Eviction> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/pods/${encodeURIComponent(pod.name)}`;
  const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod.name, namespace } };
  let isAsked = false;
  let isDoubtful = false;
  const isGoing = ({ metadata }: RawPodMetadata): boolean =>
    metadata.uid !== pod.uid || metadata.deletionTimestamp !== undefined;
  const attempt = async (signal: AbortSignal): Promise<void> => {
    isAsked = false;
    const found = await cluster.request<RawPodMetadata>({ path, signal });
    // The pod shows what came of the try before.
    isDoubtful = false;
    if (isGoing(found)) return;
    options.signal?.throwIfAborted();
    isAsked = true;
    try {
      // The uid is no precondition of the eviction: one whose precondition fails takes its share of the budget all the same, for two minutes.
      await cluster.request({ method: 'POST', path: `${path}/eviction`, body, signal });
    } catch (error) {
      isDoubtful = mayHaveWorked(error) && !isOfManyBudgets(error);
      throw error;
    }
  };
  try {
    await tryPatiently(attempt, options, (error) => isAsked && (error.code === 429 || isOfManyBudgets(error)));
    return { result: 'going' };
  } catch (error) {
    if (isNotFound(error)) return { result: 'going' };
    if (isDoubtful && isAsked && error instanceof ApiError && error.code === 500) {
      // An admission webhook that is broken, mostly: that is an answer, and once it has come the pod shows what was done.
      const look = requestPatiently<RawPodMetadata>(cluster, { path }, options).then(isGoing);
      const shown = await look.catch((failure: unknown) => (isNotFound(failure) ? true : null));
      if (shown === true) return { result: 'going' };
      isDoubtful = shown === null;
    }
    if (isDoubtful) {
      const message = `pod ${pod.name} may have been evicted: no answer came when that was asked for`;
      return { result: 'perhaps', message, error };
    }
    if (!(error instanceof ApiError) || error.code === 401) throw error;
    const cause = error.details.causes.find(({ reason }) => reason === 'DisruptionBudget')?.message;
    const message = `pod ${pod.name} cannot be evicted: ${cause || error.statusMessage}`;
    if (error.code === 429) return { result: 'blocked', message };
    return { result: 'refused', reason: error.reason || String(error.code), message };
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof ApiError && error.code === 404;
}

/** Not a server in trouble, though it answers 500: the eviction API does not evict a pod that two budgets select. */
function isOfManyBudgets(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.code !== 500) return false;
  return error.statusMessage.includes('more than one PodDisruptionBudget');
}
