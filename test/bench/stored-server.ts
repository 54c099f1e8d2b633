/**
 * An API server that answers from a recording, multiplied: `bun test/bench/stored-server.ts RECORDING STEP COPIES`. A process of its
 * own, since its work is not to be counted. Prints where it is, then a line for every question to which it knows no answer.
 */
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createAuthority } from '../cluster/certificate.ts';
import { copyText, findOriginal, renderPage } from './multiply.ts';
import type { RecordedAnswer, Recording } from './recording.ts';
import { isOfThePast, questionOf, refuseStreaming } from './recording.ts';

/** The first line that it prints. */
export interface StoredServerPlace {
  server: string;
  ca: string;
}

/** From this size on the API server packs what it sends, with the fastest level. */
const PACKED_FROM = 128 * 1024;

const [file = '', ...figures] = process.argv.slice(2);
const [step = 0, copies = 1] = figures.map(Number);
const recording: Recording = JSON.parse(readFileSync(file, 'utf8'));
/** Pages are made once: the first round of a comparison does not count. */
const pages = new Map<string, Page>();

function serve({ url = '/', method, headers }: IncomingMessage, response: ServerResponse): void {
  const { searchParams } = new URL(url, 'http://unused');
  const accept = headers.accept ?? '';
  const streaming = refuseStreaming(url);
  const original = findOriginal(url, step);
  const answer = recording[questionOf(original.url, accept)];
  if (isOfThePast(searchParams)) {
    sendStatus(response, 410, 'Expired');
  } else if (streaming !== null) {
    sendStatus(response, streaming.code, streaming.reason);
  } else if (searchParams.has('watch')) {
    // Nothing ever happens here.
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
  } else if (method !== 'GET' || answer === undefined) {
    process.stdout.write(`${method} ${url} as ${accept}\n`);
    sendStatus(response, 404, 'NotFound');
  } else {
    send(response, answer, { url, headers, copy: original.copy });
  }
}

/** Sends the answer, packed where the API server would pack it. */
function send(
  response: ServerResponse,
  answer: RecordedAnswer,
  { url, headers, copy }: { url: string; headers: IncomingHttpHeaders; copy: number | null },
): void {
  const mayPack = String(headers['accept-encoding'] ?? '').includes('gzip');
  const key = `${url} ${headers.accept} ${mayPack}`;
  const page =
    pages.get(key) ?? makePage(renderAnswer(answer, copy, new URL(url, 'http://unused').searchParams), mayPack);
  pages.set(key, page);
  response.writeHead(answer.is === 'body' ? answer.status : 200, {
    'content-type': answer.is === 'body' ? answer.type : 'application/json',
    'content-length': page.bytes.length,
    ...(page.isPacked && { 'content-encoding': 'gzip' }),
  });
  response.end(page.bytes);
}

interface Page {
  bytes: Buffer;
  isPacked: boolean;
}

function makePage(text: string, mayPack: boolean): Page {
  const plain = Buffer.from(text);
  const isPacked = mayPack && plain.length >= PACKED_FROM;
  return { bytes: isPacked ? gzipSync(plain, { level: 1 }) : plain, isPacked };
}

function renderAnswer(answer: RecordedAnswer, copy: number | null, query: URLSearchParams): string {
  if (answer.is === 'body') return copyText(answer.text, copy ?? 0, step);
  const limit = query.has('limit') ? Number(query.get('limit')) : null;
  const from = Number(query.get('continue') ?? 0);
  if (copy === null) return renderPage(answer, { from, limit, copies, step });
  // Of one namespace there is one copy.
  const numbered = answer.numbered.map((member) => copyText(member, copy, step));
  return renderPage({ ...answer, numbered }, { from, limit, copies: 1, step });
}

function sendStatus(response: ServerResponse, code: number, reason: string): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message: reason }));
}

const authority = createAuthority('stored pages');
const server = createServer(authority.issueServer('server'), serve);
server.listen(0, '127.0.0.1', () => {
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const place: StoredServerPlace = { server: `https://127.0.0.1:${port}`, ca: authority.cert };
  process.stdout.write(`${JSON.stringify(place)}\n`);
});
