import { objectKey } from '../objects/object-key.ts';
import type { Graph, RestartStep, Workload } from '../types.ts';
import { nameObject } from './targets.ts';

/** Finds the workloads of the steps of a plan in the graph that it was made of. */
export function makeFindWorkload({ workloads }: Pick<Graph, 'workloads'>): (step: RestartStep) => Workload {
  const byKey = new Map(workloads.map((workload) => [objectKey(workload.ref), workload]));
  return ({ workload }) => {
    const found = byKey.get(objectKey(workload));
    if (found === undefined) throw new Error(`the plan has a step for ${nameObject(workload)}, which the graph lacks`);
    return found;
  };
}
