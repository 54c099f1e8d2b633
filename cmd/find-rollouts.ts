import type { Cluster } from '../src/cluster/cluster.ts';
import { checkNamespace } from '../src/cluster/collect.ts';
import { connect } from '../src/cluster/connect.ts';
import { ReloadError } from '../src/error.ts';
import { parseLabelSelector } from '../src/graph/label-selector.ts';
import { listMeant } from '../src/graph/select.ts';
import { findKind, findKindOf, isConfigKind } from '../src/objects/kinds.ts';
import { compareObjects } from '../src/objects/reference-order.ts';
import { findRolloutKind, listTargets } from '../src/rollout/list-targets.ts';
import { isRolloutKind } from '../src/rollout/rollout-object.ts';
import type { ObjectReference } from '../src/types.ts';
import { formatObject } from '../src/view/object-name.ts';
import { connectionEnvironment } from './connection.ts';
import type { GlobalFlags } from './flags.ts';
import { readScope, readTargets } from './read-cluster.ts';
import { formatWarning } from './rollout-view.ts';
import type { Streams } from './streams.ts';

/** The rollouts that are meant, and where they are. */
export interface Rollouts {
  /** To be closed by who asked. */
  cluster: Cluster;
  /** Sorted by namespace, kind and name. */
  refs: ObjectReference[];
  /** '' for all namespaces. */
  namespace: string;
}

/**
 * Connects and finds the workloads that are meant, all that roll where nothing is named. A config stands for those that use it; only then the
 * whole scope has to be read.
 * @throws ReloadError for what does not exist, or does not roll
 */
export async function findRollouts(words: readonly string[], flags: GlobalFlags, streams: Streams): Promise<Rollouts> {
  const targets = readTargets(words, flags);
  const selector = flags.selector ?? '';
  parseLabelSelector(selector);
  for (const { type } of targets) {
    const kind = findKind(type);
    if (kind && !isConfigKind(kind.kind) && !isRolloutKind(kind.kind))
      throw noRollouts(`${kind.plural} have no rollouts`);
  }
  if (targets.some(({ type }) => findRolloutKind(type) === undefined)) return findUsers(words, flags, streams);
  const cluster = await connect(flags, connectionEnvironment(flags, streams));
  try {
    const namespace = flags.allNamespaces === true ? '' : cluster.namespace;
    const refs = await listTargets(cluster, targets, {
      namespace,
      selector,
      signal: streams.interrupted,
      onWarning: (text) => streams.stderr.write(formatWarning(text)),
    });
    // Nothing may be there because the namespace is misspelt.
    if (refs.length === 0) await checkNamespace(cluster, { namespace, signal: streams.interrupted });
    return { cluster, refs, namespace };
  } catch (error) {
    cluster.close();
    throw error;
  }
}

async function findUsers(words: readonly string[], flags: GlobalFlags, streams: Streams): Promise<Rollouts> {
  const { cluster, graph, selection, namespace } = await readScope(words, flags, streams);
  const stuck = selection.named.find((ref) => !rolls(ref));
  if (stuck) {
    cluster.close();
    throw noRollouts(`${formatObject(stuck)} has no rollout`);
  }
  return { cluster, namespace, refs: listMeant(graph, selection).filter(rolls).sort(compareObjects) };
}

/** A custom kind may have the name of one that rolls. */
function rolls({ apiVersion, kind }: ObjectReference): boolean {
  return isRolloutKind(kind) && findKindOf(apiVersion, kind) !== undefined;
}

function noRollouts(message: string): ReloadError {
  return new ReloadError(message, {
    hint: 'Deployments, StatefulSets and DaemonSets have them; a ConfigMap or Secret means those that use it.',
  });
}
