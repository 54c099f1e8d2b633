import { ApiError } from '../cluster/api-error.ts';
import type { ApiRequest, Cluster } from '../cluster/cluster.ts';
import { ConnectionError } from '../cluster/connection-error.ts';
import { isOutage, isPassing } from '../cluster/retry.ts';
import type { Clock } from '../rollout/clock.ts';

/** How to ask. */
export interface PatientOptions {
  clock: Clock;
  /** Ends the patience: what the last try brought is thrown. An answer that is on its way is waited for a little. */
  signal?: AbortSignal;
  /** When there is no more time, in milliseconds since 1970: what is on its way then is given up. Never by default. */
  deadline?: number;
  /** Gets the error of each try that has failed, and that the server may have acted on all the same. */
  onDoubt?: (error: unknown) => void;
  onWarning?: (text: string) => void;
}

/** A server that is being replaced comes back within this; watches wait as long. */
const OUTAGE_MS = 120_000;
/** Somebody who writes the same object all the time is not waited for longer. */
const CONFLICT_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 4000;
/** Who interrupts wants to know what was done, and to be rid of a server that says nothing. */
const FAREWELL_MS = 10_000;

/**
 * One request that may be sent twice without harm: again after a conflict, a lost connection, or while the server is away or in trouble.
 * @param isAnswer refusals that are an answer, though trying again might change them
 * @throws what the last try brought
 */
export function requestPatiently<T>(
  cluster: Cluster,
  request: ApiRequest,
  options: PatientOptions,
  isAnswer?: (error: ApiError) => boolean,
): Promise<T> {
  const { onWarning } = options;
  const attempt = (end: AbortSignal): Promise<T> => {
    const signal = request.signal ? AbortSignal.any([request.signal, end]) : end;
    return cluster.request<T>({ ...request, signal, ...(onWarning && { onWarning }) });
  };
  return tryPatiently(attempt, options, isAnswer);
}

/**
 * The same for more than one request: all of them again.
 * @param attempt gets the signal that ends it
 */
export async function tryPatiently<T>(
  attempt: (end: AbortSignal) => Promise<T>,
  options: PatientOptions,
  isAnswer: (error: ApiError) => boolean = () => false,
): Promise<T> {
  const { clock, signal, deadline, onDoubt } = options;
  const begun = clock.now();
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await endInTime(options, attempt);
    } catch (error) {
      if (mayHaveWorked(error)) onDoubt?.(error);
      const patience = patienceWith(error, isAnswer);
      if (signal?.aborted || clock.now() - begun >= patience) throw error;
      const asked = error instanceof ApiError ? (error.retryAfter ?? 0) * 1000 : 0;
      const next = Math.max(pause, asked);
      if (deadline !== undefined && clock.now() + next >= deadline) throw error;
      await clock.sleep(next, signal);
    }
  }
}

/** Does one try, with a signal that is aborted at the deadline and some seconds after an interruption. */
async function endInTime<T>(
  { clock, signal, deadline }: PatientOptions,
  attempt: (end: AbortSignal) => Promise<T>,
): Promise<T> {
  const end = new AbortController();
  const done = new AbortController();
  const endAfter = async (milliseconds: number, hint: string): Promise<void> => {
    await clock.sleep(milliseconds, done.signal);
    end.abort(
      new ConnectionError('Unable to connect to the server: no complete answer in the time that was left', {
        kind: 'timeout',
        sent: true,
        hint,
      }),
    );
  };
  const leave = (): void => void endAfter(FAREWELL_MS, 'it was interrupted, and the server says nothing');
  if (deadline !== undefined && Number.isFinite(deadline)) {
    endAfter(Math.max(0, deadline - clock.now()), 'check the network, or raise --timeout');
  }
  // One of its own: Node warns of many listeners on one that many requests share.
  const interruption = AbortSignal.any(signal ? [signal] : []);
  if (interruption.aborted) leave();
  else interruption.addEventListener('abort', leave, { once: true });
  try {
    return await attempt(end.signal);
  } finally {
    done.abort();
    interruption.removeEventListener('abort', leave);
  }
}

/** A server in trouble may have done what it could not answer, but for one that is too busy to begin. */
export function mayHaveWorked(error: unknown): boolean {
  if (error instanceof ConnectionError) return error.sent;
  return error instanceof ApiError && error.code >= 500 && error.code !== 503;
}

function patienceWith(error: unknown, isAnswer: (error: ApiError) => boolean): number {
  if (error instanceof ApiError && isAnswer(error)) return 0;
  if (error instanceof ApiError && error.code === 409) return CONFLICT_MS;
  return isPassing(error) || isOutage(error) ? OUTAGE_MS : 0;
}
