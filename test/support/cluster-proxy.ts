import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { createServer as createSecureServer, request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { CertificatePair } from '../cluster/certificate.ts';
import type { ClusterDescription } from '../cluster/supervisor-report.ts';
import type { AnswerShape } from './fault-answer.ts';
import { sendShaped } from './fault-answer.ts';

/** What becomes of one request. */
export type Interception =
  | { act: 'pass'; shape?: AnswerShape }
  /** The server does not see it. */
  | { act: 'answer'; code: number; reason: string; message?: string; headers?: Record<string, string> }
  /** The server does not see it; it gets this JSON in a line, with code 200. */
  | { act: 'send'; body: object }
  /** The server does not see it, and the connection is cut. */
  | { act: 'cut' }
  /** The server does it, and the connection is cut before the answer. */
  | { act: 'lose' }
  /** The server does not see it, and nobody answers until the connection is cut. */
  | { act: 'hold' };

/** What a proxy decides by. */
export interface InterceptedRequest {
  method: string;
  url: string;
  authorization: string;
}

/** A server that stands before the API server. */
export interface ClusterProxy extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, or `https:` where it has a certificate. */
  url: string;
  /** Cuts every connection, watches too. */
  cutAll(): void;
  /** Cuts every connection and takes no new ones, until it is called again with `false`. */
  goAway(isAway: boolean): Promise<void>;
}

/** What a proxy does with what passes through it. */
export interface ClusterProxyOptions {
  /** Decides about every request, at once or after a while; without it all pass. */
  intercept?: (request: InterceptedRequest) => Interception | Promise<Interception>;
  /** Makes another path and query of those that came, for the API server. */
  rewrite?: (url: string) => string;
  /** Without one it speaks plain http, over which nobody sends credentials. */
  certificate?: CertificatePair;
  /** Is shown every answer of the API server as it begins; the body is still to come. */
  watch?: (message: IncomingMessage, answer: IncomingMessage) => void;
}

/** Stands before the API server. Whoever comes is the administrator of the cluster, or whom that impersonates. */
export async function startClusterProxy(
  cluster: ClusterDescription,
  { intercept = () => ({ act: 'pass' }), rewrite = (url) => url, certificate, watch }: ClusterProxyOptions,
): Promise<ClusterProxy> {
  const ca = readFileSync(cluster.caFile, 'utf8');
  const sockets = new Set<Socket>();
  const pass = (message: IncomingMessage) =>
    request(new URL(rewrite(message.url ?? '/'), cluster.server), {
      method: message.method ?? 'GET',
      headers: {
        ...message.headers,
        authorization: `Bearer ${cluster.adminToken}`,
        host: new URL(cluster.server).host,
      },
      ca,
      agent: false,
    });
  const decide = async ({ method = 'GET', url = '/', headers }: IncomingMessage): Promise<Interception> =>
    intercept({ method, url, authorization: headers.authorization ?? '' });
  const serve = async (message: IncomingMessage, response: ServerResponse): Promise<void> => {
    const interception = await decide(message);
    if (interception.act === 'hold') return void message.resume();
    if (interception.act === 'cut') return void message.socket.destroy();
    if (interception.act === 'answer') {
      const { code, reason, message: text = reason, headers } = interception;
      const status = { kind: 'Status', status: 'Failure', reason, code, message: text };
      message.resume();
      response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(status));
      return;
    }
    if (interception.act === 'send') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(`${JSON.stringify(interception.body)}\n`);
      return;
    }
    const outgoing = pass(message);
    outgoing.on('response', (answer) => {
      watch?.(message, answer);
      // The date is the API server's, and where that has none, none.
      response.sendDate = false;
      if (interception.act === 'lose') {
        answer.resume();
        answer.on('end', () => message.socket.destroy());
        return;
      }
      if (interception.act === 'pass' && interception.shape !== undefined) {
        sendShaped(answer, response, interception.shape);
        response.on('close', () => outgoing.destroy());
        return;
      }
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      // A watch that has nothing to tell yet has begun all the same.
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      response.on('close', () => outgoing.destroy());
      answer.pipe(response);
    });
    outgoing.on('error', (error) => response.destroy(error));
    message.pipe(outgoing);
  };
  const server = certificate === undefined ? createServer() : createSecureServer(certificate);
  server.on('request', serve);
  server.on('upgrade', async (message, socket: Socket) => {
    const { act } = await decide(message);
    if (act === 'hold') return;
    // To switch protocols and never come to it is all the same to who asked.
    if (act !== 'pass') return void socket.destroy();
    const outgoing = pass(message);
    const begin = ({ statusCode, statusMessage, headers }: IncomingMessage) => {
      const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
      socket.write(`HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('\r\n')}\r\n\r\n`);
    };
    outgoing.on('response', (answer) => {
      begin(answer);
      answer.pipe(socket);
    });
    outgoing.on('upgrade', (answer, far, head) => {
      begin(answer);
      socket.write(head);
      far.on('error', () => socket.destroy()).pipe(socket);
      socket.on('error', () => far.destroy()).pipe(far);
    });
    outgoing.on('error', () => socket.destroy());
    outgoing.end();
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  const listen = (port: number) => new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  await listen(0);
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `${certificate === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    cutAll,
    async goAway(isAway) {
      if (!isAway) return listen(port);
      server.close();
      cutAll();
    },
    async [Symbol.asyncDispose]() {
      cutAll();
      server.close();
    },
  };
}
