import { ExitCode, ReloadError } from '../src/error.ts';
import { PROGRAM } from '../src/name.ts';
import { executePlan } from '../src/restart/execute.ts';
import type { RestartSummary } from '../src/restart/summary.ts';
import { summarizeRestart } from '../src/restart/summary.ts';
import { makeClock } from '../src/rollout/clock.ts';
import type { RestartPlan, RolloutEvent } from '../src/types.ts';
import { formatObject } from '../src/view/object-name.ts';
import { renderReport } from '../src/view/report.ts';
import type { SummaryOptions } from '../src/view/restart-summary.ts';
import { describeSummary } from '../src/view/restart-summary.ts';
import { countOf, escapeControls } from '../src/view/text.ts';
import { confirm } from './confirm.ts';
import { parseDuration } from './duration.ts';
import type { GlobalFlags } from './flags.ts';
import { checkPlan, describeDryRun, isRefused, isRefusedAmongOthers, makePlan, showPlan } from './plan-restart.ts';
import type { Scope } from './read-cluster.ts';
import { isInferred, readScope, scopeFlags } from './read-cluster.ts';
import { makeRolloutView, showRollouts } from './rollout-progress.ts';
import { onServerClock } from './server-clock.ts';
import type { Streams } from './streams.ts';

/** Flags of `restart`. */
export interface RestartFlags {
  force?: boolean;
  yes?: boolean;
  dryRun: 'none' | 'client' | 'server';
  preflight: boolean;
  evict?: boolean;
  maxParallel: number;
  wait: boolean;
  undoOnFailure?: boolean;
  grace: string;
  timeout: string;
  soak: string;
  headers: boolean;
  output: 'table' | 'json' | 'yaml';
}

/** Restarts what is stale, or what was named, wave by wave, and follows it to the end. */
export async function runRestart(
  words: string[],
  flags: RestartFlags & GlobalFlags,
  surroundings: Streams,
): Promise<ExitCode> {
  const timing = {
    timeoutMs: parseDuration('--timeout', flags.timeout),
    soakMs: parseDuration('--soak', flags.soak),
    graceMs: parseDuration('--grace', flags.grace),
  };
  if (flags.output === 'yaml' && flags.dryRun === 'none') {
    throw new ReloadError('-o yaml prints a plan, so it needs --dry-run=client or --dry-run=server', {
      hint: 'Use -o json for a line of JSON for each event.',
    });
  }
  refuseContradiction(flags);
  const scope = await readScope(words, flags, surroundings);
  const streams = onServerClock(surroundings, scope.cluster);
  try {
    const clock = makeClock(() => streams.now().getTime());
    const warned = new Set<string>();
    const deadline = timing.timeoutMs > 0 ? clock.now() + timing.timeoutMs : Number.POSITIVE_INFINITY;
    const made = await makePlan(scope, flags, streams);
    const plan = await checkPlan(made, scope, flags, streams, { clock, warned, deadline });
    if (flags.dryRun !== 'none' && flags.output !== 'table') {
      const { steps, skipped } = plan;
      streams.stdout.write(await renderReport('RestartPlan', steps, flags.output, { skipped }));
      return flags.dryRun === 'server' && hasRefusal(plan, scope) ? ExitCode.refused : ExitCode.ok;
    }
    showPlan(plan, scope, flags, streams);
    if (flags.dryRun === 'server' && made.steps.length > 0) streams.stderr.write(describeDryRun(plan));
    if (plan.steps.length === 0) return endWithoutSteps(plan, scope, streams);
    if (flags.dryRun === 'client') return ExitCode.ok;
    if (flags.dryRun === 'server') return hasRefusal(plan, scope) ? ExitCode.refused : ExitCode.ok;
    if (isInferred(scope) && flags.yes !== true) {
      const agreed = await confirm(`Restart ${countOf(plan.steps.length, 'workload')}?`, streams);
      if (streams.interrupted.aborted) return ExitCode.interrupted;
      if (!agreed) {
        streams.stderr.write('nothing was restarted\n');
        return ExitCode.ok;
      }
    }
    return await execute(plan, { ...scope, words }, { ...flags, ...timing, warned }, streams);
  } finally {
    scope.cluster.close();
  }
}

/** Whoever asks for two things that exclude each other relies on both, so that neither is left out silently. */
function refuseContradiction(flags: RestartFlags): void {
  const message = findContradiction(flags);
  if (message !== null) throw new ReloadError(message, { hint: 'Leave out one of the two.' });
}

