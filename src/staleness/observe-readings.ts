import type { Reading } from './observe-script.ts';

/** A reading, and how many bytes it should bring. */
export interface SizedReading {
  reading: Reading;
  size: number;
}

/** Made by the container runtime when it set up this very container, by the same clock as the files that the kubelet writes. */
export const START: Reading = { read: 'time', path: '/dev/fd' };

/** The kubelet writes files into a new folder and moves this link to it. */
export function linkOf(folder: string): Reading {
  return { read: 'time', path: `${folder}/..data` };
}

/** So many bytes are read at once, by what is expected, and so many things with paths that are so long: a command line, and a URL, has its limits too. */
const BATCH_BYTES = 3 * 1024 * 1024;
const BATCH_LENGTH = 200;
const BATCH_CHARACTERS = 16_384;

/** Cuts readings into portions for one command each. */
export function makeBatches(readings: readonly SizedReading[]): Reading[][] {
  const batches: Reading[][] = [];
  let [size, characters] = [0, 0];
  for (const one of readings) {
    const last = batches.at(-1);
    const { length } = keyOfReading(one.reading);
    size += one.size;
    characters += length;
    const isFull = size > BATCH_BYTES || characters > BATCH_CHARACTERS;
    if (last === undefined || isFull || last.length >= BATCH_LENGTH) {
      batches.push([one.reading]);
      [size, characters] = [one.size, length];
    } else {
      last.push(one.reading);
    }
  }
  return batches;
}

/** A text that two readings share only when they are of the same thing. */
export function keyOfReading(reading: Reading): string {
  return reading.read === 'environment' ? reading.read : `${reading.read} ${reading.path}`;
}

/** The names that a reading of a folder brought. */
export function readNames(bytes: Uint8Array): string[] {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  return lines.filter((line) => line.startsWith('/')).map((line) => line.slice(1));
}

/** The hashes, as fingerprints have them, that a reading of sums brought, by name. Odd names, which stand there in another form, are left out. */
export function readSums(bytes: Uint8Array): Map<string, string> {
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  const sums = lines.flatMap((line): [string, string][] => {
    const [, hex = '', name = ''] = /^([0-9a-f]{64}) [ *]\.\/(.+)$/.exec(line) ?? [];
    return name === '' ? [] : [[name, Buffer.from(hex, 'hex').toString('base64')]];
  });
  return new Map(sums);
}

/** Whether one time as `stat` prints it is surely before another: `2026-01-02 15:04:05.123456789 +0000`. */
export function isBefore(time: Uint8Array, other: Uint8Array): boolean {
  const [a, b] = [time, other].map((bytes) => {
    return /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(\.\d{9})? /.exec(Buffer.from(bytes).toString('latin1'));
  });
  if (!a || !b) return false;
  // File systems, and tools, that know whole seconds only cut the rest off.
  const isWhole = a[2] === undefined || /^\.0+$/.test(a[2]);
  return isWhole ? (a[1] ?? '') < (b[1] ?? '') : `${a[1]}${a[2]}` < `${b[1]}${b[2] ?? '.000000000'}`;
}
