import { resolve } from 'node:path';
import type { ConnectionOptions } from './environment.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig.ts';

/**
 * Applies the flags to a cluster entry as kubectl does: `--server` drops the entry's tls-server-name, and either of
 * `--insecure-skip-tls-verify` and `--certificate-authority` replaces all that the entry says about trust.
 */
export function overrideCluster(
  cluster: KubeconfigCluster,
  options: ConnectionOptions,
  cwd: string,
): KubeconfigCluster {
  const result = { ...cluster, server: options.server || cluster.server };
  result['disable-compression'] ||= options.disableCompression ?? false;
  if (options.insecureSkipTlsVerify || options.certificateAuthority) {
    result['insecure-skip-tls-verify'] = options.insecureSkipTlsVerify ?? false;
    result['certificate-authority'] = absolute(options.certificateAuthority, cwd);
    result['certificate-authority-data'] = '';
  }
  if (options.tlsServerName || options.server) result['tls-server-name'] = options.tlsServerName ?? '';
  return result;
}

/**
 * Applies the flags to a user entry as kubectl does: what a flag gives replaces the same field, and a certificate or key
 * file replaces inline data. A `tokenFile` of the entry stays, and wins over `--token`.
 */
export function overrideUser(user: KubeconfigUser, options: ConnectionOptions, cwd: string): KubeconfigUser {
  const result: KubeconfigUser = {
    ...user,
    token: options.token || user.token,
    username: options.username || user.username,
    password: options.password || user.password,
    as: options.as || user.as,
    'as-uid': options.asUid || user['as-uid'],
    'as-groups': options.asGroup?.length ? options.asGroup : user['as-groups'],
    'as-user-extra': { ...user['as-user-extra'], ...readExtra(options.asUserExtra ?? []) },
  };
  if (options.clientCertificate) {
    result['client-certificate'] = absolute(options.clientCertificate, cwd);
    result['client-certificate-data'] = '';
  }
  if (options.clientKey) {
    result['client-key'] = absolute(options.clientKey, cwd);
    result['client-key-data'] = '';
  }
  return result;
}

function readExtra(pairs: string[]): Record<string, string[]> {
  const extra = new Map<string, string[]>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 0) continue;
    const key = pair.slice(0, at);
    extra.set(key, [...(extra.get(key) ?? []), pair.slice(at + 1)]);
  }
  return Object.fromEntries(extra);
}

function absolute(path: string | undefined, cwd: string): string {
  return path ? resolve(cwd, path) : '';
}
