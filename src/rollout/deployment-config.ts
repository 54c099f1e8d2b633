import { findTrouble, replicaFailure } from './creation-failure.ts';
import type { DeploymentConfigObject } from './rollout-object.ts';
import type { TemplatePods } from './template-pods.ts';
import type { RolloutVerdict } from './verdict.ts';
import { complete, countReady, failed, underWay } from './verdict.ts';

/** Where the rollout of an OpenShift DeploymentConfig stands, in the order and the sentences of `oc rollout status`. */
export function deploymentConfigState(config: DeploymentConfigObject, pods: TemplatePods | null): RolloutVerdict {
  const { metadata, spec, status = {} } = config;
  const desired = spec?.replicas ?? 1;
  const updated = status.updatedReplicas ?? 0;
  const available = status.availableReplicas ?? 0;
  const old = Math.max((status.replicas ?? 0) - updated, pods?.old.length ?? 0);
  const counts = { desired, updated, ready: status.readyReplicas ?? 0, available, old };
  const observing = 'Waiting for latest deployment config spec to be observed by the controller loop...';

  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0))
    return underWay(counts, observing, null, 'waiting');
  const trouble = replicaFailure(status.conditions) ?? findTrouble(pods, updated < desired);
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  const waiting = 'Waiting for rollout to finish:';
  switch (progressing?.reason) {
    case 'ProgressDeadlineExceeded':
    case 'RolloutCancelled':
      return failed(counts, { reason: progressing.reason, message: progressing.message || progressing.reason });
    case 'DeploymentConfigPaused':
      return underWay(counts, `${waiting} ${updated} out of ${desired} new replicas have been updated...`, {
        reason: progressing.reason,
        message: `it is paused: oc rollout resume dc/${metadata.name}`,
        final: false,
      });
  }
  if (updated < desired) {
    return underWay(counts, `${waiting} ${updated} out of ${desired} new replicas have been updated...`, trouble);
  }
  if (old > 0) return underWay(counts, `${waiting} ${old} old replicas are pending termination...`, trouble);
  if (available < updated) {
    return underWay(counts, `${waiting} ${available} of ${updated} updated replicas are available...`, trouble);
  }
  const healthy = pods ? countReady(pods.updated) : updated;
  if (healthy < desired) {
    return underWay(counts, `${waiting} ${healthy} of ${updated} updated replicas are available...`, trouble);
  }
  // The deployer pod makes the replicas before the controller says that it is done with this version.
  if (progressing?.reason !== 'NewReplicationControllerAvailable')
    return underWay(counts, observing, trouble, 'waiting');
  return complete(counts, progressing.message || `deployment config "${metadata.name}" successfully rolled out`);
}
