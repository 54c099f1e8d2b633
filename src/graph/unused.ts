import { PROBE_CONFIG_MAP } from '../name.ts';
import { RESOURCE_KINDS } from '../objects/kinds.ts';
import { objectKey } from '../objects/object-key.ts';
import type { ConfigObject, ObjectReference, Unseen } from '../types.ts';
import { isIgnored } from './ignore.ts';
import { covers } from './look-up.ts';

/** What is known of the uses of configs. */
interface Uses {
  /** Keys of the configs that some workload uses. */
  used: ReadonlySet<string>;
  unseen: readonly Unseen[];
  /** Also those that the cluster keeps for itself or that somebody asked to leave out. */
  all: boolean;
}

/** The configs that no workload uses, as far as every workload of their namespace could be seen. */
export function findUnused(configs: readonly ConfigObject[], { used, unseen, all }: Uses): ObjectReference[] {
  const isUnused = (config: ConfigObject): boolean =>
    !used.has(objectKey(config.ref)) &&
    // Pods have it mounted, though not for their containers.
    !config.ref.name.startsWith(PROBE_CONFIG_MAP) &&
    !unseen.some((hidden) => mayUse(hidden, config)) &&
    (all || !(isOwnConfig(config) || isIgnored(config)));
  return configs.filter(isUnused).map(({ ref }) => ref);
}

function mayUse({ kind, namespace }: Unseen, config: ConfigObject): boolean {
  if (!covers(namespace, config.ref.namespace)) return false;
  if (kind === 'ServiceAccount') return config.type.startsWith('kubernetes.io/docker');
  return RESOURCE_KINDS.some((known) => known.kind === kind && known.template !== null);
}

/** Types of Secrets that Kubernetes and Helm keep for themselves. */
const OWN_TYPES = ['kubernetes.io/service-account-token', 'helm.sh/release.v1', 'bootstrap.kubernetes.io/token'];

function isOwnConfig({ ref, type }: ConfigObject): boolean {
  return ref.kind === 'ConfigMap' ? ref.name === 'kube-root-ca.crt' : OWN_TYPES.includes(type);
}
