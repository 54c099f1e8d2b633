import { ReloadError } from '../error.ts';
import { readPem } from './client-certificate.ts';
import type { Source } from './credentials.ts';
import type { Environment } from './environment.ts';
import type { Answer, Exchange } from './exchange.ts';
import { exchange } from './exchange.ts';
import { isMapping } from './fields.ts';
import { findProxy } from './proxy.ts';
import { readBody } from './read-body.ts';
import type { ResolvedConnection } from './resolve-connection.ts';
import { makeRoute } from './route.ts';
import { saveLogin } from './save-login.ts';

/** A token that ends this soon, in milliseconds, is replaced. */
const LEEWAY = 10_000;
/** Bytes of an answer of a provider. */
const LARGEST = 4 * 1024 * 1024;
const PATIENCE = { connect: 30_000, silence: 30_000, total: 60_000 };

/**
 * The `Authorization` header of the kubeconfig's `oidc` login: its id-token while that is valid, else a new one for its
 * refresh-token, which is written back into the kubeconfig as kubectl does, since many providers accept a refresh token
 * only once.
 * https://kubernetes.io/docs/reference/access-authn-authz/authentication/#using-kubectl
 */
export function makeOidcToken(connection: ResolvedConnection, environment: Environment): Source<string> {
  const now = environment.now ?? Date.now;
  let login = { ...connection.userEntry['auth-provider']?.config };
  let running: Promise<void> | undefined;
  const refresh = (): Promise<void> => {
    running ??= refreshLogin(login, connection.user, environment)
      .then(async (fresh) => {
        login = fresh;
        await saveLogin(connection.userEntry.file, connection.user, fresh, environment);
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  return {
    async current() {
      if (!isValid(login['id-token'] ?? '', now())) await refresh();
      return `Bearer ${login['id-token']}`;
    },
    async renew(rejected) {
      if (login['refresh-token'] && rejected === `Bearer ${login['id-token']}`) await refresh();
      return rejected !== `Bearer ${login['id-token']}`;
    },
  };
}

type Login = Record<string, string>;

function isValid(token: string, now: number): boolean {
  const claims = parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return typeof claims?.exp === 'number' && claims.exp * 1000 - LEEWAY > now;
}

async function refreshLogin(login: Login, user: string, environment: Environment): Promise<Login> {
  const wrong = (why: string, cause?: unknown) =>
    new ReloadError(`the OIDC login of user "${user}": ${why}`, { hint: 'log in again with your OIDC tool', cause });
  for (const field of ['idp-issuer-url', 'client-id']) if (!login[field]) throw wrong(`Must provide ${field}`);
  const refreshToken = login['refresh-token'];
  if (!refreshToken) throw wrong('No valid id-token, and cannot refresh without refresh-token');
  if (environment.mayRenewLogin === false) throw wrong('its token has ended');

  const ask = await makeAsk(login, environment);
  const issuer = (login['idp-issuer-url'] ?? '').replace(/\/$/, '');
  const discovery = parseAddress(`${issuer}/.well-known/openid-configuration`);
  if (discovery === undefined) throw wrong('idp-issuer-url is no http or https URL');
  const metadata = await ask(discovery, { method: 'GET', headers: {} });
  const { token_endpoint: named } = metadata.value ?? {};
  const endpoint = typeof named === 'string' ? parseAddress(named) : undefined;
  if (metadata.code !== 200 || endpoint === undefined) {
    throw wrong(`${discovery.origin} does not say where to refresh it (answer ${metadata.code})`);
  }
  // The refresh token and the client's secret go there.
  if (discovery.protocol === 'https:' && endpoint.protocol !== 'https:') {
    throw wrong(`${discovery.origin} wants it refreshed without encryption, at ${endpoint.origin}`);
  }
  const answer = await askForToken(ask, endpoint, login, refreshToken);
  if (answer.code !== 200) {
    const why = typeof answer.value?.error === 'string' ? answer.value.error : `answer ${answer.code}`;
    throw wrong(`failed to refresh token: ${why}`);
  }
  const { id_token: idToken, refresh_token: nextRefreshToken } = answer.value ?? {};
  if (typeof idToken !== 'string') throw wrong('the provider gave no id_token when refreshing');
  return {
    ...login,
    'id-token': idToken,
    'refresh-token': typeof nextRefreshToken === 'string' && nextRefreshToken ? nextRefreshToken : refreshToken,
  };
}

type Ask = (
  url: URL,
  request: Omit<Exchange, 'path'>,
) => Promise<{ code: number; value: Record<string, unknown> | undefined }>;

async function askForToken(ask: Ask, endpoint: URL, login: Login, refreshToken: string): ReturnType<Ask> {
  const id = login['client-id'] ?? '';
  const secret = login['client-secret'] ?? '';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const grant = { grant_type: 'refresh_token', refresh_token: refreshToken };
  if (secret) {
    const pair = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64');
    const body = String(new URLSearchParams(grant));
    const answer = await ask(endpoint, {
      method: 'POST',
      headers: { ...headers, authorization: `Basic ${pair}` },
      body,
    });
    if (answer.code === 200) return answer;
  }
  // Some providers want the client's credentials in the body.
  const client = { client_id: id, ...(secret && { client_secret: secret }) };
  return ask(endpoint, { method: 'POST', headers, body: String(new URLSearchParams({ ...grant, ...client })) });
}

async function makeAsk(login: Login, environment: Environment): Promise<Ask> {
  const authority = await readPem(
    login['idp-certificate-authority-data'] ?? '',
    login['idp-certificate-authority'] ?? '',
    'idp-certificate-authority-data',
  );
  return async (url, request) => {
    const trust = { authority, insecure: false, serverName: '' };
    const route = makeRoute(url.origin, trust, undefined, findProxy(url, environment.env));
    try {
      const headers = { accept: 'application/json', ...request.headers };
      const answer: Answer = await exchange(route, { ...request, headers, path: url.pathname + url.search }, PATIENCE);
      return { code: answer.code, value: parse(await readBody(answer, LARGEST)) };
    } finally {
      route.close();
    }
  };
}

function parseAddress(text: string): URL | undefined {
  const url = URL.parse(text);
  return url !== null && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMapping(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
