import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ConnectionError, tooLarge } from './connection-error.ts';
import type { Answer } from './exchange.ts';
import { errorCode } from './file-error.ts';

const unzip = promisify(gunzip);

/**
 * Reads a whole body.
 * @param largest bytes that it may have, on the wire and unpacked: a few packed ones may stand for any number
 * @throws as the chunks do, and ConnectionError when it is larger or does not unpack
 */
export async function readBody(answer: Answer, largest: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of answer.chunks) {
    size += chunk.length;
    if (size > largest) throw tooLarge('an answer', largest);
    chunks.push(chunk);
  }
  const [first] = chunks;
  const body = first && chunks.length === 1 ? first : Buffer.concat(chunks);
  if (answer.headers['content-encoding'] !== 'gzip') return body.toString('utf8');
  try {
    return (await unzip(body, { maxOutputLength: largest })).toString('utf8');
  } catch (error) {
    if (errorCode(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge('an answer', largest);
    throw new ConnectionError('the answer of the server is broken: it does not unpack', {
      kind: 'garbled',
      sent: true,
      cause: error,
    });
  }
}
