import type { ProbeVerdict } from '../types.ts';

/** What the probe answers to `--explain`. */
export interface Explanation {
  verdict: ProbeVerdict;
  /** The line that it would print when the kubelet runs it; '' when it has nothing to say. */
  message: string;
  /** By what it knows the start of the container: `termination-log`. */
  clock: string;
  /** Epoch milliseconds; `null` when it does not know. */
  startedAt: number | null;
  /** False before its first run. */
  hasBaseline: boolean;
}

const BEGINNINGS: readonly (readonly [ProbeVerdict, string])[] = [
  ['changed', 'config changed: '],
  ['held', 'config changed, waiting '],
  ['kept', 'config changed, kept running '],
  ['unready', 'config not there yet: '],
];

/** Reads what the probe printed for `--explain`, a line on its instance and the line of its verdict; `null` for what is no answer of its. */
export function readExplanation(text: string): Explanation | null {
  const [first = '', message = ''] = text.split('\n');
  const [, nanoseconds, clock, absent] = /^instance .* start (\d+) (\S+) baseline (absent )?/.exec(first) ?? [];
  if (nanoseconds === undefined || clock === undefined) return null;
  const found = BEGINNINGS.find(([, beginning]) => message.startsWith(beginning));
  const startedAt = Math.floor(Number(nanoseconds) / 1e6);
  return {
    verdict: found?.[0] ?? (message === '' ? 'current' : 'unknown'),
    message,
    clock,
    startedAt: startedAt === 0 ? null : startedAt,
    hasBaseline: absent === undefined,
  };
}

/** What the command of a probe has it watch, in words; an existing check behind `--` is none of that. */
export function readWatched(command: readonly string[]): string[] {
  const watched: { what: string; keys: string[] }[] = [];
  for (const { option, value } of readOptions(command)) {
    switch (option) {
      case 'volume':
      case 'subpath':
        watched.push({ what: value, keys: [] });
        break;
      case 'env':
        watched.push({ what: value.slice(0, value.indexOf('=')), keys: [] });
        break;
      case 'env-from':
        watched.push({ what: `${value.slice(0, value.indexOf('=/'))}*`, keys: [] });
        break;
      case 'key':
        watched.at(-1)?.keys.push(value);
        break;
    }
  }
  return watched.map(({ what, keys }) => (keys.length === 0 ? what : `${what} (${keys.join(', ')})`));
}

/** Where a probe with this command records what was there at the start; `null` where it compares with something else. */
export function findBaseline(command: readonly string[]): string | null {
  const options = readOptions(command);
  const isSwap = options.some(({ option }) => option === 'swap');
  const isKept = options.some(
    ({ option }, at) =>
      option === 'env' ||
      option === 'env-from' ||
      (option === 'volume' && !isSwap && !isExpected(options.slice(at + 1))),
  );
  return isKept ? (options.findLast(({ option }) => option === 'baseline')?.value ?? '/dev/shm') : null;
}

interface Option {
  option: string;
  value: string;
}

function readOptions(command: readonly string[]): Option[] {
  const end = command.indexOf('--');
  const words = end === -1 ? command : command.slice(0, end);
  return words.flatMap((word) => {
    const [, option, value = ''] = /^--([a-z-]+)(?:=(.*))?$/s.exec(word) ?? [];
    return option === undefined ? [] : [{ option, value }];
  });
}

/** What follows a source up to the next one belongs to it. */
function isExpected(following: readonly Option[]): boolean {
  const next = following.findIndex(({ option }) => ['volume', 'subpath', 'env', 'env-from'].includes(option));
  return following.slice(0, next === -1 ? undefined : next).some(({ option }) => option === 'expect');
}
