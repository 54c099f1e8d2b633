import { ReloadError } from '../error.ts';

/** Far more than a cluster takes in one go, and little enough to hold several times in memory. */
const LARGEST = 64 * 1024 * 1024;

/** A text that comes in pieces of bytes. */
export interface TextReader {
  /** @throws ReloadError when it becomes too large */
  add(piece: Uint8Array): void;
  /**
   * All of it; a byte order mark is a part of it.
   * @throws ReloadError when it is not UTF-8
   */
  read(): string;
}

/** @param name of the text in errors */
export function makeTextReader(name: string): TextReader {
  const pieces: Uint8Array[] = [];
  let size = 0;
  return {
    add(piece) {
      size += piece.length;
      if (size > LARGEST) {
        throw new ReloadError(`${name} is larger than ${LARGEST / 1024 / 1024} MiB`, {
          hint: 'Give its objects in several files.',
        });
      }
      pieces.push(piece);
    },
    read() {
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(pieces));
      } catch (error) {
        throw new ReloadError(`${name} is not a text in UTF-8`, {
          hint: 'Save it as UTF-8, without compression.',
          cause: error,
        });
      }
    },
  };
}

/**
 * All of a stream as text, as `TextReader.read` gives it.
 * @param name of the stream in errors
 * @throws ReloadError when it is too large or not UTF-8
 */
export async function readStream(stream: AsyncIterable<Uint8Array | string>, name: string): Promise<string> {
  const reader = makeTextReader(name);
  for await (const chunk of stream) reader.add(typeof chunk === 'string' ? new TextEncoder().encode(chunk) : chunk);
  return reader.read();
}
