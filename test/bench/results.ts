import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import type { ChurnResult } from './churn.ts';
import type { Group } from './scale.ts';
import type { EditScores } from './score-edits.ts';

/** What one part, at one size, came to. The page is made of these: each is kept in a file of its own, so that a part can be run again alone. */
export type Result = { ran: Circumstances } & (
  | ({ part: 'scale' } & SizedGroups)
  | ({ part: 'stored' } & SizedGroups)
  | { part: 'start'; runs: number; groups: Group[] }
  | { part: 'probe'; runs: number; groups: Group[] }
  | ({ part: 'edits'; size: number } & EditScores)
  | ({ part: 'churn'; size: number; pods: number } & ChurnResult)
);

interface SizedGroups {
  /** Workloads. */
  size: number;
  pods: number;
  /** ConfigMaps and Secrets. */
  configs: number;
  runs: number;
  groups: Group[];
}

/** Where and when. */
export interface Circumstances {
  /** The command that repeats it. */
  command: string;
  /** The day, in UTC. */
  date: string;
  /** Cores, processor, memory, system. */
  machine: string;
  /** Processes that wanted to run when it began, the bench's own among them. */
  load: number;
  /** Of the program, Kubernetes and kubectl. */
  versions: string;
}

const FOLDER = join(import.meta.dirname, 'results');

/** Where and when this runs. */
export function describeCircumstances(command: string, versions: string): Circumstances {
  const [processor] = cpus();
  const memory = `${(totalmem() / 2 ** 30).toFixed(0)} GiB`;
  const machine = `${cpus().length} cores (${processor?.model.trim()}), ${memory}, ${process.platform} ${release()} ${process.arch}`;
  return { command, date: new Date().toISOString().slice(0, 10), machine, load: loadavg()[0] ?? 0, versions };
}

/** Keeps a result in the place of the last one of the same part and size. */
export function keepResult(result: Result): void {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${result.part}${'size' in result ? `-${result.size}` : ''}.json`);
  writeFileSync(file, JSON.stringify(result, roundFigures, 2));
  spawnSync('node_modules/.bin/biome', ['format', '--write', file]);
}

/** All results that are kept. */
export function readResults(): Result[] {
  if (!existsSync(FOLDER)) return [];
  return readdirSync(FOLDER)
    .sort()
    .map((name): Result => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')));
}

/** More digits than these say nothing. */
function roundFigures(_: string, value: unknown): unknown {
  return typeof value === 'number'
    ? Number(value.toPrecision(4 + Math.max(0, Math.ceil(Math.log10(Math.abs(value) || 1)) - 4)))
    : value;
}
