/**
 * Runs the command of its arguments once and prints what it cost, as JSON. A process of its own, and a small one: the peak memory of a
 * process that Linux tells begins as that of the one which started it.
 */
import type { Cost } from './measure.ts';

/** What it prints. */
export interface Report {
  code: number;
  /** What the command said on standard error. */
  complaint: string;
  cost: Cost;
}

const [name = '', ...args] = process.argv.slice(2);
const started = performance.now();
const child = Bun.spawn([name, ...args], { stdin: 'ignore', stdout: 'pipe', stderr: 'pipe' });
const complaint = new Response(child.stderr).text();
let printed = 0;
for await (const chunk of child.stdout) printed += chunk.byteLength;
const code = await child.exited;
const wall = (performance.now() - started) / 1000;
const usage = child.resourceUsage();
if (usage === undefined) throw new Error('this system does not tell what a process cost');
const cost: Cost = { wall, cpu: Number(usage.cpuTime.total) / 1e6, memory: usage.maxRSS / 2 ** 20, printed };
const report: Report = { code, complaint: await complaint, cost };
process.stdout.write(JSON.stringify(report));
