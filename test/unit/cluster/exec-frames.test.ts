import { describe, expect, test } from 'bun:test';
import { FrameReader, makeClose, makePong } from '../../../src/cluster/exec-frames.ts';

/** A frame as a server sends it. */
function makeFrame(
  opcode: number,
  payload: string | Buffer,
  options: { final?: boolean; claim?: bigint } = {},
): Buffer {
  const bytes = Buffer.from(payload);
  const length = options.claim ?? BigInt(bytes.length);
  const first = (options.final === false ? 0 : 0x80) | opcode;
  if (length < 126n) return Buffer.concat([Buffer.from([first, Number(length)]), bytes]);
  if (length < 65536n) {
    const head = Buffer.from([first, 126, 0, 0]);
    head.writeUInt16BE(Number(length), 2);
    return Buffer.concat([head, bytes]);
  }
  const head = Buffer.from([first, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeBigUInt64BE(length, 2);
  return Buffer.concat([head, bytes]);
}

/** Reads chunks: the messages, put together, and what else was told. */
function read(...chunks: Buffer[]) {
  const messages: string[] = [];
  const told: string[] = [];
  let biggest = 0;
  const reader = new FrameReader({
    message: () => messages.push(''),
    data(piece) {
      biggest = Math.max(biggest, piece.length);
      messages.push((messages.pop() ?? '') + piece.toString('latin1'));
    },
    ping: (payload) => told.push(`ping ${payload}`),
    close: () => told.push('close'),
  });
  for (const chunk of chunks) reader.push(chunk);
  return { messages, told, biggest };
}

const BINARY = 2;
const CONTINUATION = 0;

describe('frames', () => {
  test('of every length come out whole, however the bytes are cut', () => {
    for (const length of [0, 1, 125, 126, 127, 65535, 65536, 200_000]) {
      const text = 'x'.repeat(length);
      const bytes = Buffer.concat([makeFrame(BINARY, text), makeFrame(BINARY, 'next')]);
      expect(read(bytes).messages).toEqual([text, 'next']);
      for (const size of [1, 2, 3, 7, 4096]) {
        if (bytes.length / size > 70_000) continue;
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(read(...chunks).messages).toEqual([text, 'next']);
      }
    }
  });

  test('that are pieces of one message make one message, with control frames in between', () => {
    const bytes = Buffer.concat([
      makeFrame(BINARY, '\x01a', { final: false }),
      makeFrame(9, 'are you there'),
      makeFrame(CONTINUATION, 'b', { final: false }),
      makeFrame(CONTINUATION, 'c'),
      makeFrame(BINARY, '\x02d'),
    ]);
    expect(read(bytes)).toMatchObject({ messages: ['\x01abc', '\x02d'], told: ['ping are you there'] });
  });

  test('after the close are passed over', () => {
    expect(read(makeFrame(8, '\x03\xe8'), makeFrame(BINARY, 'late'))).toMatchObject({ messages: [], told: ['close'] });
    expect(read(Buffer.concat([makeFrame(8, ''), makeFrame(BINARY, 'late')]))).toMatchObject({ messages: [] });
  });

  test('may claim any length: only what comes is passed on', () => {
    const { messages, biggest } = read(makeFrame(BINARY, 'abc', { claim: 9_000_000_000_000_000n }), Buffer.from('def'));
    expect(messages).toEqual(['abcdef']);
    expect(biggest).toBe(3);
  });

  test('that break the protocol are refused', () => {
    const broken: Record<string, Buffer> = {
      'out of range': makeFrame(BINARY, '', { claim: 0xffff_ffff_ffff_ffffn }),
      masked: Buffer.from([0x82, 0x81, 1, 2, 3, 4, 5]),
      'not agreed on': Buffer.from([0xc2, 0x00]),
      'out of order': makeFrame(CONTINUATION, 'x'),
      'unknown opcode 3': makeFrame(3, 'x'),
      'unknown opcode 11': makeFrame(11, 'x'),
      'in pieces': makeFrame(9, 'x', { final: false }),
      'too long': makeFrame(9, 'x'.repeat(126)),
    };
    for (const [why, bytes] of Object.entries(broken)) expect(() => read(bytes)).toThrow(why);
    expect(() => read(makeFrame(BINARY, 'a', { final: false }), makeFrame(BINARY, 'b'))).toThrow('out of order');
  });

  test('that we send are masked', () => {
    expect(makePong(Buffer.from('abcde'), Buffer.from([1, 2, 3, 4]))).toEqual(
      Buffer.from([0x8a, 0x85, 1, 2, 3, 4, 0x61 ^ 1, 0x62 ^ 2, 0x63 ^ 3, 0x64 ^ 4, 0x65 ^ 1]),
    );
    expect(makeClose(Buffer.from([0, 0, 0, 0]))).toEqual(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8]));
  });
});
