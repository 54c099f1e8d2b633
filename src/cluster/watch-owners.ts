import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readObject } from '../objects/json.ts';
import { findKindOf, objectPath } from '../objects/kinds.ts';
import { projectOwner } from '../objects/owner.ts';
import { projectWorkload } from '../objects/workload.ts';
import type { ControllerReference, ObjectReference, ObjectSet, OwnerObject, WorkloadObject } from '../types.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import type { CollectOptions } from './collect.ts';
import { knownKind } from './collect.ts';
import { readCustomOwners } from './read-custom-owners.ts';
import { isOutage, isPassing } from './retry.ts';

const REPLICA_SET = knownKind('apps/v1', 'ReplicaSet');

/** A ReplicaSet as its watch tells it, by its metadata. */
export interface WatchedReplicaSet {
  ref: ObjectReference;
  owner: OwnerObject;
  /** Of one that nobody owns: another text when something of it has changed that its metadata show, its template too. */
  version: string;
}

/** A raw ReplicaSet, of which only the metadata are there, reduced to what tells whether its template must be read. */
export function projectReplicaSet(raw: unknown): WatchedReplicaSet {
  const owner = projectOwner(raw, REPLICA_SET);
  const metadata: JsonObject = (isJsonObject(raw) ? readObject(raw, 'metadata') : undefined) ?? {};
  const { generation, labels, annotations } = metadata;
  return {
    ref: owner.ref,
    owner,
    version: owner.controller === null ? JSON.stringify([generation, labels, annotations]) : '',
  };
}

/** Reads what no watch tells, and only when something new needs it. What cannot be reached just now is left out until the next time. */
export interface OwnerReader {
  /** The templates of the ReplicaSets that nobody owns. */
  readBareReplicaSets(replicaSets: Iterable<WatchedReplicaSet>): Promise<WorkloadObject[]>;
  /** Adds the owners of a custom kind. */
  addCustomOwners(objects: ObjectSet): Promise<void>;
}

/** Makes a reader that remembers what it read. */
export function makeOwnerReader(cluster: Cluster, options: CollectOptions): OwnerReader {
  let bare = new Map<string, { version: string; workload: WorkloadObject }>();
  let custom: OwnerObject[] = [];
  /** Owners that were looked for in vain. */
  let missed: ReadonlySet<string> = new Set();

  async function readTemplate({ ref, owner, version }: WatchedReplicaSet) {
    const known = bare.get(owner.uid);
    if (known?.version === version) return { uid: owner.uid, ...known };
    try {
      const path = objectPath(REPLICA_SET, ref);
      const raw = await cluster.request<unknown>({ path, signal: options.signal });
      return { uid: owner.uid, version, workload: projectWorkload(raw, REPLICA_SET, options) };
    } catch (error) {
      if (isGone(error) || isPassing(error) || isOutage(error)) return undefined;
      throw error;
    }
  }

  return {
    async readBareReplicaSets(replicaSets) {
      const unowned = [...replicaSets].filter(({ owner }) => owner.controller === null);
      const read = (await Promise.all(unowned.map(readTemplate))).filter((one) => one !== undefined);
      bare = new Map(read.map(({ uid, version, workload }) => [uid, { version, workload }]));
      return read.map(({ workload }) => workload);
    },
    async addCustomOwners(objects) {
      const watched = objects.owners.length;
      objects.owners.push(...custom);
      const isNew = [...listUnknownOwners(objects)].some(
        (owner) => !missed.has(owner.uid) && findKindOf(owner.apiVersion, owner.kind) === undefined,
      );
      if (!isNew) return;
      try {
        await readCustomOwners(cluster, options, objects);
      } catch (error) {
        if (isPassing(error) || isOutage(error)) return;
        throw error;
      }
      const used = new Set([...objects.pods, ...objects.owners].map(({ controller }) => controller?.uid));
      custom = objects.owners.slice(watched).filter(({ uid }) => used.has(uid));
      missed = new Set([...listUnknownOwners(objects)].map(({ uid }) => uid));
    },
  };
}

/** The controllers of what was read that were not read themselves. */
export function* listUnknownOwners({ pods, owners, workloads }: ObjectSet): Generator<ControllerReference> {
  const known = new Set([...workloads, ...owners].map(({ uid }) => uid));
  for (const { controller } of [...pods, ...owners]) {
    if (controller !== null && !known.has(controller.uid)) yield controller;
  }
}

function isGone(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 404 || error.code === 403);
}
