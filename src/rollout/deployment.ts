import { findTrouble, replicaFailure } from './creation-failure.ts';
import type { DeploymentObject } from './rollout-object.ts';
import type { TemplatePods } from './template-pods.ts';
import type { RolloutVerdict } from './verdict.ts';
import { complete, countReady, failed, quote, underWay, unobserved } from './verdict.ts';

/**
 * Where the rollout of a Deployment stands: the order and the sentences of `kubectl rollout status`, and beyond it the
 * reasons that stand in the pods and in the ReplicaFailure condition, and old pods that are still going.
 *
 * `pods` is `null` where they may not be read; then the status alone decides, as it does for kubectl.
 */
export function deploymentState(deployment: DeploymentObject, pods: TemplatePods | null): RolloutVerdict {
  const { metadata, spec, status = {} } = deployment;
  const desired = spec?.replicas ?? 1;
  const updated = status.updatedReplicas ?? 0;
  const available = status.availableReplicas ?? 0;
  const old = Math.max((status.replicas ?? 0) - updated, pods?.old.length ?? 0);
  const counts = { desired, updated, ready: status.readyReplicas ?? 0, available, old };
  const name = quote(metadata.name);

  if ((metadata.generation ?? 0) > (status.observedGeneration ?? 0)) return unobserved(counts, 'deployment');
  const isShort = updated < desired;
  const trouble = (isShort ? replicaFailure(status.conditions) : null) ?? findTrouble(pods, isShort);
  const progressing = status.conditions?.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    const cause = trouble ? `: ${trouble.message}` : '';
    return failed(counts, {
      ...trouble,
      reason: 'ProgressDeadlineExceeded',
      message: `deployment ${name} exceeded its progress deadline${cause}`,
    });
  }

  const waiting = `Waiting for deployment ${name} rollout to finish:`;
  const pause = {
    reason: 'DeploymentPaused',
    message: `it is paused: kubectl rollout resume deployment/${metadata.name}`,
    final: false,
  };
  if (updated < desired) {
    const message = `${waiting} ${updated} out of ${desired} new replicas have been updated...`;
    return underWay(counts, message, spec?.paused ? pause : trouble);
  }
  if (old > 0) return underWay(counts, `${waiting} ${old} old replicas are pending termination...`, trouble);
  if (available < updated) {
    return underWay(counts, `${waiting} ${available} of ${updated} updated replicas are available...`, trouble);
  }
  // The status can be ahead of what the pods say now: a container may have died since it was written.
  const healthy = pods ? countReady(pods.updated) : updated;
  if (healthy < desired) {
    return underWay(counts, `${waiting} ${healthy} of ${updated} updated replicas are available...`, trouble);
  }
  return complete(counts, `deployment ${name} successfully rolled out`);
}
