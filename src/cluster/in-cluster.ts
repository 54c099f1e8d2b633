import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment } from './environment.ts';
import { readFields } from './fields.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig.ts';
import { readCluster, readUser } from './kubeconfig.ts';

const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** What a pod knows of its own cluster. */
export interface InCluster {
  cluster: KubeconfigCluster;
  user: KubeconfigUser;
  namespace: string;
}

/**
 * The cluster that this process runs in, when it runs in a pod that has a service account token.
 * https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/
 */
export async function findInCluster(environment: Environment): Promise<InCluster | undefined> {
  const { env, serviceAccountDirectory: folder = SERVICE_ACCOUNT } = environment;
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  const tokenFile = join(folder, 'token');
  if (!host || !port || !(await isFile(tokenFile))) return undefined;
  const authority = join(folder, 'ca.crt');
  return {
    cluster: readCluster(
      readFields({
        server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
        'certificate-authority': (await isFile(authority)) ? authority : '',
      }),
    ),
    user: readUser(readFields({ tokenFile }), ''),
    namespace: env.POD_NAMESPACE || (await readNamespace(join(folder, 'namespace'))),
  };
}

async function readNamespace(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() || 'default';
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => !found.isDirectory(),
    () => false,
  );
}
