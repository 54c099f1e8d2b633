import { isIP } from 'node:net';
import { ReloadError } from '../error.ts';
import { errorCode } from './file-error.ts';

/** Why there is no usable answer. */
export type ConnectionFailure =
  | 'refused'
  | 'name'
  | 'unreachable'
  | 'tls'
  | 'proxy'
  | 'timeout'
  /** It broke after it stood. */
  | 'lost'
  /** The answer came cut or broken. */
  | 'garbled'
  /** What answered is no API server. */
  | 'foreign'
  /** We closed it. */
  | 'closed';

/** No usable answer came from the server. */
export class ConnectionError extends ReloadError {
  readonly kind: ConnectionFailure;
  /** False when the server cannot have seen the request; true when it may have acted on it. */
  readonly sent: boolean;

  constructor(
    message: string,
    options: { kind: ConnectionFailure; sent: boolean; hint?: string | undefined; cause?: unknown },
  ) {
    super(message, { ...(options.hint && { hint: options.hint }), cause: options.cause });
    this.kind = options.kind;
    this.sent = options.sent;
  }
}

/** Something answered, but not as an API server does. @param why `answers with text/html, not with JSON` */
export function foreignAnswer(server: string, why: string): ConnectionError {
  return new ConnectionError(`the server ${server} ${why}`, {
    kind: 'foreign',
    sent: true,
    hint: 'is it a Kubernetes API server, and does a login page or proxy stand before it?',
  });
}

/** What came was given up, before memory was: no API server sends so much at once. @param what `an answer` */
export function tooLarge(what: string, largest: number): ConnectionError {
  return new ConnectionError(`the server sends ${what} of more than ${largest / 1024 / 1024} MiB`, {
    kind: 'foreign',
    sent: true,
    hint: 'is it a Kubernetes API server, and is what stands before it one that you trust?',
  });
}

/** What is known of the request whose connection failed. */
export interface Attempt {
  /** The server's base URL. */
  server: string;
  /** The connection stood, TLS included. */
  connected: boolean;
  /** Name that the certificate had to have. */
  serverName: string;
}

/** Says what a socket's error means, in kubectl's words. */
export function explainFailure(error: unknown, attempt: Attempt): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const { host, hostname } = new URL(attempt.server);
  const code = errorCode(error);
  const unable = (kind: ConnectionFailure, why: string, hint?: string) =>
    new ConnectionError(`Unable to connect to the server: ${why}`, {
      kind,
      sent: attempt.connected,
      hint,
      cause: error,
    });

  const untrusted = UNTRUSTED[code];
  if (untrusted) return unable('tls', `tls: failed to verify certificate: x509: ${untrusted.why}`, untrusted.hint);
  switch (code) {
    case 'ECONNREFUSED':
      return new ConnectionError(
        `The connection to the server ${host} was refused - did you specify the right host or port?`,
        {
          kind: 'refused',
          sent: false,
          hint: `is the cluster running? the address is ${attempt.server}`,
          cause: error,
        },
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return unable(
        'name',
        `dial tcp: lookup ${hostname}: no such host`,
        'check the server in the kubeconfig, and the network or VPN',
      );
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EHOSTDOWN':
      return unable('unreachable', `dial tcp ${host}: ${UNREACHABLE[code]}`, 'check the network or VPN');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return unable(
        'tls',
        `tls: failed to verify certificate: x509: ${explainNames(error, attempt.serverName)}`,
        'use a server name that the certificate holds, or --tls-server-name',
      );
  }
  const message = error instanceof Error ? error.message : String(error);
  if (/wrong.version.number|packet.length.too.long|http.request/i.test(message)) {
    return unable(
      'tls',
      'http: server gave HTTP response to HTTPS client',
      'does the server speak plain http? then write its URL as http://',
    );
  }
  if (/alert|handshake|ssl|tls|certificate/i.test(`${code} ${message}`)) {
    return unable('tls', `tls: ${message}`, 'the server may not accept the client certificate');
  }
  return unable(
    'lost',
    attempt.connected ? 'the connection was lost (EOF)' : `EOF (${code || message})`,
    'the server, or a proxy or load balancer before it, ended the connection',
  );
}

const UNREACHABLE: Record<string, string> = {
  ETIMEDOUT: 'i/o timeout',
  EHOSTUNREACH: 'connect: no route to host',
  ENETUNREACH: 'connect: network is unreachable',
  EHOSTDOWN: 'connect: host is down',
};

const AUTHORITY = {
  why: 'certificate signed by unknown authority',
  hint: 'the kubeconfig must hold the authority of this server (certificate-authority-data); is it the right cluster?',
};
const EXPIRED = {
  why: 'certificate has expired or is not yet valid',
  hint: 'renew the certificate of the API server, or set the clock of this machine right',
};
const UNTRUSTED: Record<string, { why: string; hint: string }> = {
  SELF_SIGNED_CERT_IN_CHAIN: AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: AUTHORITY,
  CERT_UNTRUSTED: AUTHORITY,
  CERT_SIGNATURE_FAILURE: AUTHORITY,
  INVALID_CA: AUTHORITY,
  CERT_HAS_EXPIRED: EXPIRED,
  CERT_NOT_YET_VALID: EXPIRED,
};

function explainNames(error: unknown, wanted: string): string {
  const message = error instanceof Error ? error.message : '';
  const held = (/.*altnames: (.*)$/s.exec(message)?.[1] ?? '').split(', ');
  const kind = isIP(wanted) ? 'IP Address:' : 'DNS:';
  const names = held.filter((name) => name.startsWith(kind)).map((name) => name.slice(kind.length));
  if (names.length > 0) return `certificate is valid for ${names.join(', ')}, not ${wanted}`;
  return isIP(wanted)
    ? `cannot validate certificate for ${wanted} because it doesn't contain any IP SANs`
    : `certificate is not valid for any names, but wanted to match ${wanted}`;
}
