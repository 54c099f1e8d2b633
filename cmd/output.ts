import { fstatSync, writeSync } from 'node:fs';
import type { TextSink } from './streams.ts';

/**
 * Standard output or standard error, written at once. The runtime's own stream takes longer to make than all the rest of a start, and
 * is made only for what a terminal alone has.
 * @param onError is told why a text could not be written
 */
export function openOutput(name: 'stdout' | 'stderr', onError: (error: NodeJS.ErrnoException) => void): TextSink {
  if (process.platform === 'win32') {
    // Its consoles take text, not bytes.
    const stream = process[name];
    stream.on('error', onError);
    return stream;
  }
  const fd = name === 'stdout' ? 1 : 2;
  let isTerminal: boolean | undefined;
  return {
    fd,
    get isTTY() {
      isTerminal ??= isCharacterDevice(fd) && process[name].isTTY === true;
      return isTerminal;
    },
    get columns() {
      return this.isTTY ? process[name].columns : undefined;
    },
    get rows() {
      return this.isTTY ? process[name].rows : undefined;
    },
    on: (event, listener) => process[name].on(event, listener),
    off: (event, listener) => process[name].off(event, listener),
    write(text) {
      try {
        writeAll(Buffer.from(text), (bytes, position) => writeSync(fd, bytes, position));
      } catch (error) {
        onError(error instanceof Error ? error : new Error(String(error)));
      }
    },
  };
}

/** What may be a terminal; a pipe or a file is none. */
function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return false;
  }
}

/**
 * Writes until all is written, however little goes at a time.
 * @param write writes from a position on, and gives how many bytes went
 */
export function writeAll(bytes: Buffer, write: (bytes: Buffer, position: number) => number): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += write(bytes, written);
    } catch (error) {
      if (!isFull(error)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** A pipe that somebody else made non-blocking, and whose reader is slow. */
function isFull(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EAGAIN';
}
