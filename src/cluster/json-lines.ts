import { StringDecoder } from 'node:string_decoder';
import { ConnectionError } from './connection-error.ts';

/**
 * Parses a stream of JSON values, one a line. A line may come in pieces, cut anywhere.
 * @throws ConnectionError at a line that is no JSON, and what the stream throws
 */
export async function* readJsonLines<T>(chunks: AsyncIterable<Buffer>): AsyncGenerator<T> {
  const decoder = new StringDecoder('utf8');
  // A large object comes in many pieces: joined once, not with each.
  let pieces: string[] = [];
  for await (const chunk of chunks) {
    const lines = decoder.write(chunk).split('\n');
    const rest = lines.pop() ?? '';
    for (const line of lines) {
      const whole = pieces.join('') + line;
      pieces = [];
      if (whole.trim()) yield parseLine<T>(whole);
    }
    if (rest) pieces.push(rest);
  }
  const last = pieces.join('').trim();
  if (last) yield parseLine<T>(last);
}

function parseLine<T>(line: string): T {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new ConnectionError('the stream of the server is broken: it holds a line that is no JSON', {
      kind: 'garbled',
      sent: true,
      cause: error,
    });
  }
}
