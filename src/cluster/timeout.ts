import { ReloadError } from '../error.ts';

const MILLISECONDS: Record<string, number> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Reads a duration as kubectl's `--request-timeout` does: whole seconds, or Go's form (`1m30s`, `1.5h`).
 * @returns milliseconds; 0 means no limit (as do negative durations)
 * @throws ReloadError for anything else
 */
export function parseTimeout(text: string): number {
  if (/^\+?\d+$/.test(text)) return Number(text) * 1000;
  const parts = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (!parts?.[2]) {
    throw new ReloadError(`invalid timeout "${text}"`, {
      hint: 'give whole seconds, or a number with a unit: 5s, 1m, 3h; 0 for none',
    });
  }
  if (parts[1] === '-') return 0;
  let total = 0;
  for (const [, amount, unit] of parts[2].matchAll(/([\d.]+)([a-zµμ]+)/g)) {
    total += Number(amount) * (MILLISECONDS[unit ?? ''] ?? 0);
  }
  return total;
}
