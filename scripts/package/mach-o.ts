import { createHash } from 'node:crypto';

/** A part of the file, and where the load command that names it begins. */
export interface Extent {
  offset: number;
  size: number;
  command: number;
}

/** The parts of a Mach-O file. */
export interface MachO {
  segments: ReadonlyMap<string, Extent>;
  /** The place of the signature, which ends the file. */
  signature: Extent;
}

/** Bytes that one hash of a signature is about. */
export const PAGE = 4096;

const MAGIC_64 = 0xfeedfacf;
/** Bytes before the load commands. */
const HEAD = 32;
const LC_SEGMENT_64 = 0x19;
const LC_CODE_SIGNATURE = 0x1d;

/**
 * Reads the load commands of a Mach-O file of 64 bits.
 * @throws where it has no place for a signature
 */
export function readMachO(file: Buffer): MachO {
  if (file.readUInt32LE(0) !== MAGIC_64) throw new Error('not a Mach-O file of 64 bits');
  const segments = new Map<string, Extent>();
  let signature: Extent | undefined;
  let command = HEAD;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const kind = file.readUInt32LE(command);
    if (kind === LC_SEGMENT_64) {
      const name = file.toString('latin1', command + 8, command + 24).replace(/\0+$/, '');
      const [offset, size] = [file.readBigUInt64LE(command + 40), file.readBigUInt64LE(command + 48)];
      segments.set(name, { offset: Number(offset), size: Number(size), command });
    } else if (kind === LC_CODE_SIGNATURE) {
      signature = { offset: file.readUInt32LE(command + 8), size: file.readUInt32LE(command + 12), command };
    }
    command += file.readUInt32LE(command + 4);
  }
  if (signature === undefined) throw new Error('a Mach-O file without a place for a signature');
  return { segments, signature };
}

/**
 * The segment of this name.
 * @throws where there is none
 */
export function findSegment({ segments }: MachO, name: string): Extent {
  const segment = segments.get(name);
  if (segment === undefined) throw new Error(`a Mach-O file without ${name}`);
  return segment;
}

/** The SHA-256 of each page of what comes before the signature; the last page may be a short one. */
export function* hashPages(code: Buffer): Generator<Buffer> {
  for (let start = 0; start < code.length; start += PAGE) {
    yield createHash('sha256')
      .update(code.subarray(start, start + PAGE))
      .digest();
  }
}
