import { ApiError } from '../cluster/api-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { PatientOptions } from './request-patiently.ts';
import { requestPatiently } from './request-patiently.ts';

/** What became of one eviction. */
export type Eviction =
  /** It is going, or has gone already. */
  | { result: 'going' }
  /** A disruption budget does not allow it at this moment. */
  | { result: 'blocked'; message: string }
  /** It cannot be done. `reason` as Kubernetes words it. */
  | { result: 'refused'; reason: string; message: string };

interface RawPodMetadata {
  metadata: { uid?: string; deletionTimestamp?: string };
}

/**
 * Evicts one pod, unless a pod of this name is another one by now.
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
  try {
    const { metadata } = await requestPatiently<RawPodMetadata>(cluster, { path }, options);
    if (metadata.uid !== pod.uid || metadata.deletionTimestamp !== undefined) return { result: 'going' };
    // The uid is no precondition of the eviction: one whose precondition fails takes its share of the budget all the same, for two minutes.
    await requestPatiently(
      cluster,
      {
        method: 'POST',
        path: `${path}/eviction`,
        body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: pod.name, namespace } },
      },
      options,
      (error) => error.code === 429 || isOfManyBudgets(error),
    );
    return { result: 'going' };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code === 401) throw error;
    if (error.code === 404) return { result: 'going' };
    const cause = error.details.causes.find(({ reason }) => reason === 'DisruptionBudget')?.message;
    const message = `pod ${pod.name} cannot be evicted: ${cause || error.statusMessage}`;
    if (error.code === 429) return { result: 'blocked', message };
    return { result: 'refused', reason: error.reason || String(error.code), message };
  }
}

/** Not a server in trouble, though it answers 500: the eviction API does not evict a pod that two budgets select. */
function isOfManyBudgets({ code, statusMessage }: ApiError): boolean {
  return code === 500 && statusMessage.includes('more than one PodDisruptionBudget');
}
