import { expect, test } from 'bun:test';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import type { Answer } from '../../../src/cluster/exchange.ts';
import { readBody } from '../../../src/cluster/read-body.ts';
import { connectTo, FAST_LIMITS, failure } from '../../support/connection.ts';
import type { Respond } from '../../support/recording-server.ts';
import { startRecordingServer } from '../../support/recording-server.ts';

const MEBIBYTE = 1024 * 1024;
const json = { 'content-type': 'application/json' };

/** One gibibyte of zeros in one mebibyte: pieces of gzip, one behind the other. */
const bomb = (() => {
  const piece = gzipSync(Buffer.alloc(16 * MEBIBYTE));
  return Buffer.concat(Array.from({ length: 64 }, () => piece));
})();

function makeAnswer(encoding: string, chunks: AsyncIterable<Buffer>): Answer {
  const headers = { 'content-encoding': encoding };
  return { code: 200, headers, rawHeaders: [], chunks, discard: () => undefined };
}

async function* give(...chunks: Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

test.each([
  ['identity', (text: string) => Buffer.from(text)],
  ['gzip', (text: string) => gzipSync(text)],
] as const)('a body of exactly as many bytes as allowed is read, one more is not (%s)', async (encoding, pack) => {
  const text = 'x'.repeat(1000);
  const read = (largest: number) => readBody(makeAnswer(encoding, give(pack(text))), largest);
  expect(await read(1000)).toBe(text);
  expect(await failure(read(999), ConnectionError)).toMatchObject({ kind: 'foreign', sent: true });
});

test('what unpacks to a thousand times its size is given up before the memory is', async () => {
  const before = process.resourceUsage().maxRSS;
  const error = await failure(readBody(makeAnswer('gzip', give(bomb)), 4 * MEBIBYTE), ConnectionError);
  expect(error.message).toBe('the server sends an answer of more than 4 MiB');
  // Kibibytes; unpacked it has a mebibyte of them.
  expect(process.resourceUsage().maxRSS - before).toBeLessThan(256 * 1024);
});

test('of a body without end no more is taken than allowed, packed or not, and it is let go', async () => {
  for (const encoding of ['identity', 'gzip']) {
    let [given, isLetGo] = [0, false];
    const endless = async function* () {
      try {
        for (;;) {
          given += MEBIBYTE;
          yield Buffer.alloc(MEBIBYTE);
        }
      } finally {
        isLetGo = true;
      }
    };
    await failure(readBody(makeAnswer(encoding, endless()), 4 * MEBIBYTE), ConnectionError);
    expect({ given, isLetGo }).toEqual({ given: 5 * MEBIBYTE, isLetGo: true });
  }
});

/** Sends letters for as long as somebody takes them. */
function sendForEver(response: ServerResponse, code = 200): void {
  function* letters() {
    for (;;) yield Buffer.alloc(64 * 1024, 'x');
  }
  pipeline(Readable.from(letters()), response.writeHead(code, json)).catch(() => undefined);
}

test.each<[string, Respond]>([
  ['a gzip bomb', (_, response) => response.writeHead(200, { ...json, 'content-encoding': 'gzip' }).end(bomb)],
  ['an answer without end', (_, response) => sendForEver(response)],
])('a server that sends %s is told so, and asked once', async (_, respond) => {
  await using server = await startRecordingServer(respond);
  using cluster = await connectTo(server, {}, {}, { ...FAST_LIMITS, largest: 2 * MEBIBYTE });
  const error = await failure(cluster.request({ path: '/api/v1/pods' }), ConnectionError);
  expect(error.message).toBe('the server sends an answer of more than 2 MiB');
  expect(error.hint).toContain('is it a Kubernetes API server');
  expect(server.requests).toHaveLength(1);
});

test('a refusal without end is not read to it either', async () => {
  await using server = await startRecordingServer((_, response) => sendForEver(response, 500));
  using cluster = await connectTo(server);
  const error = await failure(cluster.request({ path: '/api/v1/pods' }), ConnectionError);
  expect(error.message).toBe('the server sends an answer of more than 8 MiB');
});

test('a watch whose line has no end is given up', async () => {
  await using server = await startRecordingServer((_, response) => sendForEver(response));
  using cluster = await connectTo(server, {}, {}, { ...FAST_LIMITS, largestEvent: 2 * MEBIBYTE });
  const follow = async () => {
    for await (const _ of cluster.watch({ path: '/api/v1/pods', form: 'full' }));
  };
  const error = await failure(follow(), ConnectionError);
  expect(error.message).toBe('the server sends a line of more than 2 MiB');
  expect(server.requests).toHaveLength(1);
});
