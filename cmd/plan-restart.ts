import { readBounds } from '../src/cluster/read-bounds.ts';
import type { Selection } from '../src/graph/select.ts';
import { isSameObject } from '../src/objects/object-key.ts';
import { applyBounds, findBoundsWanted } from '../src/restart/bounds.ts';
import { planRestart } from '../src/restart/plan.ts';
import type { Clock } from '../src/rollout/clock.ts';
import type { RestartPlan, RestartSkip } from '../src/types.ts';
import { renderRestartPlan, renderSkips } from '../src/view/restart-plan.ts';
import { countOf } from '../src/view/text.ts';
import { judgeScope } from './judge-scope.ts';
import type { Scope } from './read-cluster.ts';
import type { RestartFlags } from './restart.ts';
import { formatWarning } from './rollout-view.ts';
import type { Streams } from './streams.ts';

/** What a restart would do, as far as the objects of the cluster tell it. */
export async function makePlan(scope: Scope, flags: RestartFlags, streams: Streams): Promise<RestartPlan> {
  const { cluster, graph, selection } = scope;
  const { named, inferred, configs } = selection;
  const force = flags.force === true;
  // A restart reads the values anyway, to record what the new pods start with. What is named is restarted whatever it runs.
  const deep = inferred.length > 0 || configs.length > 0 ? 'doubts' : undefined;
  const status = await judgeScope(scope, { kinds: ['ConfigMap', 'Secret'], deep }, streams);
  const evict = flags.evict === true;
  const plan = planRestart({
    graph,
    status,
    targets: { named, inferred, configs },
    force,
    evict,
    now: streams.now().getTime(),
  });
  const bounds = await readBounds(cluster, findBoundsWanted(plan, graph), streams.interrupted);
  return applyBounds(plan, graph, bounds, force);
}

/**
 * The plan without what the API server would refuse, unless nobody wants to know.
 * @param warned gets the warnings of the server that have been told
 * @param deadline when to give up asking, in milliseconds since 1970
 */
export async function checkPlan(
  plan: RestartPlan,
  scope: Scope,
  flags: RestartFlags,
  streams: Streams,
  { clock, warned, deadline }: { clock: Clock; warned: Set<string>; deadline: number },
): Promise<RestartPlan> {
  const isWanted = flags.dryRun === 'server' || (flags.dryRun === 'none' && flags.preflight);
  if (!isWanted || plan.steps.length === 0) return plan;
  const { preflightPlan } = await import('../src/restart/preflight.ts');
  return preflightPlan(scope.cluster, plan, scope.graph, {
    clock,
    deadline,
    signal: streams.interrupted,
    follow: flags.wait,
    force: flags.force === true,
    onWarning(text) {
      // A plan that is shown has them among its notes.
      if (flags.dryRun === 'none' && flags.output !== 'table' && !warned.has(text)) {
        streams.stderr.write(formatWarning(text));
      }
      warned.add(text);
    },
  });
}

/** Shows the plan and what is left out of it. */
export function showPlan(plan: RestartPlan, scope: Scope, flags: RestartFlags, streams: Streams): void {
  const showNamespace = scope.namespace === '';
  // Of a dry run the plan is the result; otherwise it leads up to the result.
  const sink = flags.dryRun === 'none' ? streams.stderr : streams.stdout;
  if (flags.output === 'table') {
    sink.write(renderRestartPlan(plan, { showNamespace, headers: flags.headers, width: sink.columns }));
  }
  streams.stderr.write(renderSkips(plan.skipped, { showNamespace, width: streams.stderr.columns }));
}

/** What a dry run on the server came to, in a line. */
export function describeDryRun({ steps, skipped }: RestartPlan): string {
  const refused = skipped.filter(({ code }) => code === 'forbidden' || code === 'rejected').length;
  const all = countOf(steps.length + refused, 'workload');
  return refused === 0
    ? `nothing was changed: the API server would take the restart of ${all}\n`
    : `nothing was changed: the API server would refuse ${refused} of ${all}\n`;
}

/** True when a workload that was named, or does not run its configs as they are now, is left out for good. */
export function isRefused({ code, workload }: RestartSkip, { named }: Selection): boolean {
  switch (code) {
    case 'paused':
    case 'on-delete':
    case 'partition':
    case 'recreated-config':
    case 'no-restart':
    case 'disruption-budget':
    case 'forbidden':
    case 'rejected':
    case 'unseen':
      return true;
    case 'missing-reference':
    case 'next-run':
      return named.some((ref) => isSameObject(ref, workload));
    case 'current':
    case 'ignored':
    case 'pending':
      return false;
    default:
      return code satisfies never;
  }
}

/** True when the exit code says so although others were restarted: something that was named is left out, or the server would not have it. */
export function isRefusedAmongOthers(skip: RestartSkip, selection: Selection): boolean {
  if (skip.code === 'forbidden' || skip.code === 'rejected') return true;
  return selection.named.length > 0 && isRefused(skip, selection);
}
