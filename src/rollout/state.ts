import { argoRolloutState } from './argo-rollout.ts';
import { daemonSetState } from './daemon-set.ts';
import { deploymentState } from './deployment.ts';
import { deploymentConfigState } from './deployment-config.ts';
import type { RolloutObject } from './rollout-object.ts';
import { statefulSetState } from './stateful-set.ts';
import type { TemplatePods } from './template-pods.ts';
import type { RolloutVerdict } from './verdict.ts';

/**
 * Where a rollout stands, from the workload and its pods as they are now; the same input always gives the same answer.
 *
 * `complete` is what the objects say. Whether the pods also stay up is asked over time: see `gateRollout`.
 *
 * @param pods what `splitPods` gives; `null` where pods may not be read.
 */
export function rolloutState(object: RolloutObject, pods: TemplatePods | null): RolloutVerdict {
  switch (object.kind) {
    case 'Deployment':
      return deploymentState(object, pods);
    case 'StatefulSet':
      return statefulSetState(object, pods);
    case 'DaemonSet':
      return daemonSetState(object, pods);
    case 'Rollout':
      return argoRolloutState(object, pods);
    case 'DeploymentConfig':
      return deploymentConfigState(object, pods);
    default:
      return object satisfies never;
  }
}
