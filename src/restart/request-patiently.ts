import { ApiError } from '../cluster/api-error.ts';
import type { ApiRequest, Cluster } from '../cluster/cluster.ts';
import { isOutage, isPassing } from '../cluster/retry.ts';
import type { Clock } from '../rollout/clock.ts';

/** How to ask. */
export interface PatientOptions {
  clock: Clock;
  /** Ends the patience: what the last try brought is thrown. */
  signal?: AbortSignal;
  onWarning?: (text: string) => void;
}

/** A server that is being replaced comes back within this; watches wait as long. */
const OUTAGE_MS = 120_000;
/** Somebody who writes the same object all the time is not waited for longer. */
const CONFLICT_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;

/**
 * One request that may be sent twice without harm: again after a conflict, a lost connection, or while the server is away or in trouble.
 * @param isAnswer refusals that are an answer, though trying again might change them
 * @throws what the last try brought
 */
export async function requestPatiently<T>(
  cluster: Cluster,
  request: ApiRequest,
  { clock, signal, onWarning }: PatientOptions,
  isAnswer: (error: ApiError) => boolean = () => false,
): Promise<T> {
  const begun = clock.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      // Not with the signal: of a write that is on its way the answer is worth waiting for.
      return await cluster.request<T>({ ...request, ...(onWarning && { onWarning }) });
    } catch (error) {
      const patience = patienceWith(error, isAnswer);
      if (signal?.aborted || clock.now() - begun >= patience) throw error;
      const asked = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0;
      await clock.sleep(Math.max(pause, asked), signal);
    }
  }
}

function patienceWith(error: unknown, isAnswer: (error: ApiError) => boolean): number {
  if (error instanceof ApiError && isAnswer(error)) return 0;
  if (error instanceof ApiError && error.code === 409) return CONFLICT_MS;
  return isPassing(error) || isOutage(error) ? OUTAGE_MS : 0;
}
