import { ApiError } from '../cluster/api-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { OPTIONAL_GROUPS } from '../cluster/collect.ts';
import { ReloadError } from '../error.ts';
import type { JsonObject } from '../objects/json.ts';
import type { ResourceKind } from '../objects/kinds.ts';
import { findKind, groupOf, listPath, RESOURCE_KINDS } from '../objects/kinds.ts';
import { readReference } from '../objects/metadata.ts';
import { compareObjects } from '../objects/reference-order.ts';
import type { ObjectReference } from '../types.ts';
import { isRolloutKind } from './rollout-object.ts';

/** A type and a name as typed; `null` names all of the type. */
interface Wanted {
  type: string;
  name: string | null;
}

/** Where to look. */
export interface ListTargetsOptions {
  /** '' for all. */
  namespace: string;
  /** As kubectl takes it; '' selects all. */
  selector: string;
  signal?: AbortSignal | undefined;
  /** What could not be read, in a sentence. */
  onWarning: (text: string) => void;
}

/** The kind of a word that has rollouts; `undefined` for any other word. */
export function findRolloutKind(type: string): ResourceKind | undefined {
  const kind = findKind(type);
  return kind !== undefined && isRolloutKind(kind.kind) ? kind : undefined;
}

/**
 * Finds the workloads that are meant, all that roll where nothing is named, by one list of metadata a kind.
 * @param wanted types that `findRolloutKind` knows
 * @returns sorted by namespace, kind and name
 * @throws ReloadError for a name that does not exist; ApiError when a type that was asked for, or every one, may not be read
 */
export async function listTargets(
  cluster: Cluster,
  wanted: readonly Wanted[],
  options: ListTargetsOptions,
): Promise<ObjectReference[]> {
  const named = new Set(wanted.flatMap(({ type }) => findRolloutKind(type) ?? []));
  const kinds = wanted.length > 0 ? [...named] : RESOURCE_KINDS.filter(({ kind }) => isRolloutKind(kind));
  const refusals: ApiError[] = [];
  const read = async (kind: ResourceKind): Promise<[ResourceKind, ObjectReference[]]> => {
    try {
      return [kind, await listKind(cluster, kind, options)];
    } catch (error) {
      if (wanted.length > 0 || !(error instanceof ApiError) || (error.code !== 403 && error.code !== 404)) throw error;
      // A right that is missing for a kind which the cluster may not even have hides nothing.
      if (!OPTIONAL_GROUPS.has(groupOf(kind.apiVersion))) refusals.push(error);
      return [kind, []];
    }
  };
  const found = new Map(await Promise.all(kinds.map(read)));
  const [refusal] = refusals;
  if (refusal && refusals.length === kinds.filter(({ apiVersion }) => !OPTIONAL_GROUPS.has(groupOf(apiVersion))).length)
    throw refusal;
  for (const { message } of refusals) options.onWarning(message);

  const meant = new Set<ObjectReference>();
  if (wanted.length === 0) for (const ref of [...found.values()].flat()) meant.add(ref);
  for (const { type, name } of wanted) {
    const kind = findRolloutKind(type);
    const refs = (kind && found.get(kind)) ?? [];
    const matching = name === null ? refs : refs.filter((ref) => ref.name === name);
    if (name !== null && matching.length === 0) throw notFound(kind, type, name);
    for (const ref of matching) meant.add(ref);
  }
  return [...meant].sort(compareObjects);
}

async function listKind(
  cluster: Cluster,
  kind: ResourceKind,
  { namespace, selector, signal }: ListTargetsOptions,
): Promise<ObjectReference[]> {
  const { items } = await cluster.list<JsonObject, ObjectReference>({
    path: listPath(kind, namespace),
    query: { labelSelector: selector === '' ? undefined : selector },
    form: 'metadata',
    project: (item) => readReference(item, kind),
    signal,
  });
  return items;
}

function notFound(kind: ResourceKind | undefined, type: string, name: string): ReloadError {
  const group = groupOf(kind?.apiVersion ?? '');
  const resource = `${kind?.plural ?? type}${group === '' ? '' : `.${group}`}`;
  return new ReloadError(`Error from server (NotFound): ${resource} "${name}" not found`, {
    hint: 'See kubectl reload deps for what there is, and -n for another namespace.',
  });
}
