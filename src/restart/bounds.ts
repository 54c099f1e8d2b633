import { isSelected } from '../objects/label-requirements.ts';
import { objectKey } from '../objects/object-key.ts';
import { compareObjects } from '../objects/reference-order.ts';
import type { Bounds, DisruptionBudget, Graph, Quota, RestartPlan, RestartStep, Workload } from '../types.ts';
import { makeFindWorkload } from './find-workload.ts';
import type { Refusal } from './refusal.ts';
import { skipOf } from './refusal.ts';
import { nameObject } from './targets.ts';

/** The namespaces in which a bound may matter for a plan, by the kind of bound. */
export type BoundsWanted = Record<keyof Bounds, string[]>;

/** Which bounds are worth reading: budgets stop nothing but evictions, quotas nothing that goes before its replacement comes. */
export function findBoundsWanted(plan: RestartPlan, graph: Graph): BoundsWanted {
  const find = makeFindWorkload(graph);
  const namespacesOf = (matters: (step: RestartStep, workload: Workload) => boolean): string[] => {
    const steps = plan.steps.filter((step) => matters(step, find(step)));
    return [...new Set(steps.map(({ workload }) => workload.namespace))];
  };
  return {
    budgets: namespacesOf(({ action }) => action === 'evict'),
    autoscalers: namespacesOf((_, { policy }) => policy.replicas === 0),
    quotas: namespacesOf(needsRoom),
  };
}

/**
 * The plan with what bounds its pods: warnings, and refusals of what could never be done.
 * @param force warn where a refusal could be overruled
 */
export function applyBounds(plan: RestartPlan, graph: Graph, bounds: Bounds, force: boolean): RestartPlan {
  const find = makeFindWorkload(graph);
  const steps: RestartStep[] = [];
  const skipped = [...plan.skipped];
  for (const step of plan.steps) {
    const workload = find(step);
    const refusal = refuseByBudgets(step, workload, bounds);
    if (refusal !== null && !(force && refusal.mayForce)) {
      skipped.push(skipOf(workload, refusal));
      continue;
    }
    const warnings = [
      ...(refusal === null ? warnOfBudgets(step, workload, bounds) : [refusal.reason]),
      ...warnOfAutoscaler(workload, bounds),
      ...(needsRoom(step, workload) ? warnOfQuotas(workload, bounds) : []),
    ];
    steps.push(warnings.length === 0 ? step : { ...step, warnings: [...step.warnings, ...warnings] });
  }
  return { steps, skipped: skipped.sort((a, b) => compareObjects(a.workload, b.workload)) };
}

/** True for a rollout that stands still for ever when not one pod more than now can be made. */
export function needsRoom({ action, pods }: RestartStep, { policy }: Workload): boolean {
  return action === 'patch' && pods > 0 && policy.surge > 0 && policy.unavailable === 0;
}

function budgetsOf(
  { action }: RestartStep,
  { ref, templateLabels }: Workload,
  { budgets }: Bounds,
): DisruptionBudget[] {
  if (action !== 'evict') return [];
  return budgets.filter(
    ({ ref: budget, selector }) => budget.namespace === ref.namespace && isSelected(templateLabels, selector),
  );
}

function refuseByBudgets(step: RestartStep, workload: Workload, bounds: Bounds): Refusal | null {
  const budgets = budgetsOf(step, workload, bounds);
  const names = budgets.map(({ ref }) => nameObject(ref)).join(' and ');
  if (budgets.length > 1) {
    const reason = `${names} select the same pods: the API server evicts none that has more than one budget`;
    return { code: 'disruption-budget', reason, mayForce: false };
  }
  if (budgets[0]?.most !== 0) return null;
  const reason = `${names} never allows a disruption, however healthy its pods are: an eviction would wait for ever`;
  return { code: 'disruption-budget', reason, mayForce: true };
}

function warnOfBudgets(step: RestartStep, workload: Workload, bounds: Bounds): string[] {
  return budgetsOf(step, workload, bounds)
    .filter(({ allowed }) => allowed === 0)
    .map(({ ref }) => `${nameObject(ref)} allows no disruption now: evictions wait until it does`);
}

function warnOfAutoscaler({ ref, policy }: Workload, { autoscalers }: Bounds): string[] {
  if (policy.replicas !== 0) return [];
  return autoscalers
    .filter(({ target }) => objectKey(target) === objectKey(ref))
    .map((autoscaler) =>
      autoscaler.minReplicas === 0
        ? `${nameObject(autoscaler.ref)} may start pods of it at any time`
        : `${nameObject(autoscaler.ref)} does nothing while it is scaled to 0`,
    );
}

function warnOfQuotas(workload: Workload, { quotas }: Bounds): string[] {
  return quotas
    .filter((quota) => quota.ref.namespace === workload.ref.namespace && counts(quota, workload))
    .flatMap((quota) => {
      const full = quota.amounts.filter(({ resource, hard, used }) => used + needOf(workload, resource) > hard);
      const words = full.map(({ resource, text }) => `${resource} ${text} used`).join(', ');
      return full.length === 0
        ? []
        : [
            `${nameObject(quota.ref)} has no room for one pod more (${words}), and none may go before: the rollout would stand still`,
          ];
    });
}

/** What one more pod of the template takes of a resource; 0 of what it takes nothing of. */
function needOf({ podResources }: Workload, resource: string): number {
  if (resource === 'pods' || resource === 'count/pods') return 1;
  const name = resource === 'cpu' || resource === 'memory' ? `requests.${resource}` : resource;
  // A resource of which nothing more is taken is no matter, even where more of it is used than allowed.
  return podResources[name] || Number.NEGATIVE_INFINITY;
}

/** True where a quota counts the pods of a workload, as far as that can be told from its template. */
function counts({ scopes }: Quota, { podResources }: Workload): boolean {
  return scopes.every((scope) => {
    switch (scope) {
      case 'NotTerminating':
        return true;
      case 'BestEffort':
        return Object.keys(podResources).length === 0;
      case 'NotBestEffort':
        return Object.keys(podResources).length > 0;
      default:
        return false;
    }
  });
}
