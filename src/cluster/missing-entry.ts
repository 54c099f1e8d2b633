import { ReloadError } from '../error.ts';
import type { LoadedKubeconfig } from './load-kubeconfig.ts';

/** A context that is asked for, by a flag or as current-context, and not there. */
export function missingContext(name: string, byFlag: boolean, { config, found }: LoadedKubeconfig): ReloadError {
  const hint = byFlag
    ? `name one of: ${listNames(config.contexts)}`
    : `the current-context of ${found.join(', ')} names it: choose one with kubectl config use-context, of: ${listNames(config.contexts)}`;
  return new ReloadError(
    byFlag ? `context "${name}" does not exist` : `context was not found for specified context: ${name}`,
    { hint },
  );
}

/** A cluster entry that a flag (context '') or a context names, and that is not there. */
export function missingCluster(name: string, context: string, { config }: LoadedKubeconfig): ReloadError {
  return new ReloadError(`cluster "${name}"${namedBy(context)} does not exist`, {
    hint: `the kubeconfig holds these clusters: ${listNames(config.clusters)}`,
  });
}

/** A user entry that a flag (context '') or a context names, and that is not there. */
export function missingUser(name: string, context: string, { config }: LoadedKubeconfig): ReloadError {
  return new ReloadError(`user "${name}"${namedBy(context)} does not exist`, {
    hint: `the kubeconfig holds these users: ${listNames(config.users)}`,
  });
}

/** Nothing says which server to talk to. kubectl would try localhost:8080, where some other program may answer. */
export function noServer(loaded: LoadedKubeconfig, names: { context: string; cluster: string }): ReloadError {
  const { config, searched, found } = loaded;
  if (found.length === 0) {
    return new ReloadError(`there is no kubeconfig: ${searched.join(', ')} not found`, {
      hint: 'say where the cluster is with --kubeconfig FILE, the KUBECONFIG variable, or --server URL',
    });
  }
  if (names.cluster)
    return new ReloadError(`no server found for cluster "${names.cluster}"`, { hint: 'name it with --server URL' });
  if (names.context) {
    return new ReloadError(`context "${names.context}" names no cluster`, {
      hint: 'name it with --cluster or --server',
    });
  }
  return new ReloadError(`no context is chosen: ${found.join(', ')} has no current-context`, {
    hint:
      config.contexts.size > 0
        ? `name one with --context, of: ${listNames(config.contexts)}`
        : 'the kubeconfig holds no contexts: name another with --kubeconfig',
  });
}

function namedBy(context: string): string {
  return context && `, which context "${context}" names,`;
}

function listNames(entries: Map<string, unknown>): string {
  const names = [...entries.keys()].sort();
  const more = names.length - 10;
  return names.length === 0 ? '(none)' : names.slice(0, 10).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
