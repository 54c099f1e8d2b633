import { ApiError } from '../cluster/api-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { RESTARTED_AT_ANNOTATION, STAMP_ANNOTATION } from '../name.ts';
import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readInteger, readObject, readObjectAt, readText, readTextOrNull } from '../objects/json.ts';
import { followRollouts } from '../rollout/follow.ts';
import type { FollowOptions } from '../rollout/follower.ts';
import type { RestartStep, RolloutEvent, RolloutState } from '../types.ts';
import { deleteStuckPods } from './delete-stuck-pods.ts';
import type { TemplateMarks } from './patch.ts';
import { makeUndoPatch } from './patch.ts';
import type { PatientOptions } from './request-patiently.ts';
import { requestPatiently } from './request-patiently.ts';
import { sendPatch, workloadPath } from './send-patch.ts';
import { nameObject } from './targets.ts';

/** An undo that takes longer is not followed any further. */
const UNDO_MS = 120_000;

/** What became of an undo. */
export interface UndoResult {
  /** In words that go on behind the reason of the failure. */
  message: string;
  /** Where the workload stands after it; `null` when nothing was undone. */
  state: RolloutState | null;
}

/**
 * Reads what a restart is about to overwrite.
 * @returns `null` when there is no such workload
 * @throws as `Cluster.request`, but for 404
 */
export async function readMarks(
  cluster: Cluster,
  { workload, uid }: RestartStep,
  options: PatientOptions,
): Promise<TemplateMarks | null> {
  const object = await readWorkload(cluster, workload, options);
  return object && uidOf(object) === uid ? marksOf(object) : null;
}

/**
 * Takes a failed restart back: our annotations of its template become what they were, so that the old ReplicaSet or revision is taken up
 * again. Then it follows that to its end, and deletes the pods that an ordered StatefulSet would keep for ever.
 *
 * Nothing else of the template is touched: what others changed in between stays. Nor is the content of a config.
 *
 * @param written the `restartedAt` that the restart wrote
 * @param tell gets what happens
 */
export async function undoRestart(
  cluster: Cluster,
  step: RestartStep,
  { written, former }: { written: string; former: TemplateMarks },
  options: FollowOptions,
  tell: (state: RolloutState) => void,
): Promise<UndoResult> {
  const object = await readWorkload(cluster, step.workload, options);
  if (object === null || uidOf(object) !== step.uid) return notUndone('it does not exist any more');
  if (marksOf(object).restartedAt !== written) return notUndone('somebody has restarted it again since');
  if (options.signal?.aborted) return notUndone('the run ended before that');
  const result = await sendPatch(cluster, step.workload, makeUndoPatch(step.uid, former), options);
  if (result.sent === 'perhaps')
    return { message: 'it may have been undone: no good answer came to that', state: null };
  if (!result.sent) return notUndone(result.message);
  const patched = isJsonObject(result.object) ? result.object : {};
  const generation = readInteger(readObject(patched, 'metadata'), 'generation', 0);

  const closing = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, closing.signal]) : closing.signal;
  const isOrdered =
    step.workload.kind === 'StatefulSet' && readText(readObject(object, 'spec'), 'podManagementPolicy') !== 'Parallel';
  const stuck = isOrdered ? deleteStuckPods(cluster, step, generation, { ...options, signal }) : Promise.resolve(null);
  // It is awaited below, when the undo has been followed to its end.
  stuck.catch(() => undefined);
  const target = { ref: step.workload, uid: step.uid, generation };
  let last: RolloutEvent | null = null;
  try {
    for await (const event of followRollouts(cluster, [target], { ...options, timeoutMs: UNDO_MS })) {
      last = event;
      if (event.phase === 'waiting' || event.phase === 'progressing') tell(event);
    }
  } finally {
    closing.abort();
  }
  const kept = await stuck;
  if (last === null || options.signal?.aborted) return { message: 'undone, and not followed to its end', state: null };
  const { time: _, workload: __, log: ___, suspect: ____, ...state } = last;
  return { message: describeUndo(step, last, kept), state };
}

/** The result that says why nothing was undone. */
export function notUndone(why: string): UndoResult {
  return { message: `not undone: ${why}`, state: null };
}

function describeUndo({ configs }: RestartStep, end: RolloutEvent, kept: string | null): string {
  const content =
    configs.length === 0
      ? ''
      : `; what ${configs.length === 1 && configs[0] ? nameObject(configs[0]) : 'its configs'} ${configs.length === 1 ? 'holds' : 'hold'} is not undone by this`;
  if (end.phase === 'complete')
    return `undone: ${end.ready} of ${end.desired} pods run the template from before${content}`;
  return `undone, but not healthy: ${kept ?? end.message}${content}`;
}

async function readWorkload(
  cluster: Cluster,
  workload: RestartStep['workload'],
  options: PatientOptions,
): Promise<JsonObject | null> {
  try {
    const object = await requestPatiently<unknown>(cluster, { path: workloadPath(workload) }, options);
    return isJsonObject(object) ? object : null;
  } catch (error) {
    if (error instanceof ApiError && error.code === 404) return null;
    throw error;
  }
}

function uidOf(object: JsonObject): string {
  return readText(readObject(object, 'metadata'), 'uid');
}

function marksOf(object: JsonObject): TemplateMarks {
  const annotations = readObjectAt(object, ['spec', 'template', 'metadata', 'annotations']);
  return {
    restartedAt: readTextOrNull(annotations, RESTARTED_AT_ANNOTATION),
    stamp: readTextOrNull(annotations, STAMP_ANNOTATION),
  };
}
