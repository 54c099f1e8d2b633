import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { ReloadError } from '../error.ts';
import { ConnectionError, explainFailure } from './connection-error.ts';
import { errorCode } from './file-error.ts';
import type { Route } from './route.ts';

/** One HTTP request. */
export interface Exchange {
  method: string;
  /** With its query. */
  path: string;
  headers: OutgoingHttpHeaders;
  body?: string | undefined;
  signal?: AbortSignal | undefined;
  /** Asks, with its headers, to switch a connection of its own to another protocol. */
  switches?: boolean;
}

/** How long to wait, in milliseconds; 0 for ever. */
export interface Patience {
  /** For a connection. */
  connect: number;
  /** For the next byte. */
  silence: number;
  /** For the whole answer. */
  total: number;
}

/** The head of an answer; its body is still on the wire and must be read or left with `discard`. */
export interface Answer {
  code: number;
  headers: IncomingHttpHeaders;
  /** Names and values in turn, as they came. */
  rawHeaders: string[];
  /** @throws ConnectionError when the connection breaks, the signal's reason when aborted */
  chunks: AsyncIterable<Buffer>;
  discard(): void;
  /** After code 101: the connection, which is the caller's now, and what came on it behind the head of the answer. */
  switched?: { connection: Duplex; head: Buffer };
}

/**
 * Sends one request and waits for the head of the answer. Redirects are not followed.
 * @throws ConnectionError when none comes, the signal's reason when aborted
 */
export function exchange(route: Route, request: Exchange, patience: Patience): Promise<Answer> {
  const { signal } = request;
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const outgoing = begin(route, request);
    let incoming: IncomingMessage | undefined;
    let connected = false;
    let stopped: { reason: unknown } | undefined;

    const stop = (reason: unknown): void => {
      if (stopped) return;
      stopped = { reason };
      incoming?.destroy();
      outgoing.destroy();
      fail(reason);
    };
    const late = (milliseconds: number, what: string): void => {
      const { host } = new URL(route.server);
      stop(
        new ConnectionError(`Unable to connect to the server: ${what} from ${host} within ${milliseconds / 1000}s`, {
          kind: 'timeout',
          sent: connected,
          hint: 'check the network, or raise --request-timeout',
        }),
      );
    };
    const alarm = (milliseconds: number, what: string) =>
      milliseconds > 0 ? setTimeout(late, milliseconds, milliseconds, what) : undefined;

    let quiet = alarm(patience.connect, 'no connection');
    const whole = alarm(patience.total, 'no complete answer');
    const abort = () => stop(signal?.reason);
    const touch = () => {
      clearTimeout(quiet);
      quiet = alarm(patience.silence, 'no sign of life');
    };
    const finish = () => {
      clearTimeout(quiet);
      clearTimeout(whole);
      signal?.removeEventListener('abort', abort);
    };
    const explain = (error: unknown): unknown =>
      stopped
        ? stopped.reason
        : explainFailure(error, { server: route.server, connected, serverName: route.serverName });
    const fail = (error: unknown) => {
      finish();
      reject(explain(error));
    };

    signal?.addEventListener('abort', abort, { once: true });
    outgoing.once('socket', (socket) => {
      const isReady = () => {
        connected = true;
        touch();
      };
      const { connecting, secureConnecting } = readSocketState(socket);
      if (outgoing.reusedSocket || (!connecting && !secureConnecting)) return isReady();
      socket.once(route.server.startsWith('https:') ? 'secureConnect' : 'connect', isReady);
    });
    outgoing.on('error', fail);
    outgoing.once('response', (message) => {
      incoming = message;
      touch();
      resolve({
        code: message.statusCode ?? 0,
        headers: message.headers,
        rawHeaders: message.rawHeaders,
        chunks: readChunks(message, touch, finish, explain),
        discard: () => {
          finish();
          message.resume();
        },
      });
    });
    if (request.switches) {
      outgoing.once('upgrade', (message, connection, head) => {
        finish();
        resolve({
          code: message.statusCode ?? 0,
          headers: message.headers,
          rawHeaders: message.rawHeaders,
          chunks: noChunks(),
          discard: () => connection.destroy(),
          switched: { connection, head },
        });
      });
    }
    // As bytes: a body given as text would be joined to the headers, and they written in its encoding.
    if (request.body === undefined) outgoing.end();
    else outgoing.end(Buffer.from(request.body));
  });
}

async function* noChunks(): AsyncGenerator<Buffer> {}

function begin(route: Route, { method, path, headers, switches }: Exchange) {
  try {
    return (switches ? route.beginAlone : route.begin)(method, path, headers);
  } catch (error) {
    if (errorCode(error) !== 'ERR_INVALID_CHAR') throw error;
    throw new ReloadError(`${error instanceof Error ? error.message : 'a header cannot be sent'}`, {
      hint: 'a token, user or group of the kubeconfig or the flags holds a line break or another control character',
      cause: error,
    });
  }
}

function readSocketState(socket: object): { connecting: boolean; secureConnecting: boolean } {
  return {
    connecting: 'connecting' in socket && socket.connecting === true,
    secureConnecting: 'secureConnecting' in socket && socket.secureConnecting === true,
  };
}

async function* readChunks(
  message: IncomingMessage,
  touch: () => void,
  finish: () => void,
  explain: (error: unknown) => unknown,
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of message) {
      touch();
      yield chunk;
    }
  } catch (error) {
    throw explain(error);
  } finally {
    finish();
  }
}
