import { objectKey } from '../objects/object-key.ts';
import type { ConfigObject, ConfigRef, Graph, ObjectReference, WorkloadObject } from '../types.ts';

/** Kustomize appends ten letters of a hash, in an alphabet without vowels and look-alikes. */
const HASHED = /^(.+)-[2456789bcdfghkmt]{10}$/;

/** The name without a content hash at its end; `null` for a name that has none. */
export function baseName(name: string): string | null {
  return HASHED.exec(name)?.[1] ?? null;
}

/**
 * The config that a new one replaces whose name ends in a hash of its content: one of the same base name that a workload uses now which
 * would use the new one, else the newest that anybody uses.
 * @param workloads of the manifests
 * @returns `undefined` when there is none
 */
export function findPredecessor(
  ref: ObjectReference,
  workloads: readonly WorkloadObject[],
  graph: Graph,
): ConfigObject | undefined {
  const base = baseName(ref.name);
  if (base === null) return undefined;
  const isSibling = (other: ObjectReference): boolean =>
    other.kind === ref.kind &&
    other.namespace === ref.namespace &&
    other.name !== ref.name &&
    baseName(other.name) === base;
  const movers = new Set(
    workloads.filter(({ references }) => references.some(names(ref))).map((one) => objectKey(one.ref)),
  );
  const used = graph.dependencies.filter(({ config }) => isSibling(config));
  const moved = used.filter(({ workload }) => movers.has(objectKey(workload)));
  const wanted = new Set((moved.length > 0 ? moved : used).map(({ config }) => objectKey(config)));
  return graph.configs
    .filter((config) => wanted.has(objectKey(config.ref)))
    .sort((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? 1 : -1))[0];
}

function names(ref: ObjectReference): (reference: ConfigRef) => boolean {
  const key = objectKey(ref);
  return ({ config }) => objectKey(config) === key;
}
