import { objectKey } from '../objects/object-key.ts';
import type { Graph } from '../types.ts';

/**
 * Immutable configs that are younger than a pod that uses them: they were deleted and created again under the same name. The kubelet
 * does not look at an immutable config twice while any pod of the node names it, so that even a new pod may get the old content.
 * https://github.com/kubernetes/kubernetes/issues/119733
 * @returns object keys
 */
export function findRecreated({ configs, workloads }: Graph): Set<string> {
  const immutable = new Map(
    configs.filter((config) => config.immutable).map((config) => [objectKey(config.ref), config]),
  );
  const recreated = new Set<string>();
  if (immutable.size === 0) return recreated;
  for (const pod of workloads.flatMap(({ pods }) => pods)) {
    for (const { config } of pod.references) {
      const created = immutable.get(objectKey(config))?.createdAt;
      if (created != null && pod.createdAt !== null && pod.createdAt < created) recreated.add(objectKey(config));
    }
  }
  return recreated;
}
