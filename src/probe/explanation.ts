/** What a probe thinks of its container. */
export type ProbeVerdict = 'current' | 'changed' | 'held' | 'kept' | 'unready' | 'unknown';

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
  const end = command.indexOf('--');
  const words = end === -1 ? command : command.slice(0, end);
  return words.flatMap((word) => {
    const [, kind, value = ''] = /^--(volume|subpath|env|env-from)=(.*)$/s.exec(word) ?? [];
    switch (kind) {
      case undefined:
        return [];
      case 'env':
        return [value.slice(0, value.indexOf('='))];
      case 'env-from':
        return [`${value.slice(0, value.indexOf('=/'))}*`];
      default:
        return [value];
    }
  });
}
