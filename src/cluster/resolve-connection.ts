import { ReloadError } from '../error.ts';
import type { ConnectionOptions, Environment } from './environment.ts';
import { readFields } from './fields.ts';
import { findInCluster } from './in-cluster.ts';
import type { KubeconfigCluster, KubeconfigUser } from './kubeconfig.ts';
import { readCluster, readUser } from './kubeconfig.ts';
import type { LoadedKubeconfig } from './load-kubeconfig.ts';
import { loadKubeconfig } from './load-kubeconfig.ts';
import { missingCluster, missingContext, missingUser, noServer } from './missing-entry.ts';
import { overrideCluster, overrideUser } from './override.ts';
import { parseServer } from './server-url.ts';
import { parseTimeout } from './timeout.ts';
import { findProblems } from './validate.ts';

/** Where to connect and as whom: flags, environment and files come to one value. Credentials are in it. */
export interface ResolvedConnection {
  /** Base URL, without a slash at its end. */
  server: string;
  /** '' when there is none. */
  context: string;
  /** Name of the cluster entry; '' when there is none. */
  cluster: string;
  /** Name of the user entry; '' when there is none. */
  user: string;
  namespace: string;
  /** Milliseconds for one request; 0 for no limit. */
  timeout: number;
  /** The cluster entry with the flags applied, paths absolute. */
  clusterEntry: KubeconfigCluster;
  /** The user entry with the flags applied, paths absolute. */
  userEntry: KubeconfigUser;
}

/**
 * Decides what kubectl would connect to, given the same flags, environment and files. Reads files, opens no connection.
 * @throws ReloadError when there is no server, or an entry is missing or contradicts itself
 */
export async function resolveConnection(
  options: ConnectionOptions,
  environment: Environment,
): Promise<ResolvedConnection> {
  const timeout = options.requestTimeout ? parseTimeout(options.requestTimeout) : 0;
  const loaded = await loadKubeconfig(options, environment);
  const names = chooseNames(options, loaded);
  const pod = await findInCluster(environment);
  const namespace = options.namespace || names.namespace || pod?.namespace || 'default';

  const entries = {
    cluster: loaded.config.clusters.get(names.cluster),
    user: loaded.config.users.get(names.user),
  };
  if (!options.server && !entries.cluster?.server) {
    if (names.cluster && !entries.cluster) throw missingCluster(names.cluster, names.context, loaded);
    if (pod && !entries.cluster) {
      const user = options.token ? { ...pod.user, tokenFile: '' } : pod.user;
      return finish({ ...names, namespace, timeout }, pod.cluster, user, options, environment);
    }
  }
  if (names.user && !entries.user && !suppliesCredentials(options)) {
    throw missingUser(names.user, names.context, loaded);
  }

  const cluster = entries.cluster ?? readCluster(readFields({}));
  const server = options.server || cluster.server || environment.env.KUBERNETES_MASTER;
  if (!server) throw noServer(loaded, names);
  const user = entries.user ?? readUser(readFields({}), '');
  return finish({ ...names, namespace, timeout }, { ...cluster, server }, user, options, environment);
}

type Names = Pick<ResolvedConnection, 'context' | 'cluster' | 'user' | 'namespace'>;

function chooseNames(options: ConnectionOptions, loaded: LoadedKubeconfig): Names {
  const { config } = loaded;
  const context = options.context || config.currentContext;
  const entry = config.contexts.get(context);
  if (context && !entry) throw missingContext(context, Boolean(options.context), loaded);
  if (options.cluster && !config.clusters.has(options.cluster)) throw missingCluster(options.cluster, '', loaded);
  if (options.user && !config.users.has(options.user)) throw missingUser(options.user, '', loaded);
  return {
    context,
    cluster: options.cluster || entry?.cluster || '',
    user: options.user || entry?.user || '',
    namespace: entry?.namespace ?? '',
  };
}

function suppliesCredentials(options: ConnectionOptions): boolean {
  return Boolean(options.token || options.username || options.clientCertificate);
}

async function finish(
  chosen: Names & { timeout: number },
  cluster: KubeconfigCluster,
  user: KubeconfigUser,
  options: ConnectionOptions,
  environment: Environment,
): Promise<ResolvedConnection> {
  const clusterEntry = overrideCluster(cluster, options, environment.cwd);
  const userEntry = overrideUser(user, options, environment.cwd);
  const problems = await findProblems(chosen, clusterEntry, userEntry);
  if (problems.length > 0) {
    throw new ReloadError(`invalid configuration: ${problems.join('; ')}`, {
      hint: 'mend the kubeconfig entry, or overrule it with a flag',
    });
  }
  return { ...chosen, server: parseServer(clusterEntry.server), clusterEntry, userEntry };
}
