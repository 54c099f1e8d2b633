import { ReloadError } from '../error.ts';
import { findKindOf, listPath } from '../objects/kinds.ts';
import type { RolloutKind } from './rollout-object.ts';

/** The API paths of what a rollout of one kind is judged by. */
export interface RolloutPaths {
  workloads: string;
  pods: string;
  /** What owns the pods of a workload where it does not own them itself; `null` where it does. */
  owners: string | null;
  events: string;
}

/**
 * Finds what to watch.
 * @param namespace '' for the whole cluster
 * @throws ReloadError for a kind of another group
 */
export function findRolloutPaths(apiVersion: string, kind: RolloutKind, namespace: string): RolloutPaths {
  const pods = pathOf('v1', 'Pod', namespace);
  return {
    workloads: pathOf(apiVersion, kind, namespace),
    pods,
    owners: ownersPath(kind, namespace),
    events: pods.replace(/pods$/, 'events'),
  };
}

function ownersPath(kind: RolloutKind, namespace: string): string | null {
  switch (kind) {
    case 'Deployment':
    case 'Rollout':
      return pathOf('apps/v1', 'ReplicaSet', namespace);
    case 'DeploymentConfig':
      return pathOf('v1', 'ReplicationController', namespace);
    case 'StatefulSet':
    case 'DaemonSet':
      return null;
    default:
      return kind satisfies never;
  }
}

function pathOf(apiVersion: string, kind: string, namespace: string): string {
  const known = findKindOf(apiVersion, kind);
  if (!known) throw new ReloadError(`rollouts of ${kind} of ${apiVersion} cannot be followed`);
  return listPath(known, namespace);
}
