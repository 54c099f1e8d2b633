import { expect, test } from 'bun:test';
import { explainBadSignature, signMachO } from '../../scripts/package/sign-mach-o.ts';

const CODE = 9000;

/** A Mach-O file of these segments, each of which is all of it up to the signature, and of nothing in them. */
function makeMachO(segments: readonly string[], withSignature = true): Buffer {
  const file = Buffer.alloc(CODE + 64);
  file.writeUInt32LE(0xfeedfacf, 0);
  file.writeUInt32LE(segments.length + Number(withSignature), 16);
  let command = 32;
  for (const name of segments) {
    file.writeUInt32LE(0x19, command);
    file.writeUInt32LE(72, command + 4);
    file.write(name, command + 8, 'latin1');
    file.writeBigUInt64LE(BigInt(CODE + 64), command + 48);
    command += 72;
  }
  if (withSignature) {
    for (const [index, number] of [0x1d, 16, CODE, 64].entries()) file.writeUInt32LE(number, command + 4 * index);
  }
  return file;
}

const SEGMENTS = ['__TEXT', '__LINKEDIT'];

test('a file that is not signed is told from one that is', () => {
  const file = makeMachO(SEGMENTS);
  expect(explainBadSignature(file)).toBe('there is no signature');
  const signed = signMachO(file, 'x');
  expect(explainBadSignature(signed)).toBeUndefined();
  expect(signMachO(signed, 'x').equals(signed)).toBe(true);
});

test.each<[string, (signed: Buffer) => void]>([
  ['the hash of page 0 does not hold', (signed) => signed.writeUInt8(1, 4095)],
  ['the hash of page 2 does not hold', (signed) => signed.writeUInt8(1, CODE - 1)],
  ['the hash of page 2 does not hold', (signed) => signed.writeUInt8((signed.at(-1) ?? 0) ^ 1, signed.length - 1)],
  ['it covers 97 bytes of 9000', (signed) => signed.writeUInt32BE(97, CODE + 20 + 32)],
  ['it has 2 hashes for 3 pages', (signed) => signed.writeUInt32BE(2, CODE + 20 + 28)],
  ['its hashes are not of 4 KiB by SHA-256', (signed) => signed.writeUInt8(1, CODE + 20 + 37)],
  ['its hashes are not of 4 KiB by SHA-256', (signed) => signed.writeUInt8(14, CODE + 20 + 39)],
  ['the first blob of the signature is no code directory', (signed) => signed.writeUInt32BE(1, CODE + 20)],
  ['__LINKEDIT does not end with the signature', (signed) => signed.writeBigUInt64LE(5n, 32 + 72 + 48)],
])('a signature does not hold when %s', (problem, change) => {
  const signed = signMachO(makeMachO(SEGMENTS), 'x');
  change(signed);
  expect(explainBadSignature(signed)).toBe(problem);
});

test('a file that goes on behind its signature is told', () => {
  const signed = signMachO(makeMachO(SEGMENTS), 'x');
  expect(explainBadSignature(Buffer.concat([signed, Buffer.alloc(1)]))).toBe(
    `the signature ends at ${signed.length}, the file at ${signed.length + 1}`,
  );
});

test('what cannot be signed is said', () => {
  expect(() => signMachO(Buffer.alloc(64), 'x')).toThrow('not a Mach-O file of 64 bits');
  expect(() => signMachO(makeMachO(SEGMENTS, false), 'x')).toThrow('a Mach-O file without a place for a signature');
  expect(() => signMachO(makeMachO(['__TEXT']), 'x')).toThrow('a Mach-O file without __LINKEDIT');
});
