import { findTrouble } from './creation-failure.ts';
import type { DaemonSetObject } from './rollout-object.ts';
import type { TemplatePods } from './template-pods.ts';
import type { RolloutVerdict } from './verdict.ts';
import { complete, countReady, ON_DELETE, quote, underWay, unobserved } from './verdict.ts';

/**
 * Where the rollout of a DaemonSet stands, in the sentences of `kubectl rollout status`.
 *
 * Unlike kubectl it counts down OnDelete instead of refusing it and reads the pods: the status of a DaemonSet has no
 * conditions and no deadline, whatever goes wrong.
 */
export function daemonSetState(set: DaemonSetObject, pods: TemplatePods | null): RolloutVerdict {
  const { metadata, spec, status = {} } = set;
  const desired = status.desiredNumberScheduled ?? 0;
  const updated = status.updatedNumberScheduled ?? 0;
  const available = status.numberAvailable ?? 0;
  const old = pods?.old.length ?? Math.max(0, Math.min(status.currentNumberScheduled ?? 0, desired) - updated);
  const counts = { desired, updated, ready: status.numberReady ?? 0, available, old };
  const name = quote(metadata.name);

  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return unobserved(counts, 'daemon set');
  const trouble = findTrouble(pods, updated < desired);
  const waiting = `Waiting for daemon set ${name} rollout to finish:`;
  if (spec?.updateStrategy?.type === 'OnDelete' && (updated < desired || old > 0)) {
    return underWay(
      counts,
      `Waiting for ${desired - updated} pods of daemon set ${name} to be deleted...`,
      trouble ?? ON_DELETE,
    );
  }
  if (updated < desired) {
    return underWay(counts, `${waiting} ${updated} out of ${desired} new pods have been updated...`, trouble);
  }
  if (available < desired) {
    return underWay(counts, `${waiting} ${available} of ${desired} updated pods are available...`, trouble);
  }
  if (old > 0) return underWay(counts, `${waiting} ${old} old pods are pending termination...`, trouble);
  const healthy = pods ? countReady(pods.updated) : desired;
  if (healthy < desired) {
    return underWay(counts, `${waiting} ${healthy} of ${desired} updated pods are available...`, trouble);
  }
  return complete(counts, `daemon set ${name} successfully rolled out`);
}
