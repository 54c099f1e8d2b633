import { setTimeout as sleep } from 'node:timers/promises';
import { ApiError } from './api-error.ts';
import { ConnectionError } from './connection-error.ts';

/** How often and how soon to try again. */
export interface RetryPolicy {
  /** Tries in all. */
  tries: number;
  /** Milliseconds before the second try; twice as long before each further one. */
  delay: number;
  /** Seconds: a server that asks for more patience than this is given up. */
  longest: number;
}

/**
 * Tries until it works or trying again is no use: reads after 429, 5xx, a lost connection or a broken answer; writes only
 * after a 429 that says when, or when the server cannot have seen them.
 * @throws what the last try threw, or the signal's reason
 */
export async function retry<T>(
  attempt: () => Promise<T>,
  isRead: boolean,
  policy: RetryPolicy,
  signal?: AbortSignal,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    try {
      return await attempt();
    } catch (error) {
      const delay =
        tried < policy.tries ? findDelay(error, isRead, policy.delay * 2 ** (tried - 1), policy) : undefined;
      if (delay === undefined) throw error;
      await pause(delay, signal);
    }
  }
}

/**
 * Waits.
 * @throws the signal's reason when it is aborted meanwhile
 */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    throw signal?.aborted ? signal.reason : error;
  }
}

/** Trying again may help; that says nothing about whether it may do harm. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) return error.code === 429 || (error.code >= 500 && error.code !== 501);
  return error instanceof ConnectionError && (error.kind === 'lost' || error.kind === 'garbled');
}

function findDelay(error: unknown, isRead: boolean, backOff: number, policy: RetryPolicy): number | undefined {
  if (!isPassing(error)) return undefined;
  const asked = error instanceof ApiError ? error.retryAfter : undefined;
  if (asked !== undefined && asked > policy.longest) return undefined;
  const isSafe =
    isRead ||
    (error instanceof ApiError && error.code === 429 && asked !== undefined) ||
    (error instanceof ConnectionError && !error.sent);
  return isSafe ? (asked === undefined ? backOff : asked * 1000) : undefined;
}

/** The server cannot be reached: of one that was there before, it may come back. */
export function isOutage(error: unknown): boolean {
  return (
    error instanceof ConnectionError && ['refused', 'name', 'unreachable', 'timeout', 'proxy'].includes(error.kind)
  );
}
