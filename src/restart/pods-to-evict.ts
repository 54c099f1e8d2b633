import { compareText } from '../objects/reference-order.ts';
import type { PodObject, State, StatusItem, Workload } from '../types.ts';

/** What a pod to evict is known by. */
export type PodToEvict = Pick<PodObject, 'uid'> & { name: string };

/**
 * The pods of a workload to evict, in the order in which they go: of a StatefulSet the highest ordinal first, as it replaces them itself.
 * @param items verdicts: only pods that they find not to run what configs hold now are taken; `null` takes all pods
 */
export function listPodsToEvict(workload: Workload, items: readonly StatusItem[] | null): PodToEvict[] {
  const old = items === null ? null : new Set(items.flatMap(({ pods }) => pods.filter(isOld).map(({ name }) => name)));
  const pods = listRunning(workload).filter(({ ref }) => old === null || old.has(ref.name));
  const isOrdered = workload.ref.kind === 'StatefulSet';
  return pods
    .map(({ ref: { name }, uid }) => ({ name, uid }))
    .sort((a, b) => (isOrdered ? ordinalOf(b) - ordinalOf(a) : compareText(a.name, b.name)));
}

/** The pods that run, or are about to. */
export function listRunning({ pods }: Pick<Workload, 'pods'>): PodObject[] {
  return pods.filter((pod) => !pod.deleting && pod.phase !== 'Succeeded' && pod.phase !== 'Failed');
}

const OLD: readonly State[] = ['stale', 'refreshed', 'unknown'];

function isOld({ state }: { state: State }): boolean {
  return OLD.includes(state);
}

function ordinalOf({ name }: { name: string }): number {
  return Number(/-(\d+)$/.exec(name)?.[1] ?? 0);
}
