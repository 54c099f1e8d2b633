import { ApiError, isMissingRight } from '../cluster/api-error.ts';
import type { RestartStep, Workload } from '../types.ts';
import { needsRoom } from './bounds.ts';
import { readQuotaRefusal } from './quota-refusal.ts';
import type { Refusal } from './refusal.ts';

/** What a request that failed says of a step: a refusal, something to know before, or nothing. */
export type Finding = Refusal | { warning: string } | null;

/**
 * What it means that the dry run of a restart failed.
 * @throws what is no answer about this workload: no login, no connection
 */
export function explainDryRun(error: unknown): Finding {
  const refusal = explain(error);
  if (refusal === null || 'warning' in refusal) return refusal;
  if (refusal.code !== 'rejected') return refusal;
  return { ...refusal, reason: `the API server refuses its restart: ${refusal.reason}` };
}

/**
 * What it means that the dry run of an eviction failed.
 * @throws as `explainDryRun`
 */
export function explainDryRunOfEviction(error: unknown): Finding {
  // The pod has gone by itself; the others will be looked at when it is their turn.
  if (error instanceof ApiError && error.code === 404) return null;
  if (error instanceof ApiError && error.code === 429) {
    const why =
      error.details.causes.find(({ reason }) => reason === 'DisruptionBudget')?.message ?? error.statusMessage;
    return { warning: `an eviction would have to wait now: ${why}` };
  }
  const refusal = explain(error);
  if (refusal === null || 'warning' in refusal || refusal.code !== 'rejected') return refusal;
  return { ...refusal, reason: `the API server refuses to evict its pods: ${refusal.reason}` };
}

/**
 * What it means that the dry run of one of its pods failed. Who asks is not the controller that will make the pods, so a policy may
 * think otherwise of those; and pods that take the place of others need no room beside them.
 * @throws as `explainDryRun`
 */
export function explainDryRunOfPod(error: unknown, step: RestartStep, workload: Workload): Finding {
  const refusal = explain(error);
  if (refusal === null || 'warning' in refusal) return refusal;
  if (refusal.code === 'forbidden') return null;
  const reason = refusal.reason.replace(/^pods "[^"]*" is forbidden: /, '');
  const quota = readQuotaRefusal(reason);
  if (quota?.fitsInPlace && !needsRoom(step, workload)) {
    return { warning: `a new pod has to wait until an old one has gone: ${reason}` };
  }
  const why =
    quota?.fitsInPlace === true
      ? 'its new pods have no room beside the old ones, of which none may go before'
      : 'the API server would refuse its new pods';
  return { ...refusal, reason: `${why}: ${reason} (--force restarts it all the same)`, mayForce: true };
}

function explain(error: unknown): Finding {
  if (!(error instanceof ApiError) || error.code === 401) throw error;
  const { code, statusMessage } = error;
  const refuse = (word: Refusal['code'], reason: string): Refusal => ({ code: word, reason, mayForce: false });
  if (isMissingRight(error)) return refuse('forbidden', statusMessage);
  if (code === 404) return refuse('unseen', 'it does not exist any more');
  if (code === 422 && error.details.causes.some(({ field }) => field === 'metadata.uid')) {
    return refuse('unseen', 'it has been deleted and created again meanwhile: run the command again');
  }
  if (code === 400 && /does not support dry run/.test(statusMessage)) {
    return { warning: `the API server cannot check it before: ${statusMessage}` };
  }
  return refuse('rejected', statusMessage);
}
