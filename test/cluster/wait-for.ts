import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks `predicate` again and again until it gives something other than undefined and false, and gives that.
 * Throws after `timeoutMs` with `what` in the message; an error of the predicate counts as "not yet" and is quoted.
 */
export async function waitFor<T>(
  predicate: () => T | undefined | false | Promise<T | undefined | false>,
  timeoutMs: number,
  what: string,
  pollMs = 100,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  let last: unknown;
  do {
    try {
      const value = await predicate();
      if (value !== undefined && value !== false) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    await sleep(pollMs);
  } while (performance.now() < deadline);
  const reason = last instanceof Error ? `: ${last.message}` : '';
  throw new Error(`waited ${timeoutMs / 1000}s in vain for ${what}${reason}`);
}
