import type { RolloutObject, StatefulSetObject } from './rollout-object.ts';
import { REVISION_ANNOTATION, TEMPLATE_GENERATION_ANNOTATION } from './rollout-object.ts';
import type { RolloutPod } from './rollout-pod.ts';
import type { TroubleEvent } from './trouble-event.ts';

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
  /** Why no more pods can be created, where an event says so that is newer than all of them. */
  refusal?: TroubleEvent;
}

/** What was said in events of the object of a uid. */
type TroublesOf = (uid: string) => readonly TroubleEvent[];

/**
 * Tells the pods of the template of now from those of older ones, by the marks that the controllers set.
 *
 * A pod that has ended (evicted, shut down with its node) is neither: the controllers do not count it and make another.
 */
export function splitPods(
  object: RolloutObject,
  pods: readonly RolloutPod[],
  owners: readonly TemplateOwner[],
  troublesOf: TroublesOf = () => [],
): TemplatePods {
  const live = pods.filter((pod) => pod.phase !== 'Failed' && pod.phase !== 'Succeeded');
  const isUpdated = templateTest(object, live, owners);
  const updated: RolloutPod[] = [];
  const old: RolloutPod[] = [];
  for (const pod of live) {
    if (!isUpdated(pod)) old.push(pod);
    else if (!pod.deleting) updated.push({ ...pod, troubles: troublesOf(pod.uid) });
  }
  const refusal = findRefusal(object, updated, owners, troublesOf);
  return {
    updated,
    old: object.kind === 'StatefulSet' ? old.filter(reachedBy(object)) : old,
    ...(refusal && { refusal }),
  };
}

/** Who creates pods says in an event that it could not. It is past when a pod was created since, or the rollout is a newer one. */
function findRefusal(
  object: RolloutObject,
  updated: readonly RolloutPod[],
  owners: readonly TemplateOwner[],
  troublesOf: TroublesOf,
): TroubleEvent | undefined {
  const since = Math.max(
    ...[object.metadata.restartedAt, ...updated.map(({ createdAt }) => createdAt)]
      .map((time) => Date.parse(time ?? ''))
      .filter((time) => !Number.isNaN(time)),
  );
  const creators = [object.metadata.uid ?? '', ...owners.map(({ uid }) => uid)];
  const refusals = creators
    .flatMap((uid) => troublesOf(uid))
    .filter(({ reason, lastAt }) => reason === 'FailedCreate' && Date.parse(lastAt ?? '') >= since);
  return refusals.sort((a, b) => ((a.lastAt ?? '') > (b.lastAt ?? '') ? -1 : 1))[0];
}

function templateTest(
  object: RolloutObject,
  pods: readonly RolloutPod[],
  owners: readonly TemplateOwner[],
): (pod: RolloutPod) => boolean {
  switch (object.kind) {
    case 'Deployment': {
      // The controller writes the revision to the ReplicaSet and to the Deployment before it says that it has observed the spec; but by the
      // strategy Recreate it makes that ReplicaSet only when all old pods are gone, and the revision is the old one until then.
      if (object.spec?.strategy?.type === 'Recreate' && (object.status?.updatedReplicas ?? 0) === 0) return () => false;
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
