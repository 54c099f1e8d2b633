import type { Cluster } from '../cluster/cluster.ts';
import { limitParallel } from '../cluster/limit-parallel.ts';
import type { Rights } from '../cluster/read-rights.ts';
import { readRights } from '../cluster/read-rights.ts';
import { compareObjects } from '../objects/reference-order.ts';
import type { Graph, RestartPlan, RestartStep } from '../types.ts';
import type { CheckOptions } from './check-step.ts';
import { checkStep } from './check-step.ts';
import { makeFindWorkload } from './find-workload.ts';
import { skipOf } from './refusal.ts';

/** So many workloads are tried at once. */
const AT_ONCE = 4;

/**
 * Asks the API server what it would refuse, and changes nothing: the rights of this user, the patch of each workload and one pod of each
 * template as dry runs, so that admission, quotas, PodSecurity and missing ServiceAccounts show before anything rolls. Gives the
 * plan without what would be refused, which is skipped with the reason, and with the warnings of the server.
 *
 * @throws when the server cannot be asked, and the signal's reason when it is aborted
 */
export async function preflightPlan(
  cluster: Cluster,
  plan: RestartPlan,
  graph: Graph,
  options: CheckOptions,
): Promise<RestartPlan> {
  const inTurn = limitParallel(AT_ONCE);
  const find = makeFindWorkload(graph);
  const rightsIn = new Map<string, Promise<Rights>>();
  const rightsOf = ({ workload: { namespace } }: RestartStep): Promise<Rights> => {
    const rights = rightsIn.get(namespace) ?? readRights(cluster, namespace, options.signal);
    rightsIn.set(namespace, rights);
    return rights;
  };
  const checked = await Promise.all(
    plan.steps.map((step) =>
      inTurn(async () => {
        options.signal?.throwIfAborted();
        return { step, ...(await checkStep(cluster, step, find(step), await rightsOf(step), options)) };
      }),
    ),
  );
  const steps: RestartStep[] = [];
  const skipped = [...plan.skipped];
  for (const { step, refusal, warnings } of checked) {
    if (refusal !== null) skipped.push(skipOf(find(step), refusal));
    else steps.push(warnings.length === 0 ? step : { ...step, warnings: [...step.warnings, ...warnings] });
  }
  return { steps, skipped: skipped.sort((a, b) => compareObjects(a.workload, b.workload)) };
}
