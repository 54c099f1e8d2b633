/** Work that several may want at the same time. */
export interface SharedWork<T> {
  /**
   * Begins it, or joins that which is under way.
   * @throws what the work throws, or the signal's reason when it is aborted
   */
  join(signal?: AbortSignal): Promise<T>;
  isRunning(): boolean;
}

/** What is under way, and for how many. */
interface Run<T> {
  result: Promise<T>;
  ending: AbortController;
  waiting: number;
}

/**
 * Work that is done once for all who want its result at the same time. It goes on as long as somebody waits for it; the last one who
 * leaves ends it, and sees it end.
 */
export function shareWork<T>(work: (signal: AbortSignal) => Promise<T>): SharedWork<T> {
  let current: Run<T> | undefined;

  const begin = (): Run<T> => {
    const ending = new AbortController();
    const run = { result: work(ending.signal).finally(() => forget(run)), ending, waiting: 0 };
    return run;
  };
  const forget = (run: Run<T>): void => {
    if (current === run) current = undefined;
  };
  return {
    async join(signal) {
      signal?.throwIfAborted();
      current ??= begin();
      const run = current;
      const left = Promise.withResolvers<null>();
      // At once, so that of many who leave together none is told before the work has ended.
      const leave = (): void => {
        left.resolve(null);
        if (--run.waiting > 0) return;
        forget(run);
        run.ending.abort(signal?.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      run.waiting++;
      try {
        const end = await Promise.race([run.result.then((value) => ({ value })), left.promise]);
        if (end !== null) return end.value;
        if (run.ending.signal.aborted) await run.result.catch(() => undefined);
        throw signal?.reason;
      } finally {
        signal?.removeEventListener('abort', leave);
        if (!signal?.aborted) run.waiting--;
      }
    },
    isRunning: () => current !== undefined,
  };
}
