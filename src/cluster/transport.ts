import type { OutgoingHttpHeaders } from 'node:http';
import packageManifest from '../../package.json' with { type: 'json' };
import { readPem } from './client-certificate.ts';
import { ConnectionError } from './connection-error.ts';
import type { ClientCertificate, Credentials } from './credentials.ts';
import { openCredentials } from './credentials.ts';
import type { Environment } from './environment.ts';
import type { Answer, Exchange, Patience } from './exchange.ts';
import { exchange } from './exchange.ts';
import { impersonationHeaders } from './impersonation.ts';
import { findProxy, parseProxy } from './proxy.ts';
import type { ResolvedConnection } from './resolve-connection.ts';
import type { Route } from './route.ts';
import { makeRoute } from './route.ts';

/** Sends requests to one API server as one user. */
export interface Transport {
  readonly connection: ResolvedConnection;
  /** Where the credentials come from. */
  readonly credentials: string;
  /**
   * The head of the answer, whatever its code; a 401 only after fresh credentials did not help either.
   * @throws ConnectionError when none comes, ReloadError when there are no credentials, the signal's reason when aborted
   */
  send(request: Exchange, patience: Patience): Promise<Answer>;
  /** Ends every connection, and an exec plugin that runs. */
  close(): void;
}

/**
 * Opens what requests need; makes no connection yet.
 * @throws ReloadError when a certificate, key or token cannot be used
 */
export async function openTransport(connection: ResolvedConnection, environment: Environment): Promise<Transport> {
  const closing = new AbortController();
  const { interrupted } = environment;
  const credentials = await openCredentials(connection, {
    ...environment,
    interrupted: interrupted ? AbortSignal.any([interrupted, closing.signal]) : closing.signal,
  });
  const routes = await makeRoutes(connection, environment);
  const standing: OutgoingHttpHeaders = {
    'user-agent': `kubectl-reload/${packageManifest.version}`,
    ...impersonationHeaders(connection.userEntry),
  };

  const attempt = async (request: Exchange, patience: Patience) => {
    const credential = await unsent(credentials.current(request.signal), request.signal, credentials);
    const route = routes.find(credential.certificate);
    const headers = {
      ...standing,
      ...request.headers,
      ...(credential.authorization && { authorization: credential.authorization }),
    };
    const answer = await trace(route, request, environment, () => exchange(route, { ...request, headers }, patience));
    return { answer, credential };
  };

  return {
    connection,
    credentials: credentials.description,
    async send(request, patience) {
      const { answer, credential } = await attempt(request, patience);
      if (answer.code !== 401 || !(await renew(credentials, credential, answer, request.signal))) return answer;
      answer.discard();
      return (await attempt(request, patience)).answer;
    },
    close() {
      // Who may not renew a login leaves in the middle of things: a plugin that is saving one is let finish.
      if (environment.mayRenewLogin !== false) closing.abort();
      routes.close();
    },
  };
}

async function renew(
  credentials: Credentials,
  rejected: Parameters<Credentials['renew']>[0],
  answer: Answer,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  try {
    return await unsent(credentials.renew(rejected, signal), signal, credentials);
  } catch (error) {
    answer.discard();
    throw error;
  }
}

/** What is over before there are credentials has not reached the server, whatever the signal says of requests. */
async function unsent<T>(wait: Promise<T>, signal: AbortSignal | undefined, credentials: Credentials): Promise<T> {
  try {
    return await wait;
  } catch (error) {
    if (error !== signal?.reason || !(error instanceof ConnectionError) || error.kind !== 'timeout') throw error;
    throw new ConnectionError(`getting credentials: ${credentials.description} gave none in the time that was left`, {
      kind: 'timeout',
      sent: false,
      hint: 'run it by hand, or log in again',
      cause: error,
    });
  }
}

/** One route for the certificate in use: with a new certificate, new connections. */
async function makeRoutes(connection: ResolvedConnection, { env }: Environment) {
  const entry = connection.clusterEntry;
  const trust = {
    authority: connection.server.startsWith('https:')
      ? await readPem(entry['certificate-authority-data'], entry['certificate-authority'], 'certificate-authority-data')
      : '',
    insecure: entry['insecure-skip-tls-verify'],
    serverName: entry['tls-server-name'],
  };
  const proxy = entry['proxy-url'] ? parseProxy(entry['proxy-url']) : findProxy(new URL(connection.server), env);
  let current: { certificate: ClientCertificate | undefined; route: Route } | undefined;
  return {
    find(certificate: ClientCertificate | undefined): Route {
      if (current && current.certificate?.certificate === certificate?.certificate) return current.route;
      const old = current?.route;
      current = { certificate, route: makeRoute(connection.server, trust, certificate, proxy) };
      old?.close();
      return current.route;
    },
    close: () => current?.route.close(),
  };
}

async function trace(
  route: Route,
  { method, path }: Exchange,
  environment: Environment,
  send: () => Promise<Answer>,
): Promise<Answer> {
  if (!environment.trace) return send();
  const start = performance.now();
  const write = (outcome: string) =>
    environment.trace?.(`${method} ${route.server}${path} ${outcome} in ${Math.round(performance.now() - start)} ms`);
  try {
    const answer = await send();
    write(String(answer.code));
    return answer;
  } catch (error) {
    write(error instanceof ConnectionError ? `failed (${error.kind})` : 'stopped');
    throw error;
  }
}
