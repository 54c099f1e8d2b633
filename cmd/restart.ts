import { parseTimeout } from '../src/cluster/timeout.ts';
import { ExitCode, ReloadError } from '../src/error.ts';
import type { Selection } from '../src/graph/select.ts';
import { PROGRAM } from '../src/name.ts';
import { executePlan } from '../src/restart/execute.ts';
import { planRestart } from '../src/restart/plan.ts';
import { summarizeRestart } from '../src/restart/summary.ts';
import { makeClock } from '../src/rollout/clock.ts';
import type { RestartPlan, RestartSkip, RolloutEvent } from '../src/types.ts';
import { formatObject } from '../src/view/object-name.ts';
import { renderReport } from '../src/view/report.ts';
import { renderRestartPlan, renderSkips } from '../src/view/restart-plan.ts';
import { describeSummary } from '../src/view/restart-summary.ts';
import { makeEventLine } from '../src/view/rollout-line.ts';
import { countOf } from '../src/view/text.ts';
import { confirm } from './confirm.ts';
import type { GlobalFlags } from './flags.ts';
import { judgeScope } from './judge-scope.ts';
import type { Scope } from './read-cluster.ts';
import { readScope, scopeFlags } from './read-cluster.ts';
import type { Streams } from './streams.ts';

/** Flags of `restart`. */
export interface RestartFlags {
  force?: boolean;
  yes?: boolean;
  dryRun: 'none' | 'client';
  maxParallel: number;
  wait: boolean;
  timeout: string;
  soak: string;
  headers: boolean;
  output: 'table' | 'json' | 'yaml';
}

/** Restarts what is stale, or what was named, wave by wave, and follows it to the end. */
export async function runRestart(
  words: string[],
  flags: RestartFlags & GlobalFlags,
  streams: Streams,
): Promise<ExitCode> {
  const timing = { timeoutMs: parseDuration('--timeout', flags.timeout), soakMs: parseDuration('--soak', flags.soak) };
  if (flags.output === 'yaml' && flags.dryRun === 'none') {
    throw new ReloadError('-o yaml prints a plan, so it needs --dry-run=client', {
      hint: 'Use -o json for a line of JSON for each event.',
    });
  }
  const scope = await readScope(words, flags, streams);
  try {
    const plan = await makePlan(scope, flags, streams);
    if (flags.dryRun === 'client' && flags.output !== 'table') {
      const { steps, skipped } = plan;
      streams.stdout.write(await renderReport('RestartPlan', steps, flags.output, { skipped }));
      return ExitCode.ok;
    }
    showPlan(plan, scope, flags, streams);
    if (plan.steps.length === 0) return endWithoutSteps(plan, scope, streams);
    if (flags.dryRun === 'client') return ExitCode.ok;
    if (isInferred(scope) && flags.yes !== true) {
      const agreed = await confirm(`Restart ${countOf(plan.steps.length, 'workload')}?`, streams);
      if (streams.interrupted.aborted) return ExitCode.interrupted;
      if (!agreed) {
        streams.stderr.write('nothing was restarted\n');
        return ExitCode.ok;
      }
    }
    return await execute(plan, scope, { ...flags, ...timing }, streams);
  } finally {
    scope.cluster.close();
  }
}

function parseDuration(flag: string, text: string): number {
  if (text.startsWith('-'))
    throw new ReloadError(`${flag} is negative: ${text}`, { hint: 'Give a duration like 10s or 2m.' });
  return parseTimeout(text);
}

async function makePlan(scope: Scope, flags: RestartFlags, streams: Streams): Promise<RestartPlan> {
  const { graph, selection } = scope;
  const { named, inferred, configs } = selection;
  // A restart reads the values anyway, to record what the new pods start with. What is named is restarted whatever it runs.
  const deep = inferred.length > 0 || configs.length > 0 ? 'doubts' : undefined;
  const status = await judgeScope(scope, { kinds: ['ConfigMap', 'Secret'], deep }, streams);
  return planRestart({ graph, status, targets: { named, inferred, configs }, force: flags.force === true });
}

/** Targets that were not spelt out by name, so that a person should look at the plan first. */
function isInferred({ selection }: Scope): boolean {
  return selection.inferred.length > 0 || selection.configs.length > 0;
}

function showPlan(plan: RestartPlan, scope: Scope, flags: RestartFlags, streams: Streams): void {
  const showNamespace = scope.namespace === '';
  // Of a dry run the plan is the result; otherwise it leads up to the result.
  const sink = flags.dryRun === 'client' ? streams.stdout : streams.stderr;
  if (flags.output === 'table') sink.write(renderRestartPlan(plan, { showNamespace, headers: flags.headers }));
  streams.stderr.write(renderSkips(plan.skipped, showNamespace));
}

/** Nothing to do is a good end, unless something that should be restarted cannot be. */
function endWithoutSteps(plan: RestartPlan, { selection }: Scope, streams: Streams): ExitCode {
  if (plan.skipped.length === 0) streams.stderr.write('nothing to restart: no workload here uses what was named\n');
  return plan.skipped.some((skip) => isRefused(skip, selection)) ? ExitCode.refused : ExitCode.ok;
}

/** True when a workload that was named, or does not run its configs as they are now, is left out for good. */
function isRefused({ code, workload }: RestartSkip, { named }: Selection): boolean {
  switch (code) {
    case 'paused':
    case 'on-delete':
    case 'partition':
    case 'recreated-config':
    case 'no-restart':
    case 'unseen':
      return true;
    case 'missing-reference':
    case 'next-run':
      return named.some((ref) => formatObject(ref) === formatObject(workload));
    case 'current':
    case 'ignored':
    case 'pending':
      return false;
    default:
      return code satisfies never;
  }
}

async function execute(
  plan: RestartPlan,
  scope: Scope,
  flags: RestartFlags & GlobalFlags & { timeoutMs: number; soakMs: number },
  streams: Streams,
): Promise<ExitCode> {
  const events: RolloutEvent[] = [];
  const renderEvent = makeEventLine({ showNamespace: scope.namespace === '' });
  const progress = executePlan(scope.cluster, plan, {
    clock: makeClock(() => streams.now().getTime()),
    maxParallel: flags.maxParallel,
    wait: flags.wait,
    soakMs: flags.soakMs,
    timeoutMs: flags.timeoutMs,
    signal: streams.interrupted,
    allNamespaces: scope.namespace === '',
    onWarning: (text) => streams.stderr.write(`warning: ${text}\n`),
  });
  for await (const event of progress) {
    events.push(event);
    if (flags.output === 'json') streams.stdout.write(`${JSON.stringify(event)}\n`);
    else {
      const { text, result } = renderEvent(event);
      (result ? streams.stdout : streams.stderr).write(text);
    }
  }
  const summary = summarizeRestart(plan, events);
  const interrupted = streams.interrupted.aborted;
  streams.stderr.write(
    describeSummary(summary, { interrupted, followed: flags.wait, program: PROGRAM, scope: scopeFlags(flags) }),
  );
  if (interrupted) return ExitCode.interrupted;
  if (summary.failed.length > 0 || summary.notStarted.length > 0) return ExitCode.no;
  const { selection } = scope;
  return plan.skipped.some((skip) => selection.named.length > 0 && isRefused(skip, selection))
    ? ExitCode.refused
    : ExitCode.ok;
}
