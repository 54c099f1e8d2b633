import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ConnectionError } from './connection-error.ts';
import type { Answer } from './exchange.ts';

const unzip = promisify(gunzip);
/** Bytes: far more than a page of the largest objects. A few packed ones may stand for any number. */
const LARGEST = 512 * 1024 * 1024;

/**
 * Reads a whole body.
 * @throws as the chunks do, and ConnectionError when it does not unpack
 */
export async function readBody(answer: Answer): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer.chunks) chunks.push(chunk);
  const [first] = chunks;
  const body = first && chunks.length === 1 ? first : Buffer.concat(chunks);
  if (answer.headers['content-encoding'] !== 'gzip') return body.toString('utf8');
  try {
    return (await unzip(body, { maxOutputLength: LARGEST })).toString('utf8');
  } catch (error) {
    throw new ConnectionError('the answer of the server is broken: it does not unpack', {
      kind: 'garbled',
      sent: true,
      cause: error,
    });
  }
}
