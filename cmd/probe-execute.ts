import { ApiError } from '../src/cluster/api-error.ts';
import type { Cluster } from '../src/cluster/cluster.ts';
import type { ExitCode as Code } from '../src/error.ts';
import { ExitCode, ReloadError } from '../src/error.ts';
import { FIELD_MANAGER } from '../src/name.ts';
import { isJsonObject, readInteger, readObject } from '../src/objects/json.ts';
import { findKindOf, objectPath } from '../src/objects/kinds.ts';
import { requestPatiently } from '../src/restart/request-patiently.ts';
import type { Clock } from '../src/rollout/clock.ts';
import { makeClock } from '../src/rollout/clock.ts';
import { followRollouts } from '../src/rollout/follow.ts';
import type { ProbePlan, ProbeStep, RolloutEvent } from '../src/types.ts';
import { formatObject, formatResourceName } from '../src/view/object-name.ts';
import { countOf } from '../src/view/text.ts';
import type { GlobalFlags } from './flags.ts';
import type { ProbeChangeFlags } from './probe.ts';
import type { ProbePlanner } from './probe-planner.ts';
import type { Scope } from './read-cluster.ts';
import { makeRolloutView, showRollouts } from './rollout-progress.ts';
import type { RolloutView } from './rollout-view.ts';
import type { Streams } from './streams.ts';

/** Rollouts under way at once. */
const AT_ONCE = 4;
/** Somebody who writes the same object all the time is not waited for longer. */
const TRIES = 5;

interface Running {
  verb: 'inject' | 'eject';
  planner: ProbePlanner;
  timeoutMs: number;
  soakMs: number;
  graceMs: number;
}

/** Sends the patches of a plan, some workloads at a time, and follows each rollout to its end. After a failure nothing new begins. */
export async function carryOut(
  { cluster, namespace }: Scope,
  { steps }: ProbePlan,
  { verb, planner, ...timing }: Running,
  flags: ProbeChangeFlags & GlobalFlags,
  streams: Streams,
): Promise<Code> {
  const clock = makeClock(() => streams.now().getTime());
  const isDryRun = flags.dryRun !== 'none';
  const done = verb === 'inject' ? 'injected' : 'ejected';
  const followed = flags.wait && !isDryRun;
  const begun = clock.now();
  let patched = 0;
  for (let at = 0; at < steps.length; at += followed ? AT_ONCE : steps.length) {
    const batch = steps.slice(at, at + (followed ? AT_ONCE : steps.length));
    const view = makeRolloutView(flags, streams, {
      showNamespace: namespace === '',
      wording: 'restart',
      count: batch.length,
      followed,
    });
    const targets: { ref: ProbeStep['workload']; uid: string; generation: number }[] = [];
    for (const step of batch) {
      if (streams.interrupted.aborted) return interrupted(steps.length - patched, streams);
      const generation = await sendPatch(cluster, step, planner, { clock, isDryRun, view }, streams);
      patched++;
      if (flags.output === 'table') {
        const suffix = isDryRun ? ` (server dry run)` : '';
        streams.stdout.write(
          `${namespace === '' ? `${step.workload.namespace}/` : ''}${formatResourceName(step.workload)} ${done}${suffix}\n`,
        );
      } else if (!isDryRun) view.show(tellPatched(step, clock, done));
      if (!step.held) targets.push({ ref: step.workload, uid: step.uid, generation });
    }
    if (!followed || targets.length === 0) {
      view.end();
      continue;
    }
    const left = timing.timeoutMs === 0 ? 0 : Math.max(1, timing.timeoutMs - (clock.now() - begun));
    const progress = followRollouts(cluster, targets, {
      clock,
      soakMs: timing.soakMs,
      graceMs: timing.graceMs,
      timeoutMs: left,
      signal: streams.interrupted,
      allNamespaces: namespace === '',
      onWarning: view.warn,
    });
    const events = await showRollouts(progress, view);
    if (streams.interrupted.aborted) return interrupted(steps.length - patched, streams);
    if (events.some(({ phase }) => phase === 'failed')) {
      const rest = steps.length - patched;
      if (rest > 0) streams.stderr.write(`error: ${countOf(rest, 'workload')} not begun\n`);
      return ExitCode.no;
    }
  }
  return ExitCode.ok;
}

function interrupted(rest: number, streams: Streams): Code {
  streams.stderr.write(
    `interrupted: rollouts under way go on in the cluster; ${countOf(rest, 'workload')} not begun\n`,
  );
  return ExitCode.interrupted;
}

function tellPatched({ workload, containers }: ProbeStep, clock: Clock, done: string): RolloutEvent {
  const counts = { desired: 0, updated: 0, ready: 0, available: 0, old: 0 };
  const names = containers.map(({ name }) => name).join(', ');
  const message = `probe ${done}: ${names}`;
  return { time: new Date(clock.now()).toISOString(), workload, phase: 'waiting', ...counts, message, reason: '' };
}

/**
 * Sends the patch of one workload, made anew where somebody changed the workload in between.
 * @returns the generation that it has then
 */
async function sendPatch(
  cluster: Cluster,
  step: ProbeStep,
  planner: ProbePlanner,
  { clock, isDryRun, view }: { clock: Clock; isDryRun: boolean; view: RolloutView },
  streams: Streams,
): Promise<number> {
  const kind = findKindOf(step.workload.apiVersion, step.workload.kind);
  const name = formatObject(step.workload);
  if (kind === undefined) throw new ReloadError(`${name} cannot be patched`);
  let { patch } = step;
  for (let attempt = 1; ; attempt++) {
    try {
      const object = await requestPatiently<unknown>(
        cluster,
        {
          method: 'PATCH',
          path: objectPath(kind, step.workload),
          query: { fieldManager: FIELD_MANAGER, ...(isDryRun && { dryRun: 'All' }) },
          contentType: 'application/json-patch+json',
          body: patch,
        },
        { clock, signal: streams.interrupted, onWarning: view.warn },
      );
      return readInteger(readObject(isJsonObject(object) ? object : {}, 'metadata'), 'generation', 0);
    } catch (error) {
      // A test that does not hold is answered so, without a word on which.
      const isOutdated = error instanceof ApiError && error.code === 422 && error.details.causes.length === 0;
      if (!isOutdated || attempt === TRIES) throw error;
    }
    const again = await planner.step(step.workload);
    if (!('patch' in again)) throw new ReloadError(`${name} was changed by somebody else meanwhile: ${again.reason}`);
    if (again.uid !== step.uid) {
      throw new ReloadError(`${name} has been deleted and created again meanwhile`, { hint: 'Run the command again.' });
    }
    patch = again.patch;
  }
}
