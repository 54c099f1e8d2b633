import { objectKey } from '../objects/object-key.ts';
import type { ObjectReference, RestartPlan, RolloutEvent } from '../types.ts';

/** A restart that was refused, failed or timed out: the event that says so, and the configs that it was for. */
export interface FailedRestart extends RolloutEvent {
  configs: readonly ObjectReference[];
}

/** What became of a plan, by workload, each list in the order of the plan. */
export interface RestartSummary {
  /** Restarted and healthy. */
  complete: ObjectReference[];
  failed: FailedRestart[];
  /** Restarted, and not followed to the end: the cluster goes on with it. */
  underWay: ObjectReference[];
  /** Some of its pods were evicted, and the others wait for the next run. */
  halfEvicted: RolloutEvent[];
  notStarted: ObjectReference[];
}

/** Sums up the events of a plan; of each workload the last event decides. */
export function summarizeRestart(plan: RestartPlan, events: Iterable<RolloutEvent>): RestartSummary {
  const last = new Map<string, RolloutEvent>();
  for (const event of events) last.set(objectKey(event.workload), event);
  const summary: RestartSummary = { complete: [], failed: [], underWay: [], halfEvicted: [], notStarted: [] };
  for (const { workload, action, configs } of plan.steps) {
    const event = last.get(objectKey(workload));
    if (event === undefined) summary.notStarted.push(workload);
    else if (event.phase === 'failed') summary.failed.push({ ...event, configs });
    else if (event.phase === 'complete') summary.complete.push(workload);
    else if (action === 'evict') summary.halfEvicted.push(event);
    else summary.underWay.push(workload);
  }
  return summary;
}
