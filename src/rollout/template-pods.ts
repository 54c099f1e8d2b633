import type { RolloutObject, StatefulSetObject } from './rollout-object.ts';
import { REVISION_ANNOTATION, TEMPLATE_GENERATION_ANNOTATION } from './rollout-object.ts';
import type { RolloutPod } from './rollout-pod.ts';

/** What stands between a workload and its pods: a ReplicaSet, of an OpenShift DeploymentConfig a ReplicationController. */
export interface TemplateOwner {
  uid: string;
  /** `deployment.kubernetes.io/revision`; '' where there is none. */
  revision: string;
}

/** The pods of one workload by the template that they were made from. */
export interface TemplatePods {
  /** Of the template of now; those that are going are left out. */
  updated: RolloutPod[];
  /** Of older templates, until they are really gone; below a StatefulSet's partition none counts as old. */
  old: RolloutPod[];
}

/**
 * Tells the pods of the template of now from those of older ones, by the marks that the controllers set.
 *
 * A pod that has ended (evicted, shut down with its node) is neither: the controllers do not count it and make another.
 */
export function splitPods(
  object: RolloutObject,
  pods: readonly RolloutPod[],
  owners: readonly TemplateOwner[],
): TemplatePods {
  const live = pods.filter((pod) => pod.phase !== 'Failed' && pod.phase !== 'Succeeded');
  const isUpdated = templateTest(object, live, owners);
  const updated: RolloutPod[] = [];
  const old: RolloutPod[] = [];
  for (const pod of live) {
    if (!isUpdated(pod)) old.push(pod);
    else if (!pod.deleting) updated.push(pod);
  }
  return { updated, old: object.kind === 'StatefulSet' ? old.filter(reachedBy(object)) : old };
}

function templateTest(
  object: RolloutObject,
  pods: readonly RolloutPod[],
  owners: readonly TemplateOwner[],
): (pod: RolloutPod) => boolean {
  switch (object.kind) {
    case 'Deployment': {
      // The controller writes the revision to the ReplicaSet and to the Deployment before it says that it has observed the spec.
      const revision = object.metadata.annotations?.[REVISION_ANNOTATION] ?? '';
      const owner = revision === '' ? undefined : owners.find((candidate) => candidate.revision === revision);
      return (pod) => pod.owner === owner?.uid;
    }
    case 'StatefulSet': {
      const revision = object.status?.updateRevision;
      return (pod) => revision !== undefined && pod.labels['controller-revision-hash'] === revision;
    }
    case 'DaemonSet': {
      const generation = object.metadata.annotations?.[TEMPLATE_GENERATION_ANNOTATION];
      // An undo brings an old revision back: its pods carry the old number but the revision of the new template.
      const hashes = new Set(
        pods
          .filter((pod) => generation !== undefined && pod.labels['pod-template-generation'] === generation)
          .map((pod) => pod.labels['controller-revision-hash']),
      );
      const { status } = object;
      const allUpdated =
        status?.observedGeneration === object.metadata.generation &&
        status?.updatedNumberScheduled === status?.currentNumberScheduled;
      if (hashes.size === 0) return (pod) => allUpdated && !pod.deleting;
      return (pod) => hashes.has(pod.labels['controller-revision-hash']);
    }
    case 'Rollout': {
      const hash = object.status?.currentPodHash;
      const restartAt = Date.parse(object.spec?.restartAt ?? '');
      return (pod) =>
        (!hash || pod.labels['rollouts-pod-template-hash'] === hash) && !(Date.parse(pod.createdAt ?? '') < restartAt);
    }
    case 'DeploymentConfig': {
      const deployment = `${object.metadata.name}-${object.status?.latestVersion ?? 0}`;
      return (pod) => pod.labels.deployment === deployment;
    }
    default:
      return object satisfies never;
  }
}

/** Which pods a StatefulSet's rollout replaces: those whose place among the replicas is not below the partition. */
function reachedBy(object: StatefulSetObject): (pod: RolloutPod) => boolean {
  const partition = object.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  const start = object.spec?.ordinals?.start ?? 0;
  return (pod) => {
    const ordinal = Number(pod.name.slice(pod.name.lastIndexOf('-') + 1));
    return !(ordinal < start + partition);
  };
}
