import { parseTimeout } from '../src/cluster/timeout.ts';
import { ReloadError } from '../src/error.ts';

/**
 * Reads the duration of a flag: `90s`, `10m`, whole seconds.
 * @returns milliseconds
 * @throws ReloadError for what is none, and for a negative one
 */
export function parseDuration(flag: string, text: string): number {
  if (text.startsWith('-'))
    throw new ReloadError(`${flag} is negative: ${text}`, { hint: 'Give a duration like 10s or 2m.' });
  return parseTimeout(text);
}
