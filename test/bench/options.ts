import { parseArgs } from 'node:util';

/** The parts of the bench, in the order in which they run. */
export const PARTS = ['probe', 'start', 'scale', 'edits', 'stored', 'churn'] as const;
export type Part = (typeof PARTS)[number];

/** What to measure, and how much of it. */
export interface BenchOptions {
  parts: ReadonlySet<Part>;
  /** Workloads on a real control plane, ascending; the last ones also serve `edits`, `stored` and `churn`. */
  sizes: readonly [number, ...number[]];
  /** Workloads as stored pages; multiples of the last of `sizes`. */
  storedSizes: readonly number[];
  /** Counted runs of each command. */
  runs: number;
  /** How long the churn lasts. */
  minutes: number;
  /** Keep the results and write the page anew. */
  write: boolean;
}

/**
 * Reads the command line.
 * @throws for words and figures that make no bench
 */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', default: PARTS.join() },
      sizes: { type: 'string', default: '100,1000' },
      stored: { type: 'string' },
      runs: { type: 'string', default: '5' },
      minutes: { type: 'string', default: '10' },
      write: { type: 'boolean', default: false },
    },
  });
  const [first, ...others] = readNumbers('--sizes', values.sizes).sort((a, b) => a - b);
  if (first === undefined) throw new Error('--sizes takes at least one number of workloads');
  const largest = others.at(-1) ?? first;
  const storedSizes = readNumbers('--stored', values.stored ?? `${largest},${largest * 10}`);
  const odd = storedSizes.find((size) => size % largest !== 0);
  if (odd !== undefined) throw new Error(`--stored takes multiples of ${largest}, not ${odd}`);
  return {
    parts: readParts(values.only),
    sizes: [first, ...others],
    storedSizes,
    runs: readNumbers('--runs', values.runs)[0] ?? 1,
    minutes: readNumbers('--minutes', values.minutes)[0] ?? 1,
    write: values.write,
  };
}

function readParts(text: string): ReadonlySet<Part> {
  return new Set(
    text.split(',').map((word) => {
      const part = PARTS.find((name) => name === word);
      if (part === undefined) throw new Error(`--only takes some of ${PARTS.join()}, not ${word}`);
      return part;
    }),
  );
}

function readNumbers(flag: string, text: string): number[] {
  return text.split(',').map((word) => {
    const number = Number(word);
    if (!Number.isInteger(number) || number < 1) throw new Error(`${flag} takes whole numbers, not ${word}`);
    return number;
  });
}
