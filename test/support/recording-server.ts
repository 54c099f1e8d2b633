import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request } from 'node:http';
import type { AddressInfo, Server, Socket } from 'node:net';
import { connect, createServer as createSocketServer } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { createServer as createTlsServer } from 'node:tls';
import type { Authority } from '../cluster/certificate.ts';
import { createAuthority } from '../cluster/certificate.ts';

/** A request as it came in. */
export interface RecordedRequest {
  method: string;
  path: string;
  query: Record<string, string>;
  /** Lower-case names; all values of a name, in order. */
  headers: Record<string, string[]>;
  body: string;
  /** The server name of the TLS handshake; '' without one. */
  serverName: string;
  /** Common name of the client certificate; '' without one. */
  user: string;
  /** Number of the connection, from 1. */
  connection: number;
}

/** Answers a request; what it does not end, the server of `startRecordingServer` leaves hanging. */
export type Respond = (request: RecordedRequest, response: ServerResponse) => void;

/** A server on loopback that remembers what it was asked. */
export interface RecordingServer extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`, or `http:`. */
  url: string;
  port: number;
  authority: Authority;
  requests: RecordedRequest[];
  /** How many connections came in, TLS handshake done. */
  connections(): number;
}

/** Starts a server with a certificate for 127.0.0.1 and localhost of its own authority. */
export async function startRecordingServer(
  respond: Respond = answerAsKubernetes,
  options: { tls?: boolean; authority?: Authority } = {},
): Promise<RecordingServer> {
  const authority = options.authority ?? createAuthority('test authority');
  const requests: RecordedRequest[] = [];
  const sockets = new Map<Socket, number>();
  const remember = (socket: Socket) => {
    sockets.set(socket, sockets.size + 1);
    socket.on('error', () => {});
  };
  const plain = createServer(async (message, response) => {
    const recorded = await record(message, sockets.get(message.socket) ?? 0);
    requests.push(recorded);
    respond(recorded, response);
  });
  plain.on('connection', remember);
  const secure =
    options.tls === false
      ? undefined
      : createTlsServer({
          ...authority.issueServer('server'),
          ca: authority.cert,
          requestCert: true,
          rejectUnauthorized: false,
        }).on('secureConnection', (socket: TLSSocket) => plain.emit('connection', socket));
  secure?.on('tlsClientError', () => {});
  const server = secure ?? plain;
  const port = await listen(server);
  return {
    url: `${secure ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    authority,
    requests,
    connections: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.keys()) socket.destroy();
      server.close();
    },
  };
}

/** Sends JSON. */
export function sendJson(
  response: ServerResponse,
  value: unknown,
  code = 200,
  headers: Record<string, string> = {},
): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(value));
}

/** A refusal as the API server words it. */
export function sendStatus(
  response: ServerResponse,
  code: number,
  reason: string,
  message: string,
  headers: Record<string, string> = {},
): void {
  sendJson(response, { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, reason, message }, code, headers);
}

/** As much of an API server as `kubectl get configmaps` needs. */
export function answerAsKubernetes({ path }: RecordedRequest, response: ServerResponse): void {
  const configMaps = {
    name: 'configmaps',
    singularName: '',
    namespaced: true,
    kind: 'ConfigMap',
    verbs: ['get', 'list'],
  };
  const answers: Record<string, object> = {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
    '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [configMaps] },
    '/configmaps': { kind: 'ConfigMapList', apiVersion: 'v1', metadata: {}, items: [] },
  };
  const answer = Object.entries(answers).find(([ending]) => path.endsWith(ending))?.[1];
  if (answer) sendJson(response, answer);
  else sendStatus(response, 404, 'NotFound', 'not here');
}

/** A proxy on loopback that brings every host to 127.0.0.1, and remembers what it was asked for. */
export interface RecordingProxy extends AsyncDisposable {
  port: number;
  /** `CONNECT host:port`, `GET http://...` or `SOCKS host:port`, with ` as user:password` when it was given. */
  requests: string[];
}

/** Starts an http proxy: `CONNECT`, and whole URLs. */
export async function startProxy(options: { refuse?: number; tls?: Authority } = {}): Promise<RecordingProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((message, response) => {
    requests.push(`${message.method} ${message.url}${readProxyUser(message)}`);
    const { port: target, pathname, search } = new URL(message.url ?? '');
    const { 'proxy-authorization': _, ...headers } = message.headers;
    const onward = { host: '127.0.0.1', port: target, path: pathname + search, headers, method: message.method };
    message.pipe(
      request(onward, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      }),
    );
  });
  server.on('connect', (message: IncomingMessage, socket: Socket) => {
    requests.push(`CONNECT ${message.url}${readProxyUser(message)}`);
    if (options.refuse) return socket.end(`HTTP/1.1 ${options.refuse} No\r\n\r\n`);
    bridge(socket, Number(message.url?.split(':').pop()), sockets, () => socket.write('HTTP/1.1 200 OK\r\n\r\n'));
  });
  const secure = options.tls && createTlsServer({ ...options.tls.issueServer('proxy') });
  secure?.on('secureConnection', (socket) => server.emit('connection', socket));
  const front = secure ?? server;
  const port = await listen(front);
  return { port, requests, [Symbol.asyncDispose]: async () => close(front, sockets) };
}

/** Starts a SOCKS 5 proxy without authentication. */
export async function startSocksProxy(): Promise<RecordingProxy> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createSocketServer((socket) => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]));
      socket.once('data', (request: Buffer) => {
        const host =
          request[3] === 3 ? request.subarray(5, -2).toString('latin1') : [...request.subarray(4, -2)].join('.');
        const port = request.readUInt16BE(request.length - 2);
        requests.push(`SOCKS ${host}:${port}`);
        bridge(socket, port, sockets, () => socket.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])));
      });
    });
  });
  const port = await listen(server);
  return { port, requests, [Symbol.asyncDispose]: async () => close(server, sockets) };
}

function readProxyUser(message: IncomingMessage): string {
  const encoded = message.headers['proxy-authorization']?.replace('Basic ', '');
  return encoded ? ` as ${Buffer.from(encoded, 'base64').toString()}` : '';
}

function bridge(socket: Socket, port: number, sockets: Set<Socket>, onOpen: () => void): void {
  const upstream = connect(port, '127.0.0.1', () => {
    onOpen();
    upstream.pipe(socket);
    socket.pipe(upstream);
  });
  for (const end of [socket, upstream]) {
    sockets.add(end);
    end.on('error', () => {});
  }
}

function close(server: Server, sockets: Set<Socket>): void {
  for (const socket of sockets) socket.destroy();
  server.close();
}

async function record(message: IncomingMessage, connection: number): Promise<RecordedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const url = new URL(message.url ?? '/', 'http://unused');
  const headers: Record<string, string[]> = {};
  for (let index = 0; index + 1 < message.rawHeaders.length; index += 2) {
    const name = (message.rawHeaders[index] ?? '').toLowerCase();
    headers[name] = [...(headers[name] ?? []), message.rawHeaders[index + 1] ?? ''];
  }
  const socket = isTls(message.socket) ? message.socket : undefined;
  const subject = socket?.getPeerCertificate()?.subject;
  return {
    method: message.method ?? '',
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers,
    body: Buffer.concat(chunks).toString(),
    serverName: socket?.servername || '',
    user: String(subject?.CN ?? ''),
    connection,
  };
}

function isTls(socket: Socket): socket is TLSSocket {
  return 'getPeerCertificate' in socket;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(readPort(server.address())));
  });
}

function readPort(address: AddressInfo | string | null): number {
  return typeof address === 'object' && address ? address.port : 0;
}
