import type { ConfigRow } from '../objects/config.ts';
import { projectConfig } from '../objects/config.ts';
import type { ResourceKind } from '../objects/kinds.ts';
import { configKind, findKindOf, groupOf, listPath, RESOURCE_KINDS } from '../objects/kinds.ts';
import { projectOwner } from '../objects/owner.ts';
import { makePodProjection } from '../objects/pod.ts';
import type { ReferenceOptions } from '../objects/references.ts';
import { projectServiceAccount } from '../objects/service-account.ts';
import { projectWorkload } from '../objects/workload.ts';
import type { ObjectSet, OwnerObject, Unseen, WorkloadObject } from '../types.ts';
import { ApiError } from './api-error.ts';
import type { Cluster, Form } from './cluster.ts';
import { readCustomOwners } from './read-custom-owners.ts';
import { readNodeClocks } from './read-node-clocks.ts';

/** Kinds of which whole objects are read, for their templates. ReplicaSets are many and nearly all a Deployment's: their metadata will do. */
export const WORKLOAD_KINDS = RESOURCE_KINDS.filter(
  ({ template, kind }) => template !== null && kind !== 'Pod' && kind !== 'ReplicaSet',
);
/** Kinds that a cluster need not have. */
export const OPTIONAL_GROUPS: ReadonlySet<string> = new Set(['argoproj.io', 'apps.openshift.io']);

/** What to read. */
export interface CollectOptions extends ReferenceOptions {
  /** '' for all. */
  namespace: string;
  signal?: AbortSignal | undefined;
}

/**
 * Reads what verdicts and the graph need, all kinds side by side, without any value of a ConfigMap or Secret.
 * What may not be read is noted in `unseen`, and the rest goes on.
 * @throws ApiError when no workload and no pod can be read at all
 */
export async function collectObjects(cluster: Cluster, options: CollectOptions): Promise<ObjectSet> {
  const reader = new Reader(cluster, options);
  const replicaSet = knownKind('apps/v1', 'ReplicaSet');
  // The largest come first: requests go out in this order, some at a time.
  const [pods, replicaSets, configMaps, secrets, workloads, serviceAccounts] = await Promise.all([
    reader.list(knownKind('v1', 'Pod'), 'full', makePodProjection(options)),
    reader.list(replicaSet, 'metadata', (item) => projectOwner(item, replicaSet)),
    reader.list(configKind('ConfigMap'), 'table', (row: ConfigRow) => projectConfig(row, 'ConfigMap')),
    reader.list(configKind('Secret'), 'table', (row: ConfigRow) => projectConfig(row, 'Secret')),
    Promise.all(
      WORKLOAD_KINDS.map((kind) => reader.list(kind, 'full', (item) => projectWorkload(item, kind, options))),
    ),
    reader.list(knownKind('v1', 'ServiceAccount'), 'full', projectServiceAccount),
  ]);
  reader.throwIfBlind();
  const nodeClocks = await readNodeClocks(cluster, pods, options.signal);
  const objects: ObjectSet = {
    workloads: [...workloads.flat(), ...(await reader.readBareReplicaSets(replicaSets))],
    pods,
    configs: [...configMaps, ...secrets],
    serviceAccounts,
    owners: replicaSets,
    nodeClocks,
    unseen: reader.unseen,
    offline: false,
  };
  // A namespace that exists has kube-root-ca.crt at least: when nothing at all is there, it may be misspelt.
  if (configMaps.length === 0 && pods.length === 0) await checkNamespace(cluster, options);
  await readCustomOwners(cluster, options, objects);
  return objects;
}

/** @throws ApiError when the namespace does not exist */
export async function checkNamespace(cluster: Cluster, { namespace, signal }: CollectOptions): Promise<void> {
  if (namespace === '') return;
  try {
    await cluster.request({ path: `/api/v1/namespaces/${encodeURIComponent(namespace)}`, signal });
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== 403) throw error;
  }
}

/** True when no workload and no pod may be read: then nothing can be said at all. */
export function isBlind(unseen: readonly Unseen[]): boolean {
  const refused = new Set(unseen.map(({ resource }) => resource));
  const needed = [
    'pods',
    ...WORKLOAD_KINDS.filter(({ apiVersion }) => apiVersion === 'apps/v1').map(({ plural }) => plural),
  ];
  return needed.every((resource) => refused.has(resource));
}

/** A kind that is in the table for certain. */
export function knownKind(apiVersion: string, kind: string): ResourceKind {
  const known = findKindOf(apiVersion, kind);
  if (known === undefined) throw new Error(`${kind} is missing from the table of kinds`);
  return known;
}

/** Lists of one scope; what is forbidden is noted and gives nothing. */
class Reader {
  readonly unseen: Unseen[] = [];
  readonly #cluster: Cluster;
  readonly #options: CollectOptions;
  readonly #refusals = new Map<string, ApiError>();

  constructor(cluster: Cluster, options: CollectOptions) {
    this.#cluster = cluster;
    this.#options = options;
  }

  async list<Item, T>(kind: ResourceKind, form: Form, project: (item: Item) => T | undefined): Promise<T[]> {
    try {
      const { namespace, signal } = this.#options;
      return (await this.#cluster.list({ path: listPath(kind, namespace), form, project, signal })).items;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.code === 404 && OPTIONAL_GROUPS.has(groupOf(kind.apiVersion))) return [];
      if (error.code !== 403) throw error;
      // A right that is missing for a kind which the cluster may not even have hides nothing.
      if (OPTIONAL_GROUPS.has(groupOf(kind.apiVersion))) return [];
      this.#refusals.set(kind.plural, error);
      const { namespace } = this.#options;
      this.unseen.push({ resource: kind.plural, kind: kind.kind, namespace, message: error.message });
      return [];
    }
  }

  throwIfBlind(): void {
    const refusal = this.#refusals.get('pods');
    if (refusal !== undefined && isBlind(this.unseen)) throw refusal;
  }

  async readBareReplicaSets(replicaSets: readonly OwnerObject[]): Promise<WorkloadObject[]> {
    const kind = knownKind('apps/v1', 'ReplicaSet');
    if (replicaSets.every(({ controller }) => controller !== null)) return [];
    return this.list(kind, 'full', (item) => {
      const workload = projectWorkload(item, kind, this.#options);
      return workload.controller === null ? workload : undefined;
    });
  }
}
