import type { Cluster } from '../cluster/cluster.ts';
import { readFailureLog } from '../rollout/failure-log.ts';
import type { RolloutVerdict } from '../rollout/verdict.ts';
import { parseStamp } from '../staleness/parse-stamp.ts';
import type { StampSource } from '../staleness/stamp.ts';
import { makeStamp } from '../staleness/stamp.ts';
import type { RestartStep, RolloutEvent, RolloutState } from '../types.ts';
import { evictPods } from './evict.ts';
import type { ExecuteOptions } from './execute.ts';
import type { TemplateMarks } from './patch.ts';
import { formatRestartedAt, makeRestartPatch } from './patch.ts';
import { makeReadConfigs } from './read-configs.ts';
import type { PatchResult } from './send-patch.ts';
import { sendPatch } from './send-patch.ts';
import { countsOf, generationOf } from './step-counts.ts';
import { notUndone, readMarks, undoRestart } from './undo.ts';

/** What happens in a step; it gets its time when it is told. */
export type StepEvent = Omit<RolloutEvent, 'time'>;

/** What a step needs of the run that it is a part of. */
export interface StepSurroundings {
  tell: (event: StepEvent) => void;
  /** Comes back with the end of the rollout, or with `null` when that will not be seen. What is before the end is told meanwhile. */
  follow: (step: RestartStep, generation: number) => Promise<StepEvent | null>;
}

/** What a restart wrote, and what was there before. */
interface Before {
  written: string;
  former: TemplateMarks;
}

/** A step that is done by one patch. */
type PatchStep = RestartStep & { action: 'patch' | 'restartAt' };

const SOAK_MS = 10_000;
const GRACE_MS = 60_000;

/**
 * Makes the function that runs one step of a plan to its end and tells what happens. It gives whether that end is a good one, as far
 * as it is followed.
 * @param deadline when to give up, in milliseconds since 1970
 */
export function makeRunStep(
  cluster: Cluster,
  options: ExecuteOptions & { signal: AbortSignal },
  deadline: number,
  { tell, follow }: StepSurroundings,
): (step: RestartStep) => Promise<boolean> {
  const { clock, signal } = options;
  const patience = { ...options, deadline };
  const readConfigs = makeReadConfigs(cluster, patience);
  const event = ({ workload }: RestartStep, state: RolloutState): StepEvent => ({ workload, ...state });

  async function restart(step: PatchStep): Promise<boolean> {
    // An Argo Rollout is restarted without a new template, so nothing could carry a stamp.
    const isStamped = step.action === 'patch';
    const sources = isStamped ? await readConfigs(step.configs) : [];
    const isShared = step.stamp !== undefined && options.wait;
    const former = isStamped && (isShared || options.undoOnFailure) ? await readMarks(cluster, step, patience) : null;
    if (signal.aborted) return false;
    if (former !== null && isOvertaken(step, former, sources)) return goOn(step);
    const time = clock.now();
    const stamp = isStamped ? makeStamp(sources, new Date(time).toISOString()) : null;
    const result = await sendRestart(step, time, stamp);
    if (result.sent !== true) {
      const { reason, message } = result;
      tell(event(step, { ...countsOf(step, null), phase: 'failed', reason, message }));
      if (result.sent === 'perhaps' && !signal.aborted) throw result.error;
      return false;
    }
    tell(event(step, { ...countsOf(step, result.object), phase: 'waiting', reason: '', message: 'restarted' }));
    if (!options.wait) return true;
    const end = await follow(step, generationOf(result.object));
    return finish(step, end, former && { written: formatRestartedAt(time), former });
  }

  async function sendRestart(step: PatchStep, time: number, stamp: string | null): Promise<PatchResult> {
    const result = await sendPatch(cluster, step.workload, makeRestartPatch(step, time, stamp), patience);
    // The stamp is a help; a template that has no room for it can still be restarted.
    if (result.sent !== false || stamp === null || !result.noRoom) return result;
    return sendPatch(cluster, step.workload, makeRestartPatch(step, time, null), patience);
  }

  async function goOn(step: RestartStep): Promise<boolean> {
    tell(
      event(step, { ...countsOf(step, null), phase: 'waiting', message: 'has been restarted before, and is followed' }),
    );
    if (!options.wait) return true;
    return finish(step, await follow(step, 0), null);
  }

  async function evict(step: RestartStep): Promise<boolean> {
    const { soakMs = SOAK_MS, graceMs = GRACE_MS } = options;
    const say = ({ suspect: _, ...state }: RolloutVerdict): void => tell(event(step, state));
    const end = await evictPods(cluster, step, { clock, soakMs, graceMs, deadline, signal, tell: say });
    if (end === null) return false;
    const { suspect, ...state } = end;
    const { namespace } = step.workload;
    const log = suspect && (await readFailureLog(suspect, { cluster, clock, namespace, signal }));
    return finish(
      step,
      { ...event(step, state), ...(suspect && { suspect }), ...(log && log.length > 0 && { log }) },
      null,
    );
  }

  async function finish(step: RestartStep, end: StepEvent | null, before: Before | null): Promise<boolean> {
    if (end === null) return false;
    if (end.phase !== 'failed' || !options.undoOnFailure) {
      tell(end);
      return end.phase === 'complete';
    }
    await undo(step, end, before);
    return false;
  }

  async function undo(step: RestartStep, end: StepEvent, before: Before | null): Promise<void> {
    const { reason, suspect, ...failure } = end;
    const { log: _, ...short } = failure;
    const say = (state: RolloutState, message: string): void =>
      tell(event(step, { ...state, phase: 'progressing', reason, message }));
    if (before !== null) say({ ...short, reason }, `it failed, and is being undone: ${end.message}`);
    const result = before
      ? await undoRestart(cluster, step, before, options, (state) => say(state, `undo: ${state.message}`))
      : notUndone(whyNotUndone(step));
    const { message, state } = result;
    // With the undo goes the pod that is to blame.
    const now = state === null ? { ...failure, ...(suspect && { suspect }) } : { ...failure, ...state };
    tell({ ...now, ...event(step, { ...now, reason, phase: 'failed', message: `${end.message}; ${message}` }) });
  }

  return (step) => {
    const { action } = step;
    switch (action) {
      case 'patch':
      case 'restartAt':
        return restart({ ...step, action });
      case 'wait':
        return goOn(step);
      case 'evict':
        return evict(step);
      default:
        return action satisfies never;
    }
  };
}

/** True when somebody else has made the very restart since the plan: one more would replace the same pods once more. */
function isOvertaken(step: RestartStep, { stamp }: TemplateMarks, sources: readonly StampSource[]): boolean {
  if (step.stamp === undefined || stamp === null || stamp === step.stamp) return false;
  const made = parseStamp(stamp);
  return made !== null && makeStamp(sources, made.time) === stamp;
}

function whyNotUndone({ action }: RestartStep): string {
  switch (action) {
    case 'patch':
      return 'what it was before could not be read';
    case 'restartAt':
      return 'the restart of a Rollout changes no template';
    case 'evict':
      return 'an eviction changes no template';
    case 'wait':
      return 'it was restarted by a run before this one';
    default:
      return action satisfies never;
  }
}
