import { access, constants } from 'node:fs/promises';
import { readableCause } from './file-error.ts';
import type { KubeconfigCluster, KubeconfigExec, KubeconfigUser } from './kubeconfig.ts';
import { parseProxy } from './proxy.ts';

const EXEC_VERSIONS = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** Everything in the two entries that kubectl refuses as well, one sentence each. */
export async function findProblems(
  names: { cluster: string; user: string },
  cluster: KubeconfigCluster,
  user: KubeconfigUser,
): Promise<string[]> {
  return [
    ...findClusterProblems(names.cluster, cluster),
    ...findUserProblems(names.user, user),
    ...(await findUnreadable('certificate-authority', cluster['certificate-authority'], names.cluster)),
    ...(await findUnreadable('client-cert', user['client-certificate'], names.user)),
    ...(await findUnreadable('client-key', usesCertificate(user) ? user['client-key'] : '', names.user)),
    ...(await findUnreadable('tokenFile', user.token ? '' : user.tokenFile, names.user)),
  ];
}

function findClusterProblems(name: string, cluster: KubeconfigCluster): string[] {
  const problems: string[] = [];
  const authority = cluster['certificate-authority'];
  const data = cluster['certificate-authority-data'];
  const proxy = cluster['proxy-url'];
  if (authority && data) {
    problems.push(`certificate-authority-data and certificate-authority are both specified for ${name}`);
  }
  if ((authority || data) && cluster['insecure-skip-tls-verify']) {
    problems.push('specifying a root certificates file with the insecure flag is not allowed');
  }
  if (proxy && !parseProxy(proxy)) {
    problems.push(`invalid proxy-url for cluster "${name}": it must be an http, https or socks5 URL`);
  }
  return problems;
}

function findUserProblems(name: string, user: KubeconfigUser): string[] {
  const problems: string[] = [];
  const key = user['client-key'];
  const keyData = user['client-key-data'];
  if (usesCertificate(user)) {
    if (user['client-certificate'] && user['client-certificate-data'])
      problems.push(`client-cert-data and client-cert are both specified for ${name}`);
    if (key && keyData) problems.push(`client-key-data and client-key are both specified for ${name}`);
    if (!key && !keyData) {
      problems.push(
        `client-key-data or client-key must be specified for ${name} to use the clientCert authentication method`,
      );
    }
  }
  if (user.token && (user.username || user.password)) {
    problems.push(
      `more than one authentication method found for ${name}; found [token basicAuth], only one is allowed`,
    );
  }
  const asks = user['as-uid'] || user['as-groups'].length > 0 || Object.keys(user['as-user-extra']).length > 0;
  if (asks && !user.as) {
    problems.push(`requesting uid, groups or user-extra for ${name} without impersonating a user (--as)`);
  }
  if (user.exec) {
    if (user['auth-provider']) {
      problems.push(`authProvider cannot be provided in combination with an exec plugin for ${name}`);
    }
    problems.push(...findExecProblems(name, user.exec));
  }
  return problems;
}

function usesCertificate(user: KubeconfigUser): boolean {
  return Boolean(user['client-certificate'] || user['client-certificate-data']);
}

function findExecProblems(name: string, exec: KubeconfigExec): string[] {
  const problems: string[] = [];
  const use = `for ${name} to use exec authentication plugin`;
  if (!exec.command) problems.push(`command must be specified ${use}`);
  if (!exec.apiVersion) problems.push(`apiVersion must be specified ${use}`);
  if (exec.env.some((variable) => !variable.name)) problems.push(`env variable name must be specified ${use}`);
  if (!exec.interactiveMode) problems.push(`interactiveMode must be specified ${use}`);
  else if (!['Never', 'IfAvailable', 'Always'].includes(exec.interactiveMode)) {
    problems.push(`invalid interactiveMode for ${name}: "${exec.interactiveMode}"`);
  }
  if (exec.apiVersion && !EXEC_VERSIONS.includes(exec.apiVersion)) {
    problems.push(`exec plugin: invalid apiVersion "${exec.apiVersion}"`);
  }
  return problems;
}

async function findUnreadable(what: string, path: string, name: string): Promise<string[]> {
  if (!path) return [];
  return access(path, constants.R_OK).then(
    () => [],
    (error: unknown) => [`unable to read ${what} ${path}${name && ` for ${name}`}: ${readableCause(error)}`],
  );
}
