import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { ConnectionOptions as TlsOptions } from 'node:tls';
import { ConnectionError } from './connection-error.ts';

/** How long a proxy may take to open a tunnel, in milliseconds. */
const PATIENCE = 30_000;

/** Opens a byte stream to a host through a proxy. */
export type OpenTunnel = (host: string, port: number) => Promise<Socket>;

/**
 * The way through a proxy: `CONNECT` for http and https proxies, SOCKS 5 (which also looks the name up) for others.
 * @param tls for an https proxy: trust and names
 */
export function makeTunnel(proxy: URL, tls: TlsOptions): OpenTunnel {
  return proxy.protocol.startsWith('socks')
    ? (host, port) => openBySocks(proxy, host, port)
    : (host, port) => openByConnect(proxy, tls, host, port);
}

/** The `Proxy-Authorization` header of the user and password in a proxy's URL; `undefined` without them. */
export function proxyAuthorization(proxy: URL): string | undefined {
  if (!proxy.username && !proxy.password) return undefined;
  const pair = `${decode(proxy.username)}:${decode(proxy.password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** A `%` that begins no escape stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Host and port of a proxy, without its credentials. */
export function proxyAddress(proxy: URL): { host: string; port: number } {
  const standard = { 'http:': 80, 'https:': 443 }[proxy.protocol] ?? 1080;
  return { host: proxy.hostname.replace(/^\[|\]$/g, ''), port: Number(proxy.port) || standard };
}

function openByConnect(proxy: URL, tls: TlsOptions, host: string, port: number): Promise<Socket> {
  const target = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const authorization = proxyAuthorization(proxy);
  const options = {
    ...proxyAddress(proxy),
    method: 'CONNECT',
    path: target,
    headers: { host: target, ...(authorization && { 'proxy-authorization': authorization }) },
    agent: false as const,
    timeout: PATIENCE,
  };
  return new Promise((resolve, reject) => {
    const request = proxy.protocol === 'https:' ? https.request({ ...options, ...tls }) : http.request(options);
    request.once('connect', (answer, socket: Socket) => {
      if (answer.statusCode === 200) {
        socket.setTimeout(0);
        return resolve(socket);
      }
      socket.destroy();
      reject(refused(proxy, `it answered ${answer.statusCode} ${answer.statusMessage ?? ''}`.trim()));
    });
    request.once('response', (answer) => {
      request.destroy();
      reject(refused(proxy, `it answered ${answer.statusCode} ${answer.statusMessage ?? ''}`.trim()));
    });
    request.once('timeout', () => request.destroy(new Error(`no answer within ${PATIENCE / 1000}s`)));
    request.once('error', (error) => reject(refused(proxy, error.message, error)));
    request.end();
  });
}

async function openBySocks(proxy: URL, host: string, port: number): Promise<Socket> {
  const { SocksClient } = await import('socks');
  const credentials = proxy.username ? { userId: decode(proxy.username), password: decode(proxy.password) } : {};
  try {
    const { socket } = await SocksClient.createConnection({
      proxy: { ...proxyAddress(proxy), type: 5, ...credentials },
      command: 'connect',
      destination: { host, port },
    });
    return socket;
  } catch (error) {
    throw refused(proxy, error instanceof Error ? error.message : String(error), error);
  }
}

function refused(proxy: URL, why: string, cause?: unknown): ConnectionError {
  return new ConnectionError(`Unable to connect to the server: proxy ${proxy.protocol}//${proxy.host}: ${why}`, {
    kind: 'proxy',
    sent: false,
    hint: 'check proxy-url of the kubeconfig, and HTTPS_PROXY and NO_PROXY',
    cause,
  });
}
