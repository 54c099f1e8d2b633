import { baseName } from '../objects/content-name.ts';
import { isSameObject, objectKey } from '../objects/object-key.ts';
import type { ConfigObject, Graph, ObjectReference, WorkloadObject } from '../types.ts';

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
    workloads
      .filter(({ references }) => references.some(({ config }) => isSameObject(config, ref)))
      .map((one) => objectKey(one.ref)),
  );
  const used = graph.dependencies.filter(({ config }) => isSibling(config));
  const moved = used.filter(({ workload }) => movers.has(objectKey(workload)));
  const wanted = new Set((moved.length > 0 ? moved : used).map(({ config }) => objectKey(config)));
  return graph.configs
    .filter((config) => wanted.has(objectKey(config.ref)))
    .sort((a, b) => ((a.createdAt ?? '') < (b.createdAt ?? '') ? 1 : -1))[0];
}
