import { ApiError } from '../cluster/api-error.ts';
import type { Cluster, Versioned, WatchRequest } from '../cluster/cluster.ts';
import { ReloadError } from '../error.ts';
import { findKindOf, listPath } from '../objects/kinds.ts';
import type { ObjectReference } from '../types.ts';
import { makeOwnedTable } from './owned-table.ts';
import type { RolloutKind, RolloutObject } from './rollout-object.ts';
import { REVISION_ANNOTATION, readRolloutObject } from './rollout-object.ts';
import type { RawPod, RolloutPod } from './rollout-pod.ts';
import { readRolloutPod } from './rollout-pod.ts';
import type { TemplateOwner } from './template-pods.ts';

/** What a scope knows of one workload. */
export interface RolloutSight {
  /** `undefined` when there is no such object. */
  object: RolloutObject | undefined;
  /** Why such objects may not be watched; `null` when they may. */
  refused: { reason: string; message: string } | null;
  /** `null` where pods, or what stands between, may not be read. */
  pods: RolloutPod[] | null;
  owners: TemplateOwner[];
}

/** One namespace, or the whole cluster, as its watches tell it: one watch a kind, one for pods, one for what stands between. */
export interface RolloutScope {
  /** Begins to watch what this kind needs; does nothing the second time. */
  watch(apiVersion: string, kind: RolloutKind): void;
  /** What is known of one workload; `null` while something is still to be read. */
  look(ref: ObjectReference, kind: RolloutKind): RolloutSight | null;
}

/** What a scope tells its owner. */
export interface RolloutScopeEvents {
  /** Something about this workload changed, told by its uid; `undefined` when it may be any of them. */
  changed(uid: string | undefined): void;
  /** A watch ended for good, and not for a missing right. */
  failed(error: unknown): void;
  /** Pods, or what stands between, may not be read: the rollouts are judged by the status of their workloads alone. */
  blind(text: string): void;
}

interface RawOwner extends Versioned {
  metadata: {
    uid?: string;
    annotations?: Record<string, string>;
    ownerReferences?: { uid: string; controller?: boolean }[];
  };
}

/** How a collection stands that is being watched. */
type Source = 'syncing' | 'synced' | { reason: string; message: string };

/**
 * Opens a scope; nothing is watched yet.
 * @param namespace '' for the whole cluster
 */
export function openScope(
  cluster: Cluster,
  namespace: string,
  signal: AbortSignal,
  events: RolloutScopeEvents,
): RolloutScope {
  const sources = new Map<string, Source>();
  const objects = new Map<string, RolloutObject>();
  const owners = makeOwnedTable<TemplateOwner>();
  const pods = makeOwnedTable<RolloutPod>();

  async function follow<Item extends Versioned>(
    source: string,
    request: Omit<WatchRequest, 'signal'>,
    put: (item: Item, gone: boolean) => string | undefined,
    clear: () => void,
  ): Promise<void> {
    for await (const event of cluster.watch<Item>({ ...request, signal })) {
      switch (event.type) {
        case 'added':
        case 'modified':
        case 'deleted':
          events.changed(put(event.object, event.type === 'deleted'));
          break;
        case 'synced':
          sources.set(source, 'synced');
          events.changed(undefined);
          break;
        case 'relist':
          // Half a list would look as if the rest had been deleted.
          sources.set(source, 'syncing');
          clear();
          break;
        case 'bookmark':
          break;
        default:
          event satisfies never;
      }
    }
  }

  function start<Item extends Versioned>(
    path: string,
    form: 'full' | 'metadata',
    put: (item: Item, gone: boolean) => string | undefined,
    clear: () => void,
    isWorkload = false,
  ): void {
    if (sources.has(path)) return;
    sources.set(path, 'syncing');
    follow(path, { path, form }, put, clear).catch((error: unknown) => {
      if (!(error instanceof ApiError && (error.code === 403 || error.code === 404))) return events.failed(error);
      sources.set(path, { reason: error.reason, message: error.message });
      if (!isWorkload) events.blind(error.message);
      events.changed(undefined);
    });
  }

  const workloadOf = (owner: string): string => owners.ownerOf(owner) ?? owner;

  return {
    watch(apiVersion, kind) {
      start<Versioned>(
        pathOf(apiVersion, kind, namespace),
        'full',
        (item, gone) => {
          const object = readRolloutObject(kind, item);
          if (!object) return undefined;
          const key = objectKey(kind, object.metadata.namespace ?? '', object.metadata.name);
          if (gone) objects.delete(key);
          else objects.set(key, object);
          return object.metadata.uid;
        },
        () => {
          for (const key of objects.keys()) if (key.startsWith(`${kind}/`)) objects.delete(key);
        },
        true,
      );
      start<RawPod & Versioned>(
        pathOf('v1', 'Pod', namespace),
        'full',
        (item, gone) => {
          const pod = readRolloutPod(item);
          if (gone) pods.remove(pod.uid);
          else pods.put(pod.owner, pod.uid, pod);
          return workloadOf(pod.owner);
        },
        pods.clear,
      );
      const between = betweenPath(kind, namespace);
      if (between === null) return;
      start<RawOwner>(
        between,
        'metadata',
        ({ metadata }, gone) => {
          const owner = metadata.ownerReferences?.find(({ controller }) => controller)?.uid ?? '';
          const uid = metadata.uid ?? '';
          if (gone) owners.remove(uid);
          else owners.put(owner, uid, { uid, revision: metadata.annotations?.[REVISION_ANNOTATION] ?? '' });
          return owner;
        },
        owners.clear,
      );
    },
    look(ref, kind) {
      const between = betweenPath(kind, namespace);
      const own = sources.get(pathOf(ref.apiVersion, kind, namespace));
      const forPods = [pathOf('v1', 'Pod', namespace), ...(between === null ? [] : [between])].map((path) =>
        sources.get(path),
      );
      if (own === 'syncing' || forPods.includes('syncing')) return null;
      const object = objects.get(objectKey(kind, ref.namespace, ref.name));
      const uid = object?.metadata.uid ?? '';
      const ownedBy = owners.of(uid);
      const ownedPods = between === null ? pods.of(uid) : ownedBy.flatMap((owner) => pods.of(owner.uid));
      return {
        object,
        refused: typeof own === 'object' ? own : null,
        pods: forPods.every((source) => source === 'synced') ? ownedPods : null,
        owners: ownedBy,
      };
    },
  };
}

function objectKey(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}

/** What owns the pods of a workload where it does not own them itself. */
function betweenPath(kind: RolloutKind, namespace: string): string | null {
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
