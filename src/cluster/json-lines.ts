import { StringDecoder } from 'node:string_decoder';
import { ConnectionError, tooLarge } from './connection-error.ts';

/**
 * Parses a stream of JSON values, one a line. A line may come in pieces, cut anywhere.
 * @param largest characters that a line may have
 * @throws ConnectionError at a line that is no JSON or too long, and what the stream throws
 */
export async function* readJsonLines<T>(chunks: AsyncIterable<Buffer>, largest: number): AsyncGenerator<T> {
  const decoder = new StringDecoder('utf8');
  // A large object comes in many pieces: joined once, not with each.
  let pieces: string[] = [];
  let size = 0;
  const add = (piece: string) => {
    size += piece.length;
    if (size > largest) throw tooLarge('a line', largest);
    if (piece) pieces.push(piece);
  };
  const take = () => {
    const line = pieces.join('').trim();
    pieces = [];
    size = 0;
    return line;
  };
  for await (const chunk of chunks) {
    const lines = decoder.write(chunk).split('\n');
    const rest = lines.pop() ?? '';
    for (const end of lines) {
      add(end);
      const line = take();
      if (line) yield parseLine<T>(line);
    }
    add(rest);
  }
  const last = take();
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
