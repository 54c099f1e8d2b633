import { objectKey } from '../objects/object-key.ts';
import type { ConfigRef, ServiceAccountObject, WorkloadObject } from '../types.ts';

/** Finds the pull secrets that a workload's ServiceAccount lends to its pods. */
export type FindLent = (workload: WorkloadObject) => ConfigRef[];

/**
 * The admission gives a pod the pull secrets of its ServiceAccount only where the pod names none itself.
 * https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/#add-imagepullsecrets-to-a-service-account
 */
export function makeFindLent(serviceAccounts: readonly ServiceAccountObject[]): FindLent {
  const known = new Map(serviceAccounts.map((account) => [objectKey(account.ref), account.imagePullSecrets]));
  return ({ ref: { kind, namespace }, resourceVersion, serviceAccountName: name, references }) => {
    // A pod that runs has been through the admission: what it was lent is its own now.
    const isAdmitted = kind === 'Pod' && resourceVersion !== '';
    if (isAdmitted || references.some(({ via }) => via === 'imagePullSecret')) return [];
    const secrets = known.get(objectKey({ apiVersion: 'v1', kind: 'ServiceAccount', namespace, name })) ?? [];
    return [...new Set(secrets)].map((secret) => ({
      config: { apiVersion: 'v1', kind: 'Secret', namespace, name: secret },
      container: null,
      init: false,
      via: 'serviceAccount',
      keys: null,
      at: name,
      optional: true,
    }));
  };
}
