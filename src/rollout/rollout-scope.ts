import { ApiError } from '../cluster/api-error.ts';
import type { Cluster, Versioned } from '../cluster/cluster.ts';
import type { ObjectReference } from '../types.ts';
import { makeOwnedTable } from './owned-table.ts';
import type { RolloutKind, RolloutObject } from './rollout-object.ts';
import { REVISION_ANNOTATION, readRolloutObject } from './rollout-object.ts';
import { findRolloutPaths } from './rollout-paths.ts';
import type { RawPod, RolloutPod } from './rollout-pod.ts';
import { readRolloutPod } from './rollout-pod.ts';
import type { TemplateOwner } from './template-pods.ts';
import type { RawEvent, TroubleEvent } from './trouble-event.ts';
import { makeTroubleTable, readTroubleEvent, TROUBLE_SELECTOR } from './trouble-event.ts';
import type { WatchSource, WatchSourceEvents } from './watch-source.ts';
import { makeWatchSources } from './watch-source.ts';

/** What a scope knows of one workload. */
export interface RolloutSight {
  /** `undefined` when there is no such object. */
  object: RolloutObject | undefined;
  /** Why such objects may not be watched; `null` when they may. */
  refused: { reason: string; message: string } | null;
  /** `null` where pods, or what stands between, may not be read. */
  pods: RolloutPod[] | null;
  owners: TemplateOwner[];
  /** What was said in events of the object of a uid. */
  troublesOf(uid: string): readonly TroubleEvent[];
  /** False while events are still being told, or told anew: they are a help, and may be long in coming. */
  hasEvents: boolean;
}

/**
 * One namespace, or the whole cluster, as its watches tell it: one watch a kind, one for pods, one for what stands between, and one for
 * the events that tell of trouble.
 */
export interface RolloutScope {
  /** Begins to watch what this kind needs; does nothing the second time. */
  watch(apiVersion: string, kind: RolloutKind): void;
  /** What is known of one workload; `null` while something is still to be read. */
  look(ref: ObjectReference, kind: RolloutKind): RolloutSight | null;
}

/** What a scope tells its owner. */
export interface RolloutScopeEvents extends WatchSourceEvents {
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
  const sources = makeWatchSources(cluster, signal, events);
  const refusals = new Map<string, ApiError>();
  const objects = new Map<string, RolloutObject>();
  const owners = makeOwnedTable<TemplateOwner>();
  const pods = makeOwnedTable<RolloutPod>();
  const troubles = makeTroubleTable();
  const workloadOf = (owner: string): string => owners.ownerOf(owner) ?? owner;

  const refuse = (path: string, error: unknown): string => {
    if (!(error instanceof ApiError && (error.code === 403 || error.code === 404))) throw error;
    refusals.set(path, error);
    return error.message;
  };

  const workloadSource = (path: string, kind: RolloutKind): WatchSource<Versioned> => ({
    path,
    form: 'full',
    put(item, gone) {
      const object = readRolloutObject(kind, item);
      if (!object) return undefined;
      const key = nameObject(kind, object.metadata.namespace ?? '', object.metadata.name);
      if (gone) objects.delete(key);
      else objects.set(key, object);
      return object.metadata.uid;
    },
    clear() {
      for (const key of objects.keys()) if (key.startsWith(`${kind}/`)) objects.delete(key);
    },
    refused: (error) => refuse(path, error),
  });

  const podSource = (path: string): WatchSource<RawPod & Versioned> => ({
    path,
    form: 'full',
    put(item, gone) {
      const pod = readRolloutPod(item);
      if (gone) {
        pods.remove(pod.uid);
        troubles.remove(pod.uid);
      } else pods.put(pod.owner, pod.uid, pod);
      return workloadOf(pod.owner);
    },
    clear: pods.clear,
    refused: (error) => events.blind(refuse(path, error)),
  });

  const ownerSource = (path: string): WatchSource<RawOwner> => ({
    path,
    form: 'metadata',
    put({ metadata }, gone) {
      const owner = metadata.ownerReferences?.find(({ controller }) => controller)?.uid ?? '';
      const uid = metadata.uid ?? '';
      if (gone) owners.remove(uid);
      else owners.put(owner, uid, { uid, revision: metadata.annotations?.[REVISION_ANNOTATION] ?? '' });
      return owner;
    },
    clear: owners.clear,
    refused: (error) => events.blind(refuse(path, error)),
  });

  const eventSource = (path: string): WatchSource<RawEvent> => ({
    path,
    form: 'full',
    query: { fieldSelector: TROUBLE_SELECTOR },
    put(item, gone) {
      const read = gone ? null : readTroubleEvent(item);
      if (!read) return '';
      troubles.put(read.uid, read.event);
      return workloadOf(pods.ownerOf(read.uid) ?? read.uid);
    },
    // They tell of what was, so none of them becomes wrong by being told again.
    clear: () => undefined,
    // A rollout can be followed without them.
    refused: () => undefined,
  });

  return {
    watch(apiVersion, kind) {
      const paths = findRolloutPaths(apiVersion, kind, namespace);
      sources.start(workloadSource(paths.workloads, kind));
      sources.start(podSource(paths.pods));
      if (paths.owners !== null) sources.start(ownerSource(paths.owners));
      sources.start(eventSource(paths.events));
    },
    look(ref, kind) {
      const paths = findRolloutPaths(ref.apiVersion, kind, namespace);
      const forPods = paths.owners === null ? [paths.pods] : [paths.pods, paths.owners];
      if (![paths.workloads, ...forPods].every(sources.isSettled)) return null;
      const object = objects.get(nameObject(kind, ref.namespace, ref.name));
      const uid = object?.metadata.uid ?? '';
      const ownedBy = owners.of(uid);
      const ownedPods = paths.owners === null ? pods.of(uid) : ownedBy.flatMap((owner) => pods.of(owner.uid));
      return {
        object,
        refused: refusals.get(paths.workloads) ?? null,
        pods: forPods.some((path) => refusals.has(path)) ? null : ownedPods,
        owners: ownedBy,
        troublesOf: troubles.of,
        hasEvents: sources.isSettled(paths.events),
      };
    },
  };
}

function nameObject(kind: string, namespace: string, name: string): string {
  return `${kind}/${namespace}/${name}`;
}
