import { findTrouble } from './creation-failure.ts';
import type { RolloutFailure } from './failure.ts';
import type { StatefulSetObject } from './rollout-object.ts';
import type { TemplatePods } from './template-pods.ts';
import type { RolloutVerdict } from './verdict.ts';
import { complete, countReady, ON_DELETE, quote, underWay, unobserved } from './verdict.ts';

/**
 * Where the rollout of a StatefulSet stands, in the sentences of `kubectl rollout status`.
 *
 * Unlike kubectl it waits for `minReadySeconds`, takes an absent partition for 0, counts down OnDelete instead of
 * refusing it, and reads the pods: the status of a StatefulSet has no conditions and no deadline, whatever goes wrong.
 */
export function statefulSetState(set: StatefulSetObject, pods: TemplatePods | null): RolloutVerdict {
  const { metadata, spec, status = {} } = set;
  const desired = spec?.replicas ?? 1;
  const updated = status.updatedReplicas ?? 0;
  const ready = status.readyReplicas ?? 0;
  const minReadySeconds = spec?.minReadySeconds ?? 0;
  const available = status.availableReplicas ?? (minReadySeconds > 0 ? 0 : ready);
  const strategy = spec?.updateStrategy;
  const target = Math.max(0, desired - (strategy?.rollingUpdate?.partition ?? 0));
  const counts = { desired, updated, ready, available, old: pods?.old.length ?? Math.max(0, target - updated) };

  const observed = status.observedGeneration ?? 0;
  if (observed === 0 || (metadata.generation ?? 0) > observed) return unobserved(counts, 'statefulset');
  const trouble = findTrouble(pods, updated < target) ?? (pods && heldByOldPod(set, pods));
  if (strategy?.type === 'OnDelete' && (updated < desired || counts.old > 0)) {
    return underWay(
      counts,
      `Waiting for ${desired - updated} pods of statefulset ${quote(metadata.name)} to be deleted...`,
      trouble ?? ON_DELETE,
    );
  }
  if (ready < desired) return underWay(counts, `Waiting for ${desired - ready} pods to be ready...`, trouble);
  // Where the API server has set no partition, the controller has moved the current revision when all is done.
  const isMoved = strategy?.rollingUpdate !== undefined || status.updateRevision === status.currentRevision;
  if (updated < target || !isMoved) {
    const message = strategy?.rollingUpdate
      ? `Waiting for partitioned roll out to finish: ${updated} out of ${target} new pods have been updated...`
      : `waiting for statefulset rolling update to complete ${updated} pods at revision ${status.updateRevision ?? ''}...`;
    return underWay(counts, message, trouble);
  }
  if (counts.old > 0) {
    return underWay(
      counts,
      `Waiting for partitioned roll out to finish: ${counts.old} old pods are pending termination...`,
      trouble,
    );
  }
  if (available < desired) {
    return underWay(counts, `Waiting for ${desired - available} pods to be available...`, trouble);
  }
  const healthy = pods ? countReady(pods.updated) : target;
  if (healthy < target) return underWay(counts, `Waiting for ${target - healthy} pods to be ready...`, trouble);
  return complete(
    counts,
    strategy?.rollingUpdate
      ? `partitioned roll out complete: ${updated} new pods have been updated...`
      : `statefulset rolling update complete ${status.currentReplicas ?? updated} pods at revision ${status.currentRevision ?? ''}...`,
  );
}

/**
 * An ordered StatefulSet replaces nothing while one of its pods is not ready, an old one that the new template would
 * repair included: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
 */
function heldByOldPod(set: StatefulSetObject, pods: TemplatePods): RolloutFailure | null {
  if (set.spec?.podManagementPolicy === 'Parallel') return null;
  const pod = pods.old.find((candidate) => !candidate.ready && !candidate.deleting);
  if (!pod) return null;
  const { name } = pod;
  const { namespace } = set.metadata;
  return {
    reason: 'OldPodNotReady',
    message: `pod ${name} of the old revision is not ready, and an ordered StatefulSet replaces nothing before it is: kubectl delete pod ${name}${namespace ? ` -n ${namespace}` : ''}`,
    final: false,
  };
}
