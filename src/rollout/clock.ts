import { setTimeout as delay } from 'node:timers/promises';

/** Time, given from outside so that tests can turn it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Comes back after so many milliseconds, or at once when the signal is aborted; never throws. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** A clock that reads the time from `now` and sleeps by the timers of the runtime. */
export function makeClock(now: () => number): Clock {
  return {
    now,
    sleep: (milliseconds, signal) =>
      // Timers take 31 bits; a longer sleep wakes early and its caller looks at the clock again.
      delay(Math.min(milliseconds, 2 ** 31 - 1), undefined, signal ? { signal } : {}).catch(() => undefined),
  };
}
