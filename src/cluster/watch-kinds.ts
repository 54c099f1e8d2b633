import type { ConfigRow } from '../objects/config.ts';
import { projectConfig } from '../objects/config.ts';
import type { ResourceKind } from '../objects/kinds.ts';
import { configKind, groupOf, listPath } from '../objects/kinds.ts';
import { makePodProjection } from '../objects/pod.ts';
import { projectServiceAccount } from '../objects/service-account.ts';
import { projectWorkload } from '../objects/workload.ts';
import type { ObjectReference, PodObject, Unseen } from '../types.ts';
import { ApiError } from './api-error.ts';
import type { Cluster, Form, Versioned } from './cluster.ts';
import type { CollectOptions } from './collect.ts';
import { isBlind, knownKind, OPTIONAL_GROUPS, WORKLOAD_KINDS } from './collect.ts';
import type { WatchCollection } from './watch-collection.ts';
import { makeWatchCollection } from './watch-collection.ts';
import { projectReplicaSet } from './watch-owners.ts';

/** Gets what happens to the watches. */
export interface KindListener {
  /** Something is there, is another, or is gone; or a kind turns out to be hidden. */
  changed(): void;
  /** The server cannot be reached by one of them. `null`: by all of them again. */
  lost(error: Error | null): void;
  /** One of them has failed for good. */
  failed(error: unknown): void;
}

/**
 * Starts to watch the kinds that a status rests on, one watch each, in the forms of `collectObjects`: of ConfigMaps and Secrets
 * no value is sent. The watches end with the signal.
 */
export function watchKinds(
  cluster: Cluster,
  options: CollectOptions & { signal: AbortSignal },
  listener: KindListener,
) {
  const { namespace, signal } = options;
  const collections: Pick<WatchCollection<never, never>, 'isWhole'>[] = [];
  const unseen: Unseen[] = [];
  const hidden = new Set<ResourceKind>();
  const losses = new Map<ResourceKind, Error>();

  const lose = (kind: ResourceKind, error: Error | null): void => {
    const [before = null] = losses.values();
    if (error === null) losses.delete(kind);
    else if (!losses.has(kind)) losses.set(kind, error);
    const [after = null] = losses.values();
    if ((before === null) !== (after === null)) listener.lost(after);
  };

  const hide = (kind: ResourceKind, error: ApiError): void => {
    hidden.add(kind);
    // A right that is missing for a kind which the cluster may not even have hides nothing.
    if (OPTIONAL_GROUPS.has(groupOf(kind.apiVersion))) return;
    unseen.push({ resource: kind.plural, kind: kind.kind, namespace, message: error.message });
    if (isBlind(unseen)) listener.failed(error);
  };

  function follow<Item extends Versioned, T extends { ref: ObjectReference }>(
    kind: ResourceKind,
    form: Form,
    project: (item: Item) => T,
  ): WatchCollection<Item, T> {
    const collection = makeWatchCollection(project);
    collections.push(collection);
    const tell = async (): Promise<void> => {
      const onConnection = (error: Error | null): void => lose(kind, error);
      for await (const event of cluster.watch<Item>({ path: listPath(kind, namespace), form, signal, onConnection })) {
        if (collection.take(event)) listener.changed();
      }
    };
    tell().catch((error: unknown) => {
      const isOptional = OPTIONAL_GROUPS.has(groupOf(kind.apiVersion));
      const isHidden = error instanceof ApiError && (error.code === 403 || (error.code === 404 && isOptional));
      if (!isHidden) return listener.failed(error);
      collection.clear();
      lose(kind, null);
      hide(kind, error);
      listener.changed();
    });
    return collection;
  }

  const config = (kind: 'ConfigMap' | 'Secret') =>
    follow(configKind(kind), 'table', (row: ConfigRow & Versioned) => projectConfig(row, kind));

  return {
    pods: follow<Versioned, PodObject>(knownKind('v1', 'Pod'), 'full', makePodProjection(options)),
    replicaSets: follow(knownKind('apps/v1', 'ReplicaSet'), 'metadata', projectReplicaSet),
    configs: [config('ConfigMap'), config('Secret')],
    workloads: WORKLOAD_KINDS.map((kind) => follow(kind, 'full', (item) => projectWorkload(item, kind, options))),
    serviceAccounts: follow(knownKind('v1', 'ServiceAccount'), 'full', projectServiceAccount),
    unseen,
    /** Kinds that are not there or may not be watched. */
    hidden,
    isWhole: () => collections.every((collection) => collection.isWhole()),
  };
}
