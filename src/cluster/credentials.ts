import { ReloadError } from '../error.ts';
import { readClientCertificate } from './client-certificate.ts';
import type { Environment } from './environment.ts';
import { makeExecCredentials } from './exec-credentials.ts';
import type { KubeconfigUser } from './kubeconfig.ts';
import { makeOidcToken } from './oidc.ts';
import type { ResolvedConnection } from './resolve-connection.ts';
import { makeFileToken } from './token-file.ts';

/** A client certificate and its key, PEM. */
export interface ClientCertificate {
  certificate: string;
  key: string;
}

/** What a request carries to say who asks. */
export interface Credential {
  /** Value of the `Authorization` header; '' for none. */
  authorization: string;
  certificate: ClientCertificate | undefined;
}

/** A credential, or a part of one, that may change while we run. */
export interface Source<T> {
  /** What to send now. @throws also the reason of the signal, which ends the wait for a person or a program */
  current(signal?: AbortSignal): Promise<T>;
  /** The server said 401 to `rejected`. True when there is something else to try. */
  renew(rejected: T, signal?: AbortSignal): Promise<boolean>;
}

/** Who asks, kept fresh. */
export interface Credentials extends Source<Credential> {
  /** Where they come from, for error messages; no secret is in it. */
  readonly description: string;
}

/**
 * Opens the credentials of a connection with kubectl's precedence: token file, token, user and password, login of the
 * auth-provider; a client certificate besides; an exec plugin only when there is nothing else. Over plain http none are sent.
 * @throws ReloadError when something that they need cannot be read
 */
export async function openCredentials(connection: ResolvedConnection, environment: Environment): Promise<Credentials> {
  const user = connection.userEntry;
  if (!connection.server.startsWith('https:')) return combine('none (plain http)', fixed(''), fixed(undefined));

  const certificate = await readClientCertificate(user);
  const [description, header] = await openHeader(user, connection, environment);
  if (header)
    return combine(certificate ? `${description} and a client certificate` : description, header, certificate);
  if (certificate) return combine(describeCertificate(user), fixed(''), certificate);
  if (user.exec) return makeExecCredentials(user.exec, connection, environment);
  return combine(connection.user ? `none (user "${connection.user}" has none)` : 'none', fixed(''), fixed(undefined));
}

/** A source whose value never changes. */
export function fixed<T>(value: T): Source<T> {
  return { current: async () => value, renew: async () => false };
}

async function openHeader(
  user: KubeconfigUser,
  connection: ResolvedConnection,
  environment: Environment,
): Promise<[string, Source<string> | undefined]> {
  if (user.tokenFile) {
    return [`the token in ${user.tokenFile}`, await makeFileToken(user.tokenFile, user.token, environment)];
  }
  if (user.token) return ['a token', fixed(`Bearer ${user.token}`)];
  if (user.username) {
    const pair = Buffer.from(`${user.username}:${user.password}`).toString('base64');
    return ['a user name and password', fixed(`Basic ${pair}`)];
  }
  if (!user['auth-provider']) return ['', undefined];
  return ['the OIDC login of the kubeconfig', openProvider(user['auth-provider'].name, connection, environment)];
}

function openProvider(name: string, connection: ResolvedConnection, environment: Environment): Source<string> {
  if (name === 'oidc') return makeOidcToken(connection, environment);
  const plugin = { gcp: 'gke-gcloud-auth-plugin', azure: 'kubelogin' }[name];
  throw new ReloadError(`the auth-provider "${name}" of user "${connection.user}" is not supported`, {
    hint: `kubectl has dropped it too: use an exec plugin instead${plugin ? `, ${plugin}` : ''}`,
  });
}

function describeCertificate(user: KubeconfigUser): string {
  return user['client-certificate'] ? `the client certificate ${user['client-certificate']}` : 'a client certificate';
}

function combine(
  description: string,
  header: Source<string>,
  source: Source<ClientCertificate | undefined> | undefined,
): Credentials {
  const certificates = source ?? fixed(undefined);
  return {
    description,
    current: async (signal) => ({
      authorization: await header.current(signal),
      certificate: await certificates.current(signal),
    }),
    async renew({ authorization, certificate }, signal) {
      const renewed = [await header.renew(authorization, signal), await certificates.renew(certificate, signal)];
      return renewed.includes(true);
    },
  };
}