function findContradiction({ undoOnFailure = false, wait, evict = false }: RestartFlags): string | null {
  if (evict && !wait) return '--evict waits for each new pod before it takes the next, which --wait=false forbids';
  if (!undoOnFailure) return null;
  if (evict) return '--undo-on-failure has nothing to undo with --evict: an eviction changes no template';
  return wait ? null : '--undo-on-failure has to see the failure, and --wait=false does not follow the rollouts';
}

/** The flags that say how carefully to restart, where they are not what they are by default. */
function formatManner({ evict, undoOnFailure, maxParallel, soak, grace }: RestartFlags): string {
  const flags = [
    evict === true ? ' --evict' : '',
    undoOnFailure === true ? ' --undo-on-failure' : '',
    maxParallel === 4 ? '' : ` --max-parallel ${maxParallel}`,
    soak === '10s' ? '' : ` --soak ${soak}`,
    grace === '60s' ? '' : ` --grace ${grace}`,
  ];
  return flags.join('');
}

/** The targets of a run that goes on where this one stopped: of named workloads, which are always restarted, only those that are left. */
function formatRest(
  { selection }: Scope,
  words: readonly string[],
  { notStarted, halfEvicted }: RestartSummary,
): string {
  const left = [...notStarted, ...halfEvicted.map(({ workload }) => workload)];
  const targets = selection.named.length > 0 && !isInferred({ selection }) ? left.map(formatObject) : words;
  return targets.map((target) => ` ${target}`).join('');
}

/** Nothing to do is a good end, unless something that should be restarted cannot be. */
function endWithoutSteps(plan: RestartPlan, scope: Scope, streams: Streams): ExitCode {
  if (plan.skipped.length === 0) {
    const { configs, named } = scope.selection;
    const uses =
      configs.length + named.length > 0 ? 'uses what was named' : 'that was meant uses a ConfigMap or Secret';
    const why = escapeControls(scope.unmatched) || `no workload here ${uses}`;
    streams.stderr.write(`nothing to restart: ${why}\n`);
  }
  return hasRefusal(plan, scope) ? ExitCode.refused : ExitCode.ok;
}

function hasRefusal({ skipped }: RestartPlan, { selection }: Scope): boolean {
  return skipped.some((skip) => isRefused(skip, selection));
}

async function execute(
  plan: RestartPlan,
  { words, ...scope }: Scope & { words: readonly string[] },
  flags: RestartFlags & GlobalFlags & { timeoutMs: number; soakMs: number; graceMs: number; warned: Set<string> },
  streams: Streams,
): Promise<ExitCode> {
  const view = makeRolloutView(flags, streams, {
    showNamespace: scope.namespace === '',
    wording: 'restart',
    count: plan.steps.length,
    followed: flags.wait,
  });
  const progress = executePlan(scope.cluster, plan, {
    clock: makeClock(() => streams.now().getTime()),
    maxParallel: flags.maxParallel,
    wait: flags.wait,
    undoOnFailure: flags.undoOnFailure === true,
    soakMs: flags.soakMs,
    graceMs: flags.graceMs,
    timeoutMs: flags.timeoutMs,
    signal: streams.interrupted,
    allNamespaces: scope.namespace === '',
    onWarning(text) {
      if (!flags.warned.has(text)) view.warn(text);
      flags.warned.add(text);
    },
  });
  const sumUp = (events: Iterable<RolloutEvent>, end: SummaryOptions['end']): RestartSummary => {
    const summary = summarizeRestart(plan, events);
    const { namespace: _, allNamespaces: __, selector: ___, ...connection } = flags;
    const again = `${scopeFlags(flags)}${formatManner(flags)}${formatRest(scope, words, summary)}`;
    streams.stderr.write(
      describeSummary(summary, {
        end,
        followed: flags.wait,
        program: PROGRAM,
        scope: again,
        connection: scopeFlags(connection),
      }),
    );
    return summary;
  };
  const told = new Map<string, RolloutEvent>();
  let interrupted = false;
  try {
    await showRollouts(progress, view, told);
    interrupted = streams.interrupted.aborted;
  } catch (error) {
    // What was begun goes on without us, whatever ended this.
    sumUp(told.values(), streams.interrupted.aborted ? 'interrupted' : 'lost');
    throw error;
  }
  const summary = sumUp(told.values(), interrupted ? 'interrupted' : 'reached');
  if (interrupted) return ExitCode.interrupted;
  if (summary.failed.length > 0 || summary.notStarted.length > 0) return ExitCode.no;
  return plan.skipped.some((skip) => isRefusedAmongOthers(skip, scope.selection)) ? ExitCode.refused : ExitCode.ok;
}
