import { readPem } from './client-certificate.ts';
import type { KubeconfigExec } from './kubeconfig.ts';
import type { ResolvedConnection } from './resolve-connection.ts';

/**
 * What an exec plugin is told, in the environment variable `KUBERNETES_EXEC_INFO`: whether it may ask questions, and with
 * `provideClusterInfo` which cluster it is for.
 * https://kubernetes.io/docs/reference/config-api/client-authentication.v1/
 * @returns JSON
 */
export async function makeExecInfo(
  exec: KubeconfigExec,
  connection: ResolvedConnection,
  interactive: boolean,
): Promise<string> {
  const cluster = exec.provideClusterInfo ? { cluster: await describeCluster(connection) } : {};
  return JSON.stringify({
    kind: 'ExecCredential',
    apiVersion: exec.apiVersion,
    spec: { ...cluster, interactive },
  });
}

async function describeCluster({ clusterEntry }: ResolvedConnection): Promise<Record<string, unknown>> {
  const authority = await readPem(
    clusterEntry['certificate-authority-data'],
    clusterEntry['certificate-authority'],
    'certificate-authority-data',
  );
  const described: Record<string, unknown> = {
    server: clusterEntry.server.replace(/[?#].*$/, ''),
    'tls-server-name': clusterEntry['tls-server-name'],
    'insecure-skip-tls-verify': clusterEntry['insecure-skip-tls-verify'],
    'certificate-authority-data': Buffer.from(authority).toString('base64'),
    'proxy-url': clusterEntry['proxy-url'],
    'disable-compression': clusterEntry['disable-compression'],
  };
  for (const [name, value] of Object.entries(described)) if (!value) delete described[name];
  return { ...described, config: clusterEntry.execExtension ?? null };
}
