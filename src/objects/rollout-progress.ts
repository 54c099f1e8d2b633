import type { RolloutProgress } from '../types.ts';
import type { JsonObject } from './json.ts';
import { readInteger, readObject } from './json.ts';

/** Where the last rollout of a raw workload stands; `null` for what does not roll or has no status yet. */
export function readProgress(raw: JsonObject, kind: string): RolloutProgress | null {
  const status = readObject(raw, 'status');
  const generation = readInteger(readObject(raw, 'metadata'), 'generation', 0);
  const count = (field: string): number => readInteger(status, field, 0);
  const observed = count('observedGeneration') >= generation;
  if (status?.['observedGeneration'] === undefined) return null;
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'DeploymentConfig':
      return {
        observed,
        desired: readInteger(readObject(raw, 'spec'), 'replicas', 1),
        total: count('replicas'),
        updated: count('updatedReplicas'),
        available: count('availableReplicas'),
      };
    case 'DaemonSet':
      return {
        observed,
        desired: count('desiredNumberScheduled'),
        total: count('currentNumberScheduled'),
        updated: count('updatedNumberScheduled'),
        available: count('numberAvailable'),
      };
    default:
      return null;
  }
}
