import { ApiError } from '../cluster/api-error.ts';
import type { Cluster, Versioned, WatchRequest } from '../cluster/cluster.ts';
import type { JsonObject } from '../objects/json.ts';
import { readInteger, readObject, readObjects, readText } from '../objects/json.ts';
import type { ResourceKind } from '../objects/kinds.ts';
import { findKindOf, listPath } from '../objects/kinds.ts';
import type { RolloutCondition } from '../rollout/rollout-object.ts';
import type { RawPod, RolloutPod } from '../rollout/rollout-pod.ts';
import { readRolloutPod } from '../rollout/rollout-pod.ts';
import type { ObjectReference } from '../types.ts';

/** A workload, reduced to what evicting its pods needs. */
export interface EvictedWorkload {
  uid: string;
  deleting: boolean;
  /** How many pods it wants. */
  desired: number;
  minReadySeconds: number;
  /** Seconds. */
  progressDeadline: number;
  conditions: RolloutCondition[];
}

/** What is seen of a workload and its pods. */
export interface EvictionSight {
  /** `null` when there is none of this name. */
  workload: EvictedWorkload | null;
  pods: RolloutPod[];
}

/** Watches one workload and its pods. */
export interface EvictionWatch {
  /**
   * What is known now; `null` while something is still to be read.
   * @throws what ended a watch
   */
  look(): EvictionSight | null;
}

interface RawOwned extends Versioned {
  metadata: NonNullable<Versioned['metadata']> & {
    uid?: string;
    ownerReferences?: { uid: string; controller?: boolean }[];
  };
}

/** Of a Deployment too, when it is left out: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds */
const PROGRESS_DEADLINE = 600;

/**
 * Watches a workload, its pods, and what stands in between where something does.
 * @param selector the pods' labels as the API takes them: see `formatSelector`
 * @param changed is called whenever there may be something new to see
 */
export function watchEviction(
  cluster: Cluster,
  ref: ObjectReference,
  selector: string,
  signal: AbortSignal,
  changed: () => void,
): EvictionWatch {
  const kind = findKindOf(ref.apiVersion, ref.kind);
  const between = findBetween(ref.kind);
  const podKind = findKindOf('v1', 'Pod');
  if (kind === undefined || podKind === undefined) throw new Error(`${ref.kind} is missing from the table of kinds`);
  const syncing = new Set<string>();
  let failure: { error: unknown } | null = null;

  /** Keeps what a collection holds, by uid. */
  function keep<Item extends RawOwned, T>(
    request: Omit<WatchRequest, 'signal'>,
    read: (item: Item) => T,
  ): Map<string, T> {
    const kept = new Map<string, T>();
    syncing.add(request.path);
    const follow = async (): Promise<void> => {
      for await (const event of cluster.watch<Item>({ ...request, signal })) {
        switch (event.type) {
          case 'relist':
            syncing.add(request.path);
            kept.clear();
            break;
          case 'synced':
            syncing.delete(request.path);
            break;
          case 'deleted':
            kept.delete(event.object.metadata.uid ?? '');
            break;
          case 'added':
          case 'modified':
            kept.set(event.object.metadata.uid ?? '', read(event.object));
            break;
          case 'bookmark':
            break;
          default:
            event satisfies never;
        }
        changed();
      }
    };
    follow().catch((error: unknown) => {
      failure = { error };
      changed();
    });
    return kept;
  }

  const workloads = keep<RawOwned & JsonObject, EvictedWorkload>(
    { path: listPath(kind, ref.namespace), query: { fieldSelector: `metadata.name=${ref.name}` }, form: 'full' },
    readWorkload,
  );
  const pods = keep<RawPod & RawOwned, RolloutPod>(
    { path: listPath(podKind, ref.namespace), query: { labelSelector: selector }, form: 'full' },
    readRolloutPod,
  );
  const owners =
    between &&
    keep<RawOwned, string>(
      { path: listPath(between, ref.namespace), query: { labelSelector: selector }, form: 'metadata' },
      ({ metadata }) => metadata.ownerReferences?.find(({ controller }) => controller)?.uid ?? '',
    );

  return {
    look() {
      if (failure) throw failure.error;
      if (syncing.size > 0) return null;
      const workload = [...workloads.values()][0] ?? null;
      const ownerOf = (pod: RolloutPod): string | undefined => (owners ? owners.get(pod.owner) : pod.owner);
      return { workload, pods: [...pods.values()].filter((pod) => ownerOf(pod) === workload?.uid) };
    },
  };
}

/** The kind that stands between a workload and its pods. */
function findBetween(kind: string): ResourceKind | undefined {
  if (kind === 'Deployment' || kind === 'Rollout') return findKindOf('apps/v1', 'ReplicaSet');
  return kind === 'DeploymentConfig' ? findKindOf('v1', 'ReplicationController') : undefined;
}

/** True for a refusal to watch, which ends one eviction and not the whole run. */
export function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.code === 403 || error.code === 404);
}

function readWorkload(raw: JsonObject): EvictedWorkload {
  const [metadata, spec, status] = [readObject(raw, 'metadata'), readObject(raw, 'spec'), readObject(raw, 'status')];
  return {
    uid: readText(metadata, 'uid'),
    deleting: readText(metadata, 'deletionTimestamp') !== '',
    desired: readInteger(spec, 'replicas', readInteger(status, 'desiredNumberScheduled', 1)),
    minReadySeconds: readInteger(spec, 'minReadySeconds', 0),
    progressDeadline: readInteger(spec, 'progressDeadlineSeconds', PROGRESS_DEADLINE),
    conditions: readObjects(status, 'conditions').map((condition) => ({
      type: readText(condition, 'type'),
      status: readText(condition, 'status'),
      reason: readText(condition, 'reason'),
      message: readText(condition, 'message'),
    })),
  };
}
