import { ReloadError } from '../error.ts';

/** Far more than a cluster takes in one go, and little enough to hold several times in memory. */
const LARGEST = 64 * 1024 * 1024;

/**
 * All of a stream as text, without a byte order mark.
 * @param name of the stream in errors
 * @throws ReloadError when it is too large or not UTF-8
 */
export async function readStream(stream: AsyncIterable<Uint8Array | string>, name: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    const bytes = typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk;
    size += bytes.length;
    if (size > LARGEST) {
      throw new ReloadError(`${name} is larger than ${LARGEST / 1024 / 1024} MiB`, {
        hint: 'Give its objects in several files.',
      });
    }
    chunks.push(bytes);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (error) {
    throw new ReloadError(`${name} is not a text in UTF-8`, {
      hint: 'Save it as UTF-8, without compression.',
      cause: error,
    });
  }
}
