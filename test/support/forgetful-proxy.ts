import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ClusterDescription } from '../cluster/supervisor-report.ts';

/** A server that stands before the API server. */
export interface ForgetfulProxy extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  url: string;
}

/**
 * The cluster as it is minutes later: the API server keeps no old versions any more, and all else is as before. Whoever comes is its
 * administrator.
 */
export async function startForgetfulProxy(cluster: ClusterDescription): Promise<ForgetfulProxy> {
  const ca = readFileSync(cluster.caFile, 'utf8');
  const sockets = new Set<Socket>();
  const pass = (message: IncomingMessage) =>
    request(new URL(message.url ?? '/', cluster.server), {
      method: message.method ?? 'GET',
      headers: {
        ...message.headers,
        authorization: `Bearer ${cluster.adminToken}`,
        host: new URL(cluster.server).host,
      },
      ca,
      agent: false,
    });
  const server = createServer((message, response) => {
    if (message.url?.includes('resourceVersionMatch=Exact')) {
      const status = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, message: 'too old' };
      response.writeHead(410, { 'content-type': 'application/json' }).end(JSON.stringify(status));
      return;
    }
    const outgoing = pass(message);
    outgoing.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', (error) => response.destroy(error));
    message.pipe(outgoing);
  });
  server.on('upgrade', (message, socket: Socket) => {
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
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
