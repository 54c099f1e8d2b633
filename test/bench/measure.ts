/** What one run of a command cost. */
export interface Cost {
  /** Seconds. */
  wall: number;
  /** Seconds of user and system time. */
  cpu: number;
  /** MiB of the largest resident set. */
  memory: number;
  /** Bytes on standard output. */
  bytes: number;
}

/** A command line with a name for the table. */
export interface Contender {
  name: string;
  command: string[];
  /** What has to be done before each run, and is not measured. */
  prepare?: () => void;
}

/** Runs a command once, reads all that it prints and throws it away. Throws when it fails. */
async function measureOnce(contender: Contender, env: Record<string, string | undefined>): Promise<Cost> {
  const { name, command } = contender;
  contender.prepare?.();
  const started = performance.now();
  const child = Bun.spawn(command, { env, stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
  const complaint = new Response(child.stderr).text();
  let bytes = 0;
  for await (const chunk of child.stdout) bytes += chunk.byteLength;
  const code = await child.exited;
  const wall = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`${name} ended with exit code ${code}: ${await complaint}`);
  const usage = child.resourceUsage();
  if (usage === undefined) throw new Error('this system does not tell what a process cost');
  return { wall, cpu: Number(usage.cpuTime.total) / 1e6, memory: usage.maxRSS / 2 ** 20, bytes };
}

/**
 * Runs contenders in turn (A B A B ...), so that a machine that gets slower is slower for all of them.
 * The first round warms up and does not count.
 * @returns the median of each figure
 */
export async function compare(
  contenders: readonly Contender[],
  options: { runs: number; env: Record<string, string | undefined> },
): Promise<Cost[]> {
  const costs = contenders.map((): Cost[] => []);
  for (let run = -1; run < options.runs; run++) {
    for (const [index, contender] of contenders.entries()) {
      const cost = await measureOnce(contender, options.env);
      if (run >= 0) costs[index]?.push(cost);
    }
  }
  return costs.map((runs) => ({
    wall: median(runs.map(({ wall }) => wall)),
    cpu: median(runs.map(({ cpu }) => cpu)),
    memory: median(runs.map(({ memory }) => memory)),
    bytes: median(runs.map(({ bytes }) => bytes)),
  }));
}

function median(figures: number[]): number {
  const sorted = figures.sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * A table of the contenders' costs, each as a ratio of the last one too.
 * @param options `memory: false` for programs that are smaller than this one, of which each begins as a copy
 */
export function renderCosts(
  contenders: readonly Contender[],
  costs: readonly Cost[],
  { memory = true }: { memory?: boolean } = {},
): string {
  const base = costs.at(-1);
  const lines = contenders.map(({ name }, index) => {
    const cost = costs[index];
    if (cost === undefined || base === undefined) return '';
    const figure = (value: number, of: number, unit: string, digits: number) =>
      `${value.toFixed(digits)} ${unit} (${(value / of).toFixed(2)})`.padStart(20);
    const wall = figure(cost.wall * 1000, base.wall * 1000, 'ms', 1);
    const cpu = figure(cost.cpu * 1000, base.cpu * 1000, 'ms', 1);
    return `${name.padEnd(52)}${wall}${cpu}${memory ? figure(cost.memory, base.memory, 'MiB', 0) : ''}\n`;
  });
  const titles = ['wall', 'CPU', ...(memory ? ['peak memory'] : [])];
  return `${''.padEnd(52)}${titles.map((title) => title.padStart(20)).join('')}\n${lines.join('')}`;
}
