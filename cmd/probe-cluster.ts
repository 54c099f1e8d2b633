import type { ExitCode as Code } from '../src/error.ts';
import { ExitCode } from '../src/error.ts';
import { objectKey } from '../src/objects/object-key.ts';
import type { ProbePlan } from '../src/types.ts';
import { askForProbe, renderProbePlan, renderProbeSkips } from '../src/view/probe-plan.ts';
import { renderReport } from '../src/view/report.ts';
import { escapeControls } from '../src/view/text.ts';
import { confirm } from './confirm.ts';
import { parseDuration } from './duration.ts';
import type { GlobalFlags } from './flags.ts';
import type { ProbeChange, ProbeChangeFlags } from './probe.ts';
import { dropProbeConfigMaps, ensureProbeConfigMaps } from './probe-config-map.ts';
import { carryOut } from './probe-execute.ts';
import { makePlanner } from './probe-planner.ts';
import type { Scope } from './read-cluster.ts';
import { isInferred, readScope } from './read-cluster.ts';
import type { Streams } from './streams.ts';

/** Puts the probe into workloads of the cluster, or takes it out, and follows their rollouts. */
export async function changeCluster(
  words: string[],
  change: ProbeChange,
  flags: ProbeChangeFlags & GlobalFlags,
  streams: Streams,
): Promise<Code> {
  const timing = {
    timeoutMs: parseDuration('--wait-timeout', flags.waitTimeout),
    soakMs: parseDuration('--soak', flags.soak),
    graceMs: parseDuration('--grace', flags.grace),
  };
  const scope = await readScope(words, flags, streams);
  try {
    const planner = await makePlanner(scope, change, streams);
    const plan = await planner.plan();
    const showNamespace = scope.namespace === '';
    const isDryRun = flags.dryRun !== 'none';
    if (isDryRun && flags.output !== 'table') {
      streams.stdout.write(
        await renderReport('ProbePlan', plan.steps, flags.output === 'json' ? 'json' : 'yaml', {
          skipped: plan.skipped,
        }),
      );
    } else if (flags.output === 'table') {
      const sink = isDryRun ? streams.stdout : streams.stderr;
      sink.write(renderProbePlan(plan, { showNamespace, headers: flags.headers }));
      streams.stderr.write(renderProbeSkips(plan.skipped, showNamespace));
    }
    const isRefused = hasRefusal(plan, scope);
    if (plan.steps.length === 0) {
      if (plan.skipped.length === 0) {
        const why = scope.unmatched === '' ? ' here' : `: ${escapeControls(scope.unmatched)}`;
        streams.stderr.write(`nothing to ${change.verb}${why}\n`);
      }
      return isRefused ? ExitCode.refused : ExitCode.ok;
    }
    if (flags.dryRun === 'client') return isRefused ? ExitCode.refused : ExitCode.ok;
    if (!isDryRun && isInferred(scope) && flags.yes !== true) {
      const agreed = await confirm(`${askForProbe(plan, change.verb)}.`, streams);
      if (streams.interrupted.aborted) return ExitCode.interrupted;
      if (!agreed) {
        streams.stderr.write('nothing was changed\n');
        return ExitCode.ok;
      }
    }
    if (change.verb === 'inject') await ensureProbeConfigMaps(scope.cluster, planner.carried(), isDryRun, streams);
    const end = await carryOut(scope, plan, { verb: change.verb, planner, ...timing }, flags, streams);
    if (end !== ExitCode.ok) return end;
    if (change.verb === 'eject' && !isDryRun) await dropProbeConfigMaps(scope, plan, flags.wait, streams);
    return isRefused ? ExitCode.refused : ExitCode.ok;
  } finally {
    scope.cluster.close();
  }
}

/** True when something that was named is left out, or everything is. */
function hasRefusal({ steps, skipped }: ProbePlan, { selection }: Scope): boolean {
  const named = new Set(selection.named.map(objectKey));
  return skipped.some(({ refused, workload }) => refused && (steps.length === 0 || named.has(objectKey(workload))));
}
