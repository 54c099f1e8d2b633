import { findSegment, hashPages, PAGE, readMachO } from './mach-o.ts';

const SUPER_BLOB = 0xfade0cc0;
const CODE_DIRECTORY = 0xfade0c02;
/** Bytes of the head of a code directory of this version, and of the list of a super blob with one entry. */
const [DIRECTORY_HEAD, BLOB_HEAD] = [88, 20];
const VERSION = 0x20400;
/** What a linker writes: CS_ADHOC and CS_LINKER_SIGNED. */
const FLAGS = 0x20002;
const SHA256 = 2;
const HASH_SIZE = 32;
const MAIN_BINARY = 1n;

/**
 * Signs a Mach-O program ad hoc, as linkers do: a signature of nobody, which only says that the file is whole. macOS
 * ends a program whose signature does not hold, and of arm64 one without any.
 *
 * The place of a signature must be there already (bun leaves it); a signature in it is replaced.
 * @see https://github.com/apple-oss-distributions/xnu/blob/main/osfmk/kern/cs_blobs.h
 */
export function signMachO(file: Buffer, identifier: string): Buffer {
  const parts = readMachO(file);
  const { signature } = parts;
  const [text, linkEdit] = [findSegment(parts, '__TEXT'), findSegment(parts, '__LINKEDIT')];
  const name = Buffer.from(`${identifier}\0`);
  const pages = Math.ceil(signature.offset / PAGE);
  const hashes = DIRECTORY_HEAD + name.length;
  const directory = Buffer.alloc(hashes + pages * HASH_SIZE);
  const size = BLOB_HEAD + directory.length;

  const code = Buffer.from(file.subarray(0, signature.offset));
  code.writeUInt32LE(size, signature.command + 12);
  const linkEditSize = signature.offset + size - linkEdit.offset;
  code.writeBigUInt64LE(BigInt(Math.ceil(linkEditSize / PAGE) * PAGE), linkEdit.command + 32);
  code.writeBigUInt64LE(BigInt(linkEditSize), linkEdit.command + 48);

  writeNumbers(directory, 0, [CODE_DIRECTORY, directory.length, VERSION, FLAGS, hashes, DIRECTORY_HEAD]);
  writeNumbers(directory, 28, [pages, signature.offset]);
  directory.set([HASH_SIZE, SHA256, 0, Math.log2(PAGE)], 36);
  directory.writeBigUInt64BE(BigInt(text.offset), 64);
  directory.writeBigUInt64BE(BigInt(text.size), 72);
  directory.writeBigUInt64BE(MAIN_BINARY, 80);
  directory.set(name, DIRECTORY_HEAD);
  // The head of the file is hashed too, so its sizes must be the new ones by now.
  directory.set(Buffer.concat([...hashPages(code)]), hashes);

  const head = Buffer.alloc(BLOB_HEAD);
  writeNumbers(head, 0, [SUPER_BLOB, size, 1, 0, BLOB_HEAD]);
  return Buffer.concat([code, head, directory]);
}

function writeNumbers(target: Buffer, offset: number, numbers: readonly number[]): void {
  for (const [index, number] of numbers.entries()) target.writeUInt32BE(number, offset + 4 * index);
}

/** Says what is wrong with the signature of a Mach-O program, as the kernel would see it; undefined where it holds. */
export function explainBadSignature(file: Buffer): string | undefined {
  const parts = readMachO(file);
  const { signature } = parts;
  const linkEdit = findSegment(parts, '__LINKEDIT');
  const end = signature.offset + signature.size;
  if (end !== file.length) return `the signature ends at ${end}, the file at ${file.length}`;
  if (linkEdit.offset + linkEdit.size !== end) return '__LINKEDIT does not end with the signature';
  const blob = file.subarray(signature.offset, end);
  if (blob.readUInt32BE(0) !== SUPER_BLOB) return 'there is no signature';
  const directory = blob.subarray(blob.readUInt32BE(16));
  if (directory.readUInt32BE(0) !== CODE_DIRECTORY) return 'the first blob of the signature is no code directory';
  if (directory[37] !== SHA256 || 1 << (directory[39] ?? 0) !== PAGE) return 'its hashes are not of 4 KiB by SHA-256';
  const limit = directory.readUInt32BE(32);
  if (limit !== signature.offset) return `it covers ${limit} bytes of ${signature.offset}`;
  const pages = Math.ceil(limit / PAGE);
  if (directory.readUInt32BE(28) !== pages) return `it has ${directory.readUInt32BE(28)} hashes for ${pages} pages`;
  const hashes = directory.readUInt32BE(16);
  let page = 0;
  for (const hash of hashPages(file.subarray(0, limit))) {
    const at = hashes + page * HASH_SIZE;
    if (!hash.equals(directory.subarray(at, at + HASH_SIZE))) return `the hash of page ${page} does not hold`;
    page++;
  }
  return undefined;
}
