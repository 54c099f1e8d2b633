import type { Status } from './api-error.ts';
import { ApiError, readStatus, statusOfCode } from './api-error.ts';
import type { ApiRequest, Query } from './cluster.ts';
import { ConnectionError, foreignAnswer } from './connection-error.ts';
import type { Answer, Patience } from './exchange.ts';
import type { Limiter } from './limit-parallel.ts';
import { readBody } from './read-body.ts';
import type { RetryPolicy } from './retry.ts';
import { retry } from './retry.ts';
import type { Transport } from './transport.ts';
import { readWarnings } from './warnings.ts';

const MEBIBYTE = 1024 * 1024;

/** Patience with a server, in milliseconds unless said otherwise. */
export interface Limits extends RetryPolicy {
  /** For a connection. */
  connect: number;
  /** For the next byte of an answer. The API server itself gives up on a request after a minute. */
  silence: number;
  /** For the next event of a watch: the API server sends a bookmark every minute. */
  watchSilence: number;
  /** How long one watch request is asked to last. */
  watchLength: number;
  /** How long a watch outlives a server that cannot be reached. */
  outage: number;
  /** Bytes of one answer, unpacked: far more than a page of large objects, and what every runtime still holds as one text. */
  largest: number;
  /** Characters of one event of a watch. The API server itself takes objects of some MiB. */
  largestEvent: number;
}

/** What suits a person at a terminal, and a CI job. */
export const LIMITS: Limits = {
  tries: 5,
  delay: 250,
  longest: 60,
  connect: 30_000,
  silence: 90_000,
  watchSilence: 90_000,
  watchLength: 290_000,
  outage: 120_000,
  largest: 512 * MEBIBYTE,
  largestEvent: 64 * MEBIBYTE,
};

/** Bytes of an answer without success: a message, with a cause for each of many fields. */
const LARGEST_REFUSAL = 8 * MEBIBYTE;

/** A server, and the patience with it. */
export interface Client {
  transport: Transport;
  limits: Limits;
  /** Holds back all but some requests, so that they share few connections; watches, which last, do not count. */
  inTurn: Limiter;
}

/**
 * One request for JSON, tried again where that is safe.
 * @returns what the server sent; `T` is what the caller knows of the API, nothing checks it
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export function requestJson<T>(client: Client, request: ApiRequest): Promise<T> {
  return requestAnswer(client, request, async (answer) =>
    parseBody<T>(await readBody(answer, client.limits.largest), answer, client.transport),
  );
}

/**
 * One request for plain text, tried again where that is safe.
 * @throws as `requestJson`
 */
export function requestText(client: Client, request: ApiRequest): Promise<string> {
  return requestAnswer(client, { accept: '*/*', ...request }, (answer) => readBody(answer, client.limits.largest));
}

function requestAnswer<T>(client: Client, request: ApiRequest, read: (answer: Answer) => Promise<T>): Promise<T> {
  const { transport, limits, inTurn } = client;
  const { method = 'GET', body, isQuestion = method === 'GET' && body === undefined } = request;
  const patience = { connect: limits.connect, silence: limits.silence, total: transport.connection.timeout };
  const attempt = async (): Promise<T> => {
    const answer = await open(client, { ...request, method }, patience);
    if (request.onWarning) readWarnings(answer.rawHeaders).forEach(request.onWarning);
    return read(answer);
  };
  return retry(() => inTurn(attempt), isQuestion, limits, request.signal);
}

/**
 * Sends a request and waits for a good answer.
 * @throws as `requestJson`
 */
export async function open({ transport }: Client, request: ApiRequest, patience: Patience): Promise<Answer> {
  const { path, query = {}, accept = 'application/json', signal } = request;
  const body = request.body === undefined ? undefined : JSON.stringify(request.body);
  const isCompressed = !transport.connection.clusterEntry['disable-compression'] && request.query?.watch === undefined;
  const answer = await transport.send(
    {
      method: request.method ?? 'GET',
      path: path + formatQuery(query),
      headers: {
        accept,
        'accept-encoding': isCompressed ? 'gzip' : 'identity',
        ...(body !== undefined && {
          'content-type': request.contentType ?? 'application/json',
          // Not every runtime adds it by itself to a DELETE.
          'content-length': Buffer.byteLength(body),
        }),
      },
      body,
      signal,
    },
    patience,
  );
  if (answer.code >= 200 && answer.code < 300) return answer;
  throw await readRefusal(answer, transport);
}

function formatQuery(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.append(name, value);
  return parameters.size > 0 ? `?${parameters}` : '';
}

/** The error that an answer without success stands for; it takes the body. */
export async function readRefusal(answer: Answer, transport: Transport): Promise<ApiError | ConnectionError> {
  const { code, headers } = answer;
  if (code < 400) {
    answer.discard();
    return foreignAnswer(transport.connection.server, `redirects to ${headers.location ?? 'another place'}`);
  }
  const text = await readBody(answer, LARGEST_REFUSAL);
  const status = readStatus(tryParse(text), code) ?? statusOfCode(code, text);
  const seconds = Number(headers['retry-after'] ?? Number.NaN);
  return new ApiError(status, {
    hint: await adviseOn(status, answer, transport),
    retryAfter: Number.isFinite(seconds) ? seconds : undefined,
  });
}

async function adviseOn(
  { code }: Status,
  { headers }: Answer,
  { connection, credentials }: Transport,
): Promise<string | undefined> {
  if (code === 403) return 'ask for the right, or look with kubectl auth can-i --list';
  if (code !== 401) return undefined;
  const context = connection.context && ` of context "${connection.context}"`;
  const refused = `the server does not accept ${credentials}${context}`;
  const { explainTerm } = await import('./certificate-term.ts');
  // By the clock of the server, which is the one that judged it.
  const term = await explainTerm(connection.userEntry, Date.parse(headers.date ?? ''));
  return term === ''
    ? `${refused}: log in again, or choose another user`
    : `${refused}: the certificate ${term}\nrenew it, or choose another user`;
}

function parseBody<T>(text: string, { headers }: Answer, transport: Transport): T {
  const type = headers['content-type'] ?? '';
  if (text && !type.includes('json'))
    throw foreignAnswer(transport.connection.server, `answers with ${type || 'no content type'}, not with JSON`);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ConnectionError('the answer of the server is broken: it is no complete JSON', {
      kind: 'garbled',
      sent: true,
      cause: error,
    });
  }
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
