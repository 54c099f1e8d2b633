import { ApiError } from '../cluster/api-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { isJsonObject, readInteger, readObject, readText } from '../objects/json.ts';
import type { RawPod } from '../rollout/rollout-pod.ts';
import { readRolloutPod } from '../rollout/rollout-pod.ts';
import type { RestartStep } from '../types.ts';
import { formatSelector } from './format-selector.ts';
import type { PatientOptions } from './request-patiently.ts';
import { requestPatiently } from './request-patiently.ts';
import { workloadPath } from './send-patch.ts';

/** By which a StatefulSet marks the revision of a pod. */
const REVISION_LABEL = 'controller-revision-hash';

/** How often to look whether another pod is stuck, in milliseconds. */
const PAUSE_MS = 1000;

/**
 * Deletes the pods of a StatefulSet that are not ready and not of its newest revision, as they show, until the signal is aborted. Its
 * controller would wait for each of them for ever: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 * @param generation of the spec that tells the newest revision: nothing is deleted before the controller has seen it
 * @returns why it may not be done; `null` when it may
 */
export async function deleteStuckPods(
  cluster: Cluster,
  step: RestartStep,
  generation: number,
  options: PatientOptions & { signal: AbortSignal },
): Promise<string | null> {
  const { clock, signal } = options;
  const { workload, uid } = step;
  const path = `/api/v1/namespaces/${encodeURIComponent(workload.namespace)}/pods`;
  try {
    while (!signal.aborted) {
      const raw = await requestPatiently<unknown>(cluster, { path: workloadPath(workload), signal }, options);
      const set = isJsonObject(raw) ? raw : {};
      const status = readObject(set, 'status');
      const revision = readText(status, 'updateRevision');
      if (revision !== '' && readInteger(status, 'observedGeneration', 0) >= generation) {
        const { items } = await cluster.list({
          path,
          query: { labelSelector: formatSelector(set) },
          form: 'full',
          project: (pod: RawPod) => readRolloutPod(pod),
          signal,
        });
        for (const pod of items) {
          if (pod.owner !== uid || pod.ready || pod.deleting || pod.labels[REVISION_LABEL] === revision) continue;
          const body = { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: pod.uid } };
          const request = { method: 'DELETE', path: `${path}/${encodeURIComponent(pod.name)}`, body } as const;
          await requestPatiently(cluster, request, options, ({ code }) => code === 409).catch(passIfGone);
        }
      }
      await clock.sleep(PAUSE_MS, signal);
    }
  } catch (error) {
    if (signal.aborted) return null;
    if (error instanceof ApiError && (error.code === 403 || error.code === 404)) return error.message;
    throw error;
  }
  return null;
}

/** Gone, or another pod by now. */
function passIfGone(error: unknown): void {
  if (!(error instanceof ApiError && (error.code === 404 || error.code === 409))) throw error;
}
