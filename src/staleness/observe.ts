import { randomBytes } from 'node:crypto';
import { readEnvironment } from './observe-environment.ts';
import type { Finding, Reading } from './observe-script.ts';
import { makeScriptCommand, parseScriptOutput } from './observe-script.ts';

/** How a command in a container ended; `refused` when none may be run there at all, `late` when nothing came in time, `too-much` when it printed more than is kept. */
export type RunResult =
  | { result: 'ended'; exitCode: number; stdout: Uint8Array; stderr: Uint8Array }
  | { result: 'no-command' }
  | { result: 'refused' | 'late' | 'too-much' | 'failed'; message: string };

/** Runs a command in a container, without a shell. */
export type RunCommand = (command: readonly string[]) => Promise<RunResult>;

/** Reads things in one container: one finding a reading, in their order. */
export type ObserveContainer = (readings: readonly Reading[]) => Promise<Observation>;

/** What a container holds, or why that could not be seen. */
export type Observation =
  | { seen: 'findings'; findings: Finding[] }
  | { seen: 'nothing'; why: string; isRefused: boolean; isOfImage: boolean; isTooMuch?: boolean };

/** Without a shell there is a command for each reading. */
const ENVIRONMENT_COMMANDS = [
  ['cat', '/proc/self/environ'],
  ['env', '-0'],
] as const;

const NO_TOOLS: Observation = {
  seen: 'nothing',
  why: 'the image has no sh, cat or env to look with (--ephemeral looks with those of another one)',
  isRefused: false,
  isOfImage: true,
};

/**
 * Reads things in a container, by one command where it has a shell and `cat`, else by one for each.
 * @returns one finding a reading, in their order
 */
export async function observeContainer(run: RunCommand, readings: readonly Reading[]): Promise<Observation> {
  // 128 random bits: what is read cannot hold them by chance, and cannot know them.
  const boundary = randomBytes(16).toString('hex');
  const outcome = await run(makeScriptCommand(readings, boundary));
  if (outcome.result !== 'ended' && outcome.result !== 'no-command') return explain(outcome);
  const findings = outcome.result === 'ended' ? parseScriptOutput(outcome.stdout, readings.length, boundary) : null;
  // A shell without `cat` reads nothing: then the other commands are no worse.
  if (findings?.some(({ found }) => found !== 'unreadable')) return { seen: 'findings', findings };
  return observeOneByOne(run, readings);
}

/**
 * Reads things in a container from another one beside it, whose processes see those of the first.
 * @param run runs a command in that other container
 * @returns one finding a reading, in their order
 */
export async function observeBeside(run: RunCommand, readings: readonly Reading[]): Promise<Observation> {
  const boundary = randomBytes(16).toString('hex');
  const outcome = await run(makeScriptCommand(readings, boundary, 'beside'));
  if (outcome.result === 'no-command') return blind('the image of the ephemeral container has no sh');
  if (outcome.result !== 'ended') return explain(outcome);
  const findings = parseScriptOutput(outcome.stdout, readings.length, boundary);
  if (findings === null) return blind('the command in the ephemeral container did not get to its end');
  const overwritten = readings.some(
    (reading, index) => reading.read === 'environment' && isOverwritten(findings[index]),
  );
  // Programs that write their state over it, to show it in lists of processes, leave nothing of it to be compared.
  return { seen: 'findings', findings: overwritten ? findings.map(dropEnvironment(readings)) : findings };
}

function blind(why: string): Observation {
  return { seen: 'nothing', why, isRefused: false, isOfImage: false };
}

/** Container runtimes see to it that PATH is in every environment. */
function isOverwritten(finding: Finding | undefined): boolean {
  return finding?.found === 'bytes' && !readEnvironment(finding.bytes).variables.has('PATH');
}

function dropEnvironment(readings: readonly Reading[]) {
  return (finding: Finding, index: number): Finding =>
    readings[index]?.read === 'environment' ? { found: 'unreadable' } : finding;
}

async function observeOneByOne(run: RunCommand, readings: readonly Reading[]): Promise<Observation> {
  const findings: Finding[] = [];
  let hasTool = false;
  for (const reading of readings) {
    const outcome = await readOne(run, reading);
    if ('result' in outcome && outcome.result !== 'no-command') return explain(outcome);
    if ('found' in outcome) hasTool = true;
    findings.push('found' in outcome ? outcome : { found: 'unreadable' });
  }
  return hasTool ? { seen: 'findings', findings } : NO_TOOLS;
}

type Failure = Exclude<RunResult, { result: 'ended' }>;

async function readOne(run: RunCommand, reading: Reading): Promise<Finding | Failure> {
  switch (reading.read) {
    case 'environment':
      return runEnvironment(run);
    case 'file': {
      const outcome = await run(['cat', reading.path]);
      if (outcome.result !== 'ended') return outcome;
      if (outcome.exitCode === 0) return { found: 'bytes', bytes: outcome.stdout };
      return explainCat(outcome);
    }
    // A folder cannot be listed, a file not be summed up, nor a link be dated, with `cat` and `env` alone.
    case 'names':
    case 'sums':
    case 'time':
      return { result: 'no-command' };
    default:
      return reading satisfies never;
  }
}

async function runEnvironment(run: RunCommand): Promise<Finding | Failure> {
  for (const command of ENVIRONMENT_COMMANDS) {
    const outcome = await run(command);
    if (outcome.result !== 'ended' && outcome.result !== 'no-command') return outcome;
    if (outcome.result === 'ended' && outcome.exitCode === 0) return { found: 'bytes', bytes: outcome.stdout };
  }
  return { result: 'no-command' };
}

/** Some runtimes start a shell, so to speak, to say with its codes that there is no such program. */
const NOT_RUN: readonly number[] = [126, 127];

function explainCat({ exitCode, stderr }: { exitCode: number; stderr: Uint8Array }): Finding | Failure {
  if (NOT_RUN.includes(exitCode)) return { result: 'no-command' };
  const text = Buffer.from(stderr).toString('latin1');
  if (/no such file/i.test(text)) return { found: 'nothing' };
  return { found: /is a directory/i.test(text) ? 'folder' : 'unreadable' };
}

function explain(failure: Failure): Observation {
  if (failure.result === 'no-command') return NO_TOOLS;
  const { result, message } = failure;
  const isTooMuch = result === 'too-much';
  return {
    seen: 'nothing',
    why: message,
    isRefused: result === 'refused',
    isOfImage: false,
    ...(isTooMuch && { isTooMuch }),
  };
}
