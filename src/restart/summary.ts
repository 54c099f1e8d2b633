import { objectKey } from '../objects/object-key.ts';
import type { ObjectReference, RestartPlan, RolloutEvent } from '../types.ts';

/** What became of a plan, by workload, each list in the order of the plan. */
export interface RestartSummary {
  /** Restarted and healthy. */
  complete: ObjectReference[];
  /** Refused, failed or timed out, with the event that says so. */
  failed: RolloutEvent[];
  /** Restarted, and not followed to the end. */
  underWay: ObjectReference[];
  notStarted: ObjectReference[];
}

/** Sums up the events of a plan; of each workload the last event decides. */
export function summarizeRestart(plan: RestartPlan, events: Iterable<RolloutEvent>): RestartSummary {
  const last = new Map<string, RolloutEvent>();
  for (const event of events) last.set(objectKey(event.workload), event);
  const summary: RestartSummary = { complete: [], failed: [], underWay: [], notStarted: [] };
  for (const { workload } of plan.steps) {
    const event = last.get(objectKey(workload));
    if (event === undefined) summary.notStarted.push(workload);
    else if (event.phase === 'failed') summary.failed.push(event);
    else if (event.phase === 'complete') summary.complete.push(workload);
    else summary.underWay.push(workload);
  }
  return summary;
}
