/** Work that several may want at the same time. */
export interface SharedWork<T> {
  /**
   * Begins it, or joins that which is under way.
   * @param signal ends the wait; the work goes on for whoever asks next
   * @throws what the work throws, or the signal's reason when it is aborted
   */
  join(signal?: AbortSignal): Promise<T>;
  isRunning(): boolean;
}

/**
 * Work that is done once for all who want its result at the same time.
 * @param ending what ends the work: who leaves then leaves when it has ended
 */
export function shareWork<T>(work: () => Promise<T>, ending: AbortSignal | undefined): SharedWork<T> {
  let current: Promise<T> | undefined;
  const begin = (): Promise<T> =>
    work().finally(() => {
      current = undefined;
    });
  return {
    async join(signal) {
      signal?.throwIfAborted();
      current ??= begin();
      const running = current;
      const left = Promise.withResolvers<null>();
      const leave = (): void => left.resolve(null);
      signal?.addEventListener('abort', leave, { once: true });
      try {
        const end = await Promise.race([running.then((value) => ({ value })), left.promise]);
        if (end !== null) return end.value;
        if (ending?.aborted) await running.catch(() => undefined);
        throw signal?.reason;
      } finally {
        signal?.removeEventListener('abort', leave);
      }
    },
    isRunning: () => current !== undefined,
  };
}
