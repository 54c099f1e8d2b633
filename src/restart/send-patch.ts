import { ApiError } from '../cluster/api-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ConnectionError } from '../cluster/connection-error.ts';
import { isPassing } from '../cluster/retry.ts';
import { ReloadError } from '../error.ts';
import { FIELD_MANAGER } from '../name.ts';
import { findKindOf, objectPath } from '../objects/kinds.ts';
import type { Clock } from '../rollout/clock.ts';
import type { RestartStep } from '../types.ts';
import { makeRestartPatch } from './patch.ts';
import { nameObject } from './targets.ts';

/** What became of one patch. */
export type PatchResult =
  | { sent: true; object: object }
  /** Refused: nothing was restarted. `reason` as Kubernetes words it. */
  | { sent: false; reason: string; message: string };

/** An API server that is being replaced comes back within this. */
const PATIENCE_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/**
 * Sends the patch that restarts one workload. Tried again after a conflict, a lost connection or a server in trouble; the body stays the
 * same, so that however often it arrives it makes one new template.
 *
 * @param time milliseconds since 1970
 * @throws what is no answer about this workload: no login, no connection
 */
export async function sendPatch(
  cluster: Cluster,
  step: RestartStep,
  time: number,
  stamp: string | null,
  options: { clock: Clock; signal?: AbortSignal; onWarning?: (text: string) => void },
): Promise<PatchResult> {
  const { clock, signal } = options;
  const patientUntil = clock.now() + PATIENCE_MS;
  const kind = findKindOf(step.workload.apiVersion, step.workload.kind);
  if (kind === undefined) throw new ReloadError(`${nameObject(step.workload)} cannot be restarted`);
  const { contentType, body } = makeRestartPatch(step, time, stamp);
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      const object = await cluster.request<object>({
        method: 'PATCH',
        path: objectPath(kind, step.workload),
        query: { fieldManager: FIELD_MANAGER },
        contentType,
        body,
        ...(options.onWarning && { onWarning: options.onWarning }),
      });
      return { sent: true, object };
    } catch (error) {
      // The stamp is a help; a template that has no room for it can still be restarted.
      if (stamp !== null && isTooLong(error)) return sendPatch(cluster, step, time, null, options);
      if (!mayPass(error) || signal?.aborted || clock.now() >= patientUntil) return explainRefusal(step, error);
      await clock.sleep(pause, signal);
    }
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof ConnectionError) return ['lost', 'garbled', 'refused', 'timeout'].includes(error.kind);
  return error instanceof ApiError && (error.code === 409 || isPassing(error));
}

function explainRefusal(step: RestartStep, error: unknown): PatchResult {
  if (!(error instanceof ApiError) || error.code === 401) throw error;
  const name = nameObject(step.workload);
  const refused = (reason: string, message: string): PatchResult => ({ sent: false, reason, message });
  if (isOtherUid(error)) {
    return refused(
      'Recreated',
      `${name} has been deleted and created again since the plan was made: run the command again`,
    );
  }
  switch (error.code) {
    case 404:
      return refused('NotFound', `${name} does not exist any more: it was not restarted`);
    case 409:
      return refused(
        'Conflict',
        `${name} is being changed by others all the time: it was not restarted, run the command again`,
      );
    default:
      return refused(error.reason || String(error.code), `${name} was not restarted: ${error.message}`);
  }
}

/** A patch with another uid is no conflict for the server but an attempt to change what cannot change. */
function isOtherUid(error: ApiError): boolean {
  return error.code === 422 && error.details.causes.some((cause) => cause.field === 'metadata.uid');
}

function isTooLong(error: unknown): boolean {
  return (
    error instanceof ApiError &&
    error.code === 422 &&
    error.details.causes.some(
      (cause) => cause.field.endsWith('annotations') && /too long/i.test(`${cause.reason} ${cause.message}`),
    )
  );
}
