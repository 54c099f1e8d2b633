/** Runs work now, or as soon as one of those before it has ended. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>;

/** Lets so many run at once; the others wait in the order in which they came. */
export function limitParallel(most: number): Limiter {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      // The place is handed on, not given back: nobody who comes now may slip in.
      if (next === undefined) running--;
      else next();
    }
  };
}
