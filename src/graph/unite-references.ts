import { compareReferences, referenceKey } from '../objects/reference-order.ts';
import type { ConfigRef, PodObject } from '../types.ts';

/** Something with references; pods also tell whether they are over. */
type Source = { references: ConfigRef[] } & Partial<Pick<PodObject, 'phase'>>;

/** The references of all, each once, sorted. Pods that are over start no container again: they count only where no other is left. */
export function uniteReferences(sources: readonly Source[]): ConfigRef[] {
  const live = sources.filter(({ phase }) => phase !== 'Succeeded' && phase !== 'Failed');
  const arrays = new Set((live.length > 0 ? live : sources).map(({ references }) => references));
  const [first] = arrays;
  if (arrays.size === 1 && first !== undefined) return first;
  const united = new Map<string, ConfigRef>();
  for (const references of arrays) for (const reference of references) united.set(referenceKey(reference), reference);
  return [...united.values()].sort(compareReferences);
}
