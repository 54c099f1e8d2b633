import type { RolloutPolicy } from '../types.ts';
import type { JsonObject } from './json.ts';
import { readFlag, readInteger, readObject, readText } from './json.ts';
import { findKindOf } from './kinds.ts';
import type { ObjectKind } from './metadata.ts';

/** The policy of what does not roll. */
export const NO_POLICY: RolloutPolicy = {
  replicas: null,
  paused: false,
  strategy: '',
  partition: 0,
  surge: 0,
  unavailable: 0,
};

/** Kinds whose `spec.replicas` the API server sets to 1 where it is left out. */
const REPLICATED = ['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController', 'Rollout', 'DeploymentConfig'];

/** How a raw workload replaces its pods, with the defaults of the API server. */
export function readPolicy(raw: JsonObject, { apiVersion, kind }: ObjectKind): RolloutPolicy {
  const spec = readObject(raw, 'spec');
  const absent = findKindOf(apiVersion, kind) !== undefined && REPLICATED.includes(kind) ? 1 : null;
  const replicas = readInteger(spec, 'replicas', absent);
  const update = readObject(spec, 'updateStrategy');
  const strategy = readStrategy(kind, spec);
  return {
    replicas,
    paused: readFlag(spec, 'paused'),
    strategy,
    partition: readInteger(readObject(update, 'rollingUpdate'), 'partition', 0),
    ...readMargins(raw, kind, replicas ?? 0, strategy),
  };
}

function readStrategy(kind: string, spec: JsonObject | undefined): string {
  if (kind === 'Deployment') return readText(readObject(spec, 'strategy'), 'type') || 'RollingUpdate';
  if (kind === 'StatefulSet' || kind === 'DaemonSet') {
    return readText(readObject(spec, 'updateStrategy'), 'type') || 'RollingUpdate';
  }
  return kind === 'DeploymentConfig' ? readText(readObject(spec, 'strategy'), 'type') || 'Rolling' : '';
}

type Margins = Pick<RolloutPolicy, 'surge' | 'unavailable'>;

/**
 * The margins of a rolling update in pods. Controllers round a percentage of surge up; one of unavailable pods down for Deployments and
 * StatefulSets, up for DaemonSets: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-unavailable
 */
function readMargins(raw: JsonObject, kind: string, replicas: number, strategy: string): Margins {
  const spec = readObject(raw, 'spec');
  switch (kind) {
    case 'Deployment':
      if (strategy === 'Recreate') return { surge: 0, unavailable: replicas };
      return fenceposts(readObject(readObject(spec, 'strategy'), 'rollingUpdate'), replicas);
    case 'DeploymentConfig':
      if (strategy !== 'Rolling') return { surge: 0, unavailable: replicas };
      return fenceposts(readObject(readObject(spec, 'strategy'), 'rollingParams'), replicas);
    case 'StatefulSet': {
      const { maxUnavailable = 1 } = readObject(readObject(spec, 'updateStrategy'), 'rollingUpdate') ?? {};
      return { surge: 0, unavailable: Math.max(1, resolveCount(maxUnavailable, replicas, Math.floor)) };
    }
    case 'DaemonSet': {
      const nodes = readInteger(readObject(raw, 'status'), 'desiredNumberScheduled', 0);
      const { maxSurge = 0, maxUnavailable = 1 } =
        readObject(readObject(spec, 'updateStrategy'), 'rollingUpdate') ?? {};
      return {
        surge: resolveCount(maxSurge, nodes, Math.ceil),
        unavailable: resolveCount(maxUnavailable, nodes, Math.ceil),
      };
    }
    default:
      return { surge: 0, unavailable: 0 };
  }
}

function fenceposts(rolling: JsonObject | undefined, replicas: number): Margins {
  const { maxSurge = '25%', maxUnavailable = '25%' } = rolling ?? {};
  const surge = resolveCount(maxSurge, replicas, Math.ceil);
  const unavailable = resolveCount(maxUnavailable, replicas, Math.floor);
  // The controller makes one pod unavailable where the rounding leaves it no way at all.
  return surge === 0 && unavailable === 0 ? { surge, unavailable: 1 } : { surge, unavailable };
}

function resolveCount(value: unknown, total: number, round: (count: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = typeof value === 'string' ? /^(\d+)%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? 0 : round((Number(percent) * total) / 100);
}
