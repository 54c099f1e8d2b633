const MEBIBYTE = 1024 * 1024;
/** Bytes that a heap may have before anything is collected here: so small a run is soon over. */
const SMALL = 80 * MEBIBYTE;
/** Bytes by which it may grow from one collection to the next. */
const STEP = 32 * MEBIBYTE;

/** What a runtime tells of its heap, and does for it. */
export interface Heap {
  /** Bytes that it takes, garbage included. */
  size: () => number;
  /** Frees what is garbage; a runtime that does not give this away does it only by itself. */
  collect: (() => void) | undefined;
}

/** Makes a function that collects garbage when the heap has grown by some since it last did. */
export function makeCollectGarbage({ size, collect }: Heap): () => void {
  let most = SMALL;
  return () => {
    if (collect === undefined || size() < most) return;
    collect();
    most = Math.max(SMALL, size() + STEP);
  };
}

/**
 * For work that grows with the cluster, to be called between its parts: a page of a list, some hundred verdicts. Left alone, the runtime
 * lets the heap grow to a multiple of what is in use, which at 10,000 workloads is hundreds of MiB that the machine may not have.
 * Node.js gives its collector away with `--expose-gc` only.
 */
export const collectGarbage = makeCollectGarbage({
  size: () => process.memoryUsage().heapTotal,
  collect: globalThis.gc && (() => void globalThis.gc?.()),
});
