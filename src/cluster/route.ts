import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { isIP } from 'node:net';
import { Duplex } from 'node:stream';
import type { SecureContext } from 'node:tls';
import tls from 'node:tls';
import { ReloadError } from '../error.ts';
import type { ClientCertificate } from './credentials.ts';
import type { OpenTunnel } from './tunnel.ts';
import { makeTunnel, proxyAddress, proxyAuthorization } from './tunnel.ts';

/** How to know a server. */
export interface Trust {
  /** PEM of the authorities; '' for those of the system. */
  authority: string;
  insecure: boolean;
  /** Name that its certificate must hold, also sent as SNI; '' for the host of its URL. */
  serverName: string;
}

/** Begins a request; the caller listens and ends it. `path` starts with `/`. */
export type BeginRequest = (method: string, path: string, headers: http.OutgoingHttpHeaders) => http.ClientRequest;

/** The connections to one server: kept alive, used again. */
export interface Route {
  /** Base URL without a slash at its end. */
  server: string;
  /** Name that the certificate must hold. */
  serverName: string;
  begin: BeginRequest;
  /** As `begin`, on a connection that nobody else gets: for a request after which it speaks another protocol. */
  beginAlone: BeginRequest;
  close(): void;
}

/** Idle connections are ended after this time: load balancers forget them silently a little later. */
const IDLE = 20_000;

/**
 * Makes the way to a server, through a proxy or straight. Opens nothing yet.
 * @throws ReloadError when a certificate or key is not what it should be
 */
export function makeRoute(
  server: string,
  trust: Trust,
  certificate: ClientCertificate | undefined,
  proxy: URL | undefined,
): Route {
  const shared = makeWay(server, trust, certificate, proxy, { keepAlive: true, timeout: IDLE });
  let alone: Way | undefined;
  return {
    ...shared,
    beginAlone: (...request) => {
      alone ??= makeWay(server, trust, certificate, proxy, { keepAlive: false });
      return alone.begin(...request);
    },
    close: () => {
      shared.close();
      alone?.close();
    },
  };
}

type Way = Omit<Route, 'beginAlone'>;

function makeWay(
  server: string,
  trust: Trust,
  certificate: ClientCertificate | undefined,
  proxy: URL | undefined,
  agentOptions: https.AgentOptions,
): Way {
  const { hostname, host, port, pathname, protocol } = new URL(server);
  const isSecure = protocol === 'https:';
  const bareHost = hostname.replace(/^\[|\]$/g, '');
  const target = { host: bareHost, port: Number(port) || (isSecure ? 443 : 80) };
  const prefix = pathname.replace(/\/+$/, '');

  if (!isSecure) {
    if (proxy?.protocol.startsWith('http')) return makeForwardWay(server, proxy, agentOptions);
    const agent = new http.Agent(agentOptions);
    if (proxy) tunnelThrough(agent, makeTunnel(proxy, {}), (socket) => socket);
    return {
      server,
      serverName: bareHost,
      begin: (method, path, headers) =>
        http.request({ ...target, agent, method, path: prefix + path, headers: { ...headers, host } }),
      close: () => agent.destroy(),
    };
  }

  const secureContext = makeSecureContext(trust, certificate);
  const secure = { secureContext, rejectUnauthorized: !trust.insecure };
  const agent = new https.Agent(agentOptions);
  // A TLS server name may not be an IP address.
  const serverName = trust.serverName || (isIP(bareHost) ? undefined : bareHost);
  const named = serverName ? { servername: serverName } : {};
  if (proxy) {
    const proxyHost = proxyAddress(proxy).host;
    // Said even when it is none, or Node takes it from the Host header, which names the server behind the proxy.
    const tunnel = makeTunnel(proxy, { ...secure, servername: isIP(proxyHost) ? '' : proxyHost });
    tunnelThrough(agent, tunnel, (socket) => tls.connect({ ...secure, ...named, host: bareHost, socket }));
  }
  return {
    server,
    serverName: serverName ?? bareHost,
    begin: (method, path, headers) =>
      https.request({
        ...target,
        ...secure,
        ...named,
        agent,
        method,
        path: prefix + path,
        headers: { ...headers, host },
      }),
    close: () => agent.destroy(),
  };
}

/** Plain http through an http proxy: the proxy gets the whole URL and asks for us. */
function makeForwardWay(server: string, proxy: URL, options: https.AgentOptions): Way {
  const { agent, request } =
    proxy.protocol === 'https:'
      ? { agent: new https.Agent(options), request: https.request }
      : { agent: new http.Agent(options), request: http.request };
  const { host, hostname } = new URL(server);
  const authorization = proxyAuthorization(proxy);
  const extra = { host, ...(authorization && { 'proxy-authorization': authorization }) };
  return {
    server,
    serverName: hostname,
    begin: (method, path, headers) =>
      request({ ...proxyAddress(proxy), agent, method, path: server + path, headers: { ...headers, ...extra } }),
    close: () => agent.destroy(),
  };
}

function tunnelThrough(agent: http.Agent, tunnel: OpenTunnel, wrap: (socket: Socket) => Socket): void {
  agent.createConnection = (options, callback) => {
    tunnel(String(options.host), Number(options.port)).then(
      (socket) => callback?.(null, wrap(socket)),
      (error: Error) => callback?.(error, new Duplex()),
    );
    return undefined;
  };
}

function makeSecureContext(trust: Trust, certificate: ClientCertificate | undefined): SecureContext {
  const { authority } = trust;
  if (authority && !authority.includes('-----BEGIN')) {
    throw new ReloadError('unable to load root certificates: unable to parse bytes as PEM block', {
      hint: 'certificate-authority must be a PEM file, certificate-authority-data the base64 of one',
    });
  }
  const ca = trust.insecure ? undefined : authority || systemAuthorities();
  try {
    return tls.createSecureContext({
      ...(ca && { ca }),
      ...(certificate && { cert: certificate.certificate, key: certificate.key }),
    });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ReloadError(
      certificate
        ? `the client certificate or its key cannot be used: ${why}`
        : `unable to load root certificates: ${why}`,
      { hint: 'both must be PEM, and the key must be the key of the certificate', cause: error },
    );
  }
}

/** Those of the system, as kubectl does; the runtime's own list alone would miss the authority of a company. */
function systemAuthorities(): string[] | undefined {
  const found = tls.getCACertificates?.('system') ?? [];
  return found.length > 0 ? found : undefined;
}
