import { fileURLToPath } from 'node:url';
import type { Report } from './measure-once.ts';

/** What one run of a command cost. */
export interface Cost {
  /** Seconds. */
  wall: number;
  /** Seconds of user and system time. */
  cpu: number;
  /** MiB of the largest resident set. */
  memory: number;
  /** Bytes on standard output. */
  printed: number;
}

/** A command line with a name for the table. */
export interface Contender {
  name: string;
  command: readonly string[];
  /** What has to be done before each run, and is not measured. */
  prepare?: () => void | Promise<void>;
}

/** Variables of a child process. */
export type Environment = Record<string, string | undefined>;

const ONCE = fileURLToPath(import.meta.resolve('./measure-once.ts'));

/**
 * Runs contenders in turn (A B A B ...), so that a machine that gets slower is slower for all of them.
 * The first round warms up and does not count, unless `warmUp: false` says that each run is dear.
 * @returns the median of each figure
 * @throws when one fails
 */
export async function compare(
  contenders: readonly Contender[],
  { runs, env, warmUp = true }: { runs: number; env: Environment; warmUp?: boolean },
): Promise<Cost[]> {
  const costs = contenders.map((): Cost[] => []);
  for (let run = warmUp ? -1 : 0; run < runs; run++) {
    for (const [index, contender] of contenders.entries()) {
      await contender.prepare?.();
      const cost = await measureOnce(contender, env);
      if (run >= 0) costs[index]?.push(cost);
    }
  }
  return costs.map((all) => ({
    wall: median(all.map(({ wall }) => wall)),
    cpu: median(all.map(({ cpu }) => cpu)),
    memory: median(all.map(({ memory }) => memory)),
    printed: median(all.map(({ printed }) => printed)),
  }));
}

/** The figure in the middle; of two the lower one. */
export function median(figures: readonly number[]): number {
  const sorted = [...figures].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? Number.NaN;
}

/** Runs a command once, reads all that it prints and throws it away. */
async function measureOnce({ name, command }: Contender, env: Environment): Promise<Cost> {
  const child = Bun.spawn([process.execPath, ONCE, ...command], { env, stdin: 'ignore', stderr: 'inherit' });
  const { code, complaint, cost }: Report = JSON.parse(await new Response(child.stdout).text());
  if (code !== 0) throw new Error(`${name} ended with exit code ${code}: ${complaint}`);
  return cost;
}
