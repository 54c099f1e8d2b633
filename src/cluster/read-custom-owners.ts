import { isJsonObject, readFlag, readObjects, readText } from '../objects/json.ts';
import type { ResourceKind } from '../objects/kinds.ts';
import { findKindOf, groupOf, listPath } from '../objects/kinds.ts';
import { projectOwner } from '../objects/owner.ts';
import type { ControllerReference, ObjectSet, OwnerObject } from '../types.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import type { CollectOptions } from './collect.ts';

/** Custom resources own custom resources; more than this deep nobody builds. */
const OWNER_DEPTH = 4;
/** A group, which looks like a domain, and a version. */
const API_VERSION = /^(?:[a-z0-9][a-z0-9.-]*\/)?[a-z0-9]+$/;

/** Adds the owners of a custom kind that stand above what was read, level by level. */
export async function readCustomOwners(cluster: Cluster, options: CollectOptions, objects: ObjectSet): Promise<void> {
  const known = new Set([...objects.workloads, ...objects.owners].map(({ uid }) => uid));
  const asked = new Set<string>();
  for (let depth = 0; depth < OWNER_DEPTH; depth++) {
    const open = new Map<string, ControllerReference>();
    for (const { controller } of [...objects.pods, ...objects.owners]) {
      if (controller === null || known.has(controller.uid)) continue;
      const type = `${controller.apiVersion} ${controller.kind}`;
      if (!asked.has(type)) open.set(type, controller);
    }
    if (open.size === 0) return;
    const found = await Promise.all([...open.values()].map((reference) => listOwners(cluster, options, reference)));
    for (const type of open.keys()) asked.add(type);
    for (const owner of found.flat()) {
      known.add(owner.uid);
      objects.owners.push(owner);
    }
  }
}

/** All objects of an owner's kind; none when it cannot be read: the walk then ends at the reference itself. */
async function listOwners(
  cluster: Cluster,
  { namespace, signal }: CollectOptions,
  reference: ControllerReference,
): Promise<OwnerObject[]> {
  const kind = findKindOf(reference.apiVersion, reference.kind) ?? (await discoverKind(cluster, reference, signal));
  if (kind === undefined) return [];
  try {
    const project = (item: unknown) => projectOwner(item, kind);
    return (await cluster.list({ path: listPath(kind, namespace), form: 'metadata', project, signal })).items;
  } catch (error) {
    if (error instanceof ApiError && (error.code === 403 || error.code === 404)) return [];
    throw error;
  }
}

async function discoverKind(
  cluster: Cluster,
  { apiVersion, kind }: ControllerReference,
  signal: AbortSignal | undefined,
): Promise<ResourceKind | undefined> {
  // Whoever makes a pod names its owner, and the server checks little of it: it must not lead to another path.
  if (!API_VERSION.test(apiVersion)) return undefined;
  const root = groupOf(apiVersion) === '' ? '/api' : '/apis';
  try {
    const answer = await cluster.request<unknown>({ path: `${root}/${apiVersion}`, signal });
    const found = readObjects(isJsonObject(answer) ? answer : undefined, 'resources').find(
      (resource) => readText(resource, 'kind') === kind && /^[a-z0-9-]+$/.test(readText(resource, 'name')),
    );
    if (found === undefined) return undefined;
    const [plural, singular] = [readText(found, 'name'), readText(found, 'singularName')];
    const namespaced = readFlag(found, 'namespaced');
    return { apiVersion, kind, plural, singular, namespaced, shortNames: [], template: null };
  } catch (error) {
    if (error instanceof ApiError && (error.code === 403 || error.code === 404)) return undefined;
    throw error;
  }
}
