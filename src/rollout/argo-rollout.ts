import { findTrouble } from './creation-failure.ts';
import type { ArgoRolloutObject } from './rollout-object.ts';
import type { TemplatePods } from './template-pods.ts';
import type { RolloutVerdict } from './verdict.ts';
import { complete, countReady, failed, quote, underWay, unobserved } from './verdict.ts';

/**
 * Where an Argo Rollout stands: its controller says it in `status.phase` (since 1.0), and a restart is done when
 * `status.restartedAt` has reached `spec.restartAt`.
 *
 * A pause step waits for a person, so it is no failure: it shows as a reason, and the time-outs apply.
 */
export function argoRolloutState(rollout: ArgoRolloutObject, pods: TemplatePods | null): RolloutVerdict {
  const { metadata, spec, status = {} } = rollout;
  const desired = spec?.replicas ?? 1;
  const updated = status.updatedReplicas ?? 0;
  const available = status.availableReplicas ?? 0;
  // The old stack is kept on purpose by blue-green and by traffic routing; Argo's phase says whether it has to go.
  const old = pods?.old.length ?? Math.max(0, (status.replicas ?? 0) - updated);
  const counts = { desired, updated, ready: status.readyReplicas ?? 0, available, old };
  const name = quote(metadata.name);

  const observed = Number(status.observedGeneration);
  if (Number.isInteger(observed) && observed < (metadata.generation ?? 0)) return unobserved(counts, 'rollout');
  const trouble = findTrouble(pods, updated < desired);
  if (status.phase === 'Degraded') {
    return failed(counts, {
      reason: 'Degraded',
      message: `rollout ${name} is degraded${status.message ? `: ${status.message}` : ''}${trouble ? `: ${trouble.message}` : ''}`,
    });
  }
  const waiting = `Waiting for rollout ${name} to finish:`;
  if (spec?.paused || status.phase === 'Paused') {
    const cause = status.message || status.pauseConditions?.[0]?.reason || 'paused by hand';
    return underWay(counts, `${waiting} ${updated} out of ${desired} new replicas have been updated...`, {
      reason: 'Paused',
      message: `it is paused: ${cause}`,
      final: false,
    });
  }
  if (spec?.restartAt && !sameTime(spec.restartAt, status.restartedAt)) {
    return underWay(counts, `${waiting} its pods are being restarted...`, trouble);
  }
  if (status.controllerPause && (status.pauseConditions ?? []).length === 0) {
    return underWay(counts, `${waiting} it is being resumed...`, trouble);
  }
  if (updated < desired) {
    return underWay(counts, `${waiting} ${updated} out of ${desired} new replicas have been updated...`, trouble);
  }
  if (available < updated) {
    return underWay(counts, `${waiting} ${available} of ${updated} updated replicas are available...`, trouble);
  }
  const healthy = pods ? countReady(pods.updated) : desired;
  if (status.phase ? status.phase !== 'Healthy' : status.stableRS !== status.currentPodHash) {
    return underWay(counts, `${waiting} ${status.message || 'more steps are to be done'}...`, trouble);
  }
  if (healthy < desired) {
    return underWay(counts, `${waiting} ${healthy} of ${updated} updated replicas are available...`, trouble);
  }
  return complete(counts, `rollout ${name} successfully rolled out`);
}

/** The same second: Argo writes `restartedAt` without a fraction. */
function sameTime(a: string, b: string | undefined): boolean {
  return b !== undefined && Math.floor(Date.parse(a) / 1000) === Math.floor(Date.parse(b) / 1000);
}
