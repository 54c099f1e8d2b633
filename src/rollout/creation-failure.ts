import type { RolloutFailure } from './failure.ts';
import { worstFailure } from './failure.ts';
import type { RolloutCondition } from './rollout-object.ts';
import type { TemplatePods } from './template-pods.ts';

/**
 * Why a rollout does not get on by its pods: those that are there, and those that cannot be created. Of these the conditions of a StatefulSet
 * or DaemonSet say nothing, only an event does.
 * @param isShort fewer pods are updated than are to be; without it a refusal is past
 */
export function findTrouble(pods: TemplatePods | null, isShort: boolean): RolloutFailure | null {
  if (pods === null) return null;
  return isShort && pods.refusal ? creationFailure(pods.refusal) : worstFailure(pods.updated);
}

/** The `ReplicaFailure` condition of a Deployment or DeploymentConfig: its pods cannot be created at all. */
export function replicaFailure(conditions: readonly RolloutCondition[] | undefined): RolloutFailure | null {
  const condition = conditions?.find(({ type, status }) => type === 'ReplicaFailure' && status === 'True');
  if (!condition) return null;
  return creationFailure({ reason: condition.reason || 'ReplicaFailure', message: condition.message ?? '' });
}

/** What refuses a pod for what its template says: it says so every time. */
const REFUSED_FOR_GOOD =
  /violates PodSecurity|error looking up service account|denied the request|denied request|is invalid:/;

/** Final only where the refusal rests on the template. A quota may get room as old pods go, and a webhook may answer again. */
function creationFailure({ reason, message }: { reason: string; message: string }): RolloutFailure {
  const said = message.trim();
  return {
    reason,
    message: `pods cannot be created${said === '' ? '' : `: ${said}`}`,
    final: REFUSED_FOR_GOOD.test(said),
  };
}
