import { createInterface } from 'node:readline/promises';
import { ReloadError } from '../src/error.ts';
import type { Streams } from './streams.ts';

/**
 * Asks on the terminal; only `y` and `yes` agree.
 * @throws ReloadError when there is no terminal to ask on
 */
export async function confirm(question: string, streams: Streams): Promise<boolean> {
  if (streams.stdin.isTTY !== true) {
    throw new ReloadError('the targets were inferred, and there is no terminal to ask on', {
      hint: 'Say --yes to go on without the question, or name the workloads: deployment/web.',
    });
  }
  streams.stderr.write(`${question} (y/N) `);
  const lines = createInterface({ input: streams.stdin, terminal: false, crlfDelay: Number.POSITIVE_INFINITY });
  const stop = () => lines.close();
  streams.interrupted.addEventListener('abort', stop, { once: true });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    // Ctrl-C and Ctrl-D end no line.
    streams.stderr.write('\n');
    return false;
  } finally {
    streams.interrupted.removeEventListener('abort', stop);
    lines.close();
  }
}
