const MEBIBYTE = 1024 * 1024;

/** What a runtime tells of its heap, and does for it. */
export interface Heap {
  /** Bytes that it takes, garbage included. */
  size: () => number;
  /** Frees what is garbage; a runtime that does not give this away does it only by itself. */
  collect: (() => void) | undefined;
}

/** How much garbage is borne, in bytes. */
export interface GarbageLimits {
  /** A smaller heap is left alone. */
  least: number;
  /** By so much it may grow from one collection to the next. */
  step: number;
}

/** Makes a function that collects garbage when the heap has grown by some since it last did. */
export function makeCollectGarbage({ size, collect }: Heap, { least, step }: GarbageLimits): () => void {
  let most = least;
  return () => {
    if (collect === undefined || size() < most) return;
    collect();
    most = Math.max(least, size() + step);
  };
}

/** The collector of the runtime that the program is compiled with: `scripts/bundle.ts` puts it here. */
declare const RUNTIME_COLLECT: ((atOnce: boolean) => void) | undefined;

/** Where the source itself runs there is one with `--expose-gc` only. */
const HEAP: Heap = {
  size: () => process.memoryUsage().heapTotal,
  collect:
    typeof RUNTIME_COLLECT === 'undefined'
      ? globalThis.gc && (() => void globalThis.gc?.())
      : () => RUNTIME_COLLECT?.(true),
};

/**
 * For work that grows with the cluster, to be called between its parts: the pages of a list. Left alone, the runtime
 * lets the heap grow to a multiple of what is in use, which at 10,000 workloads is hundreds of MiB that the machine may not have.
 */
export const collectGarbage = makeCollectGarbage(HEAP, { least: 80 * MEBIBYTE, step: 32 * MEBIBYTE });

/** Small parts from one look at the heap to the next: a look takes as long as some of them. */
const PARTS = 512;
let parts = 0;

/** The same between parts that are small and many: verdicts, lines, events. */
export function collectNowAndThen(): void {
  parts = (parts + 1) % PARTS;
  if (parts === 0) collectGarbage();
}

/** For what runs for hours, to be called when it has nothing to do: what it takes then stays what it takes at first. */
export const collectAtRest = makeCollectGarbage(HEAP, { least: 0, step: 16 * MEBIBYTE });
