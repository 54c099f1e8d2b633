import type { Cluster } from '../../src/cluster/cluster.ts';
import { connect } from '../../src/cluster/connect.ts';
import { listNames } from '../../src/cluster/list-names.ts';
import { loadKubeconfig } from '../../src/cluster/load-kubeconfig.ts';
import type { JsonObject } from '../../src/objects/json.ts';
import { readObjectAt, readText } from '../../src/objects/json.ts';
import type { ResourceKind } from '../../src/objects/kinds.ts';
import { findKind, listPath, objectPath } from '../../src/objects/kinds.ts';
import { findCandidates } from '../../src/probe/find-candidates.ts';
import type { GlobalFlags } from '../flags.ts';
import type { Streams } from '../streams.ts';
import { parseTargets } from '../targets.ts';
import type { Candidate } from './answer.ts';

/** The names that only the kubeconfig or the cluster knows. */
export interface Names {
  namespaces(): Promise<readonly string[]>;
  objects(kind: ResourceKind): Promise<readonly string[]>;
  /** Of the workloads that targets name, those that can have a probe. */
  containers(targets: readonly string[]): Promise<readonly string[]>;
  contexts(): Promise<readonly Candidate[]>;
  clusters(): Promise<readonly Candidate[]>;
  users(): Promise<readonly Candidate[]>;
}

/** Names in one answer: more than a person reads, and within the time there is. */
const LIMIT = 500;
/** Workloads that are asked for their containers. */
const WORKLOADS = 4;

/**
 * Names as the flags that were typed lead to them. Nothing is printed or asked, and no login is renewed.
 * @param signal ends the connection too
 * @throws (its functions) whatever prevents an answer
 */
export function makeNames(flags: GlobalFlags, streams: Streams, signal: AbortSignal): Names {
  const { env, homedir, cwd } = streams;
  const environment = { env, homedir, cwd, stderr: { write() {} }, interactive: false, mayRenewLogin: false };
  let connecting: Promise<Cluster> | undefined;
  const open = (): Promise<Cluster> => {
    connecting ??= connect(flags, environment).then((cluster) => {
      signal.addEventListener('abort', () => cluster.close());
      return cluster;
    });
    return connecting;
  };
  const list = (pathOf: (cluster: Cluster) => string): Promise<string[]> =>
    open().then(async (cluster) =>
      (await listNames(cluster, pathOf(cluster), { limit: LIMIT, signal })).filter(isObjectName),
    );
  const read = async () => (await loadKubeconfig(flags, environment)).config;
  return {
    namespaces: () => list(() => '/api/v1/namespaces'),
    objects: (kind) => list(({ namespace }) => listPath(kind, namespace)),
    async containers(targets) {
      const cluster = await open();
      const found = parseTargets(targets)
        .slice(0, WORKLOADS)
        .map((target) => readContainers(cluster, target, signal));
      return (await Promise.all(found)).flat().filter(isObjectName);
    },
    contexts: async () =>
      [...(await read()).contexts].map(([text, { cluster }]) => ({ text, description: `cluster ${cluster}` })),
    clusters: async () => [...(await read()).clusters].map(([text, { server }]) => ({ text, description: server })),
    users: async () => [...(await read()).users.keys()].map((text) => ({ text, description: 'user' })),
  };
}

async function readContainers(
  cluster: Cluster,
  { type, name }: { type: string; name: string | null },
  signal: AbortSignal,
): Promise<string[]> {
  const kind = findKind(type);
  if (kind === undefined || kind.template === null || name === null) return [];
  const path = objectPath(kind, { namespace: cluster.namespace, name });
  const object = await cluster.request<JsonObject>({ path, signal });
  const podSpec = readObjectAt(object, [...kind.template, 'spec']);
  const found = podSpec === undefined ? undefined : findCandidates(podSpec, { check: 'liveness' });
  if (found === undefined || 'refused' in found) return [];
  return found.containers.map((container) => readText(container, 'name'));
}

/**
 * What the API server takes as the name of what we list. Anything else comes from no API server, and might be a command to a shell.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
 */
function isObjectName(name: string): boolean {
  return name.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name);
}
