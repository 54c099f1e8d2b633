import { ApiError } from '../cluster/api-error.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { ReloadError } from '../error.ts';
import { FIELD_MANAGER } from '../name.ts';
import type { JsonObject } from '../objects/json.ts';
import { isJsonObject } from '../objects/json.ts';
import { findKindOf, objectPath } from '../objects/kinds.ts';
import type { ObjectReference } from '../types.ts';
import type { RestartPatch } from './patch.ts';
import type { PatientOptions } from './request-patiently.ts';
import { requestPatiently } from './request-patiently.ts';
import { nameObject } from './targets.ts';

/** What became of one patch. */
export type PatchResult =
  | { sent: true; object: object }
  /** Refused: nothing was changed. `reason` as Kubernetes words it. */
  | { sent: false; reason: string; message: string; noRoom: boolean }
  /** It may have been sent, and nobody will know in this run, which ends with this error. */
  | { sent: 'perhaps'; reason: string; message: string; error: unknown };

/** Milliseconds for a look at what came of a patch that was not taken well. */
const LOOK_MS = 10_000;

/**
 * Sends a patch of one workload. Tried again after a conflict, a lost connection or a server in trouble; the body stays the same, so
 * that however often it arrives it makes one new template.
 *
 * @throws what is no answer about this workload, when the patch has certainly not reached the server: no login, no connection
 */
export async function sendPatch(
  cluster: Cluster,
  workload: ObjectReference,
  { contentType, body }: RestartPatch,
  options: PatientOptions,
): Promise<PatchResult> {
  const path = workloadPath(workload);
  const doubts: unknown[] = [];
  const onDoubt = (error: unknown): void => void doubts.push(error);
  try {
    const object = await requestPatiently<JsonObject>(
      cluster,
      { method: 'PATCH', path, query: { fieldManager: FIELD_MANAGER }, contentType, body },
      { ...options, onDoubt },
    );
    return { sent: true, object };
  } catch (error) {
    if (doubts.length === 0 || !doubts.every(isAnswer) || isAboutObject(error)) {
      return explainRefusal(workload, error, doubts.length > 0);
    }
    // An admission webhook that is broken, mostly: every try was answered, so that the object shows what was done.
    const deadline = Math.min(options.deadline ?? Number.POSITIVE_INFINITY, options.clock.now() + LOOK_MS);
    const object = await requestPatiently<JsonObject>(cluster, { path }, { ...options, deadline }).catch(() => null);
    if (object === null) return explainRefusal(workload, error, true);
    if (includes(object, body)) return { sent: true, object };
    return explainRefusal(workload, error instanceof ApiError ? error : doubts.at(-1), false);
  }
}

/** True for the end of a try: after it the server does no more. */
function isAnswer(error: unknown): boolean {
  return error instanceof ApiError && error.code === 500;
}

/** True when a value is as a merge patch wants it. */
function includes(value: unknown, patch: unknown): boolean {
  if (!isJsonObject(patch)) return patch === null ? value === undefined : value === patch;
  return Object.entries(patch).every(([key, wanted]) => includes(isJsonObject(value) ? value[key] : undefined, wanted));
}

/**
 * The API path of a workload.
 * @throws ReloadError for a kind that is not in our table, and so has no path that we know
 */
export function workloadPath(workload: ObjectReference): string {
  const kind = findKindOf(workload.apiVersion, workload.kind);
  if (kind === undefined) throw new ReloadError(`${nameObject(workload)} cannot be restarted`);
  return objectPath(kind, workload);
}

/** @param isDoubtful a try before may have worked, though no answer said so */
function explainRefusal(workload: ObjectReference, error: unknown, isDoubtful: boolean): PatchResult {
  const name = nameObject(workload);
  const refused = (reason: string, message: string): PatchResult => ({ sent: false, reason, message, noRoom: false });
  if (isDoubtful && !isAboutObject(error)) {
    const message = `${name} may have been restarted: no good answer came when its patch was sent`;
    return { sent: 'perhaps', reason: 'Unconfirmed', message, error };
  }
  if (!(error instanceof ApiError) || error.code === 401) throw error;
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
    default: {
      const message = `${name} was not restarted: ${error.message}`;
      return { sent: false, reason: error.reason || String(error.code), message, noRoom: isTooLong(error) };
    }
  }
}

/** It tells what the object is like, whatever came before. */
function isAboutObject(error: unknown): boolean {
  return error instanceof ApiError && (error.code === 404 || error.code === 422);
}

/** A patch with another uid is no conflict for the server but an attempt to change what cannot change. */
function isOtherUid(error: ApiError): boolean {
  return error.code === 422 && error.details.causes.some((cause) => cause.field === 'metadata.uid');
}

function isTooLong(error: ApiError): boolean {
  return (
    error.code === 422 &&
    error.details.causes.some(
      (cause) => cause.field.endsWith('annotations') && /too long/i.test(`${cause.reason} ${cause.message}`),
    )
  );
}
