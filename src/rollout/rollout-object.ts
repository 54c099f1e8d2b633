import { RESTARTED_AT_ANNOTATION } from '../name.ts';
import { isJsonObject, readObjectAt, readText } from '../objects/json.ts';

/**
 * The workloads that roll, as raw API JSON with only the fields that a rollout is judged by. Every field that the API
 * may leave out is optional; times are RFC 3339 strings.
 */

/** The kinds whose rollouts can be followed. */
export const ROLLOUT_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout', 'DeploymentConfig'] as const;

/** A kind whose rollouts can be followed. */
export type RolloutKind = (typeof ROLLOUT_KINDS)[number];

/** Whether rollouts of this kind can be followed. */
export function isRolloutKind(kind: string): kind is RolloutKind {
  return ROLLOUT_KINDS.some((known) => known === kind);
}

/** `metadata` of a workload. */
export interface RolloutMetadata {
  name: string;
  namespace?: string;
  uid?: string;
  generation?: number;
  annotations?: Record<string, string>;
  deletionTimestamp?: string;
  /** No field of the API: the newest `kubectl.kubernetes.io/restartedAt` of the template, kept when the rest of it goes. */
  restartedAt?: string;
}

/** One entry of `status.conditions`. */
export interface RolloutCondition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
}

interface ReplicaCounts {
  replicas?: number;
  updatedReplicas?: number;
  readyReplicas?: number;
  availableReplicas?: number;
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/ */
export interface DeploymentObject {
  kind: 'Deployment';
  metadata: RolloutMetadata;
  spec?: { replicas?: number; paused?: boolean; minReadySeconds?: number; strategy?: { type?: string } };
  status?: ReplicaCounts & { observedGeneration?: number; conditions?: RolloutCondition[] };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/stateful-set-v1/ */
export interface StatefulSetObject {
  kind: 'StatefulSet';
  metadata: RolloutMetadata;
  spec?: {
    replicas?: number;
    minReadySeconds?: number;
    podManagementPolicy?: string;
    ordinals?: { start?: number };
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } | null };
  };
  status?: ReplicaCounts & {
    observedGeneration?: number;
    currentReplicas?: number;
    currentRevision?: string;
    updateRevision?: string;
  };
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/daemon-set-v1/ */
export interface DaemonSetObject {
  kind: 'DaemonSet';
  metadata: RolloutMetadata;
  spec?: { minReadySeconds?: number; updateStrategy?: { type?: string } };
  status?: {
    observedGeneration?: number;
    desiredNumberScheduled?: number;
    currentNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberReady?: number;
    numberAvailable?: number;
  };
}

/** Argo Rollouts: https://argo-rollouts.readthedocs.io/en/stable/features/specification/ */
export interface ArgoRolloutObject {
  kind: 'Rollout';
  metadata: RolloutMetadata;
  spec?: { replicas?: number; paused?: boolean; minReadySeconds?: number; restartAt?: string };
  status?: ReplicaCounts & {
    /** A number as text since 0.10; a hash before, which says nothing. */
    observedGeneration?: string;
    phase?: string;
    message?: string;
    restartedAt?: string;
    currentPodHash?: string;
    stableRS?: string;
    controllerPause?: boolean;
    pauseConditions?: { reason?: string }[];
    conditions?: RolloutCondition[];
  };
}

/** OpenShift: https://docs.redhat.com/en/documentation/openshift_container_platform/4.17/html/workloads_apis/deploymentconfig-apps-openshift-io-v1 */
export interface DeploymentConfigObject {
  kind: 'DeploymentConfig';
  metadata: RolloutMetadata;
  spec?: { replicas?: number; paused?: boolean; minReadySeconds?: number };
  status?: ReplicaCounts & { observedGeneration?: number; latestVersion?: number; conditions?: RolloutCondition[] };
}

/** A workload whose rollout can be followed. */
export type RolloutObject =
  | DeploymentObject
  | StatefulSetObject
  | DaemonSetObject
  | ArgoRolloutObject
  | DeploymentConfigObject;

/** Whether this is a workload whose rollout can be followed. */
export function isRolloutObject(value: object): value is RolloutObject {
  if (!('kind' in value && typeof value.kind === 'string' && isRolloutKind(value.kind))) return false;
  if (!('metadata' in value && typeof value.metadata === 'object' && value.metadata !== null)) return false;
  return 'name' in value.metadata && typeof value.metadata.name === 'string';
}

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#deployment-kubernetes-io-revision (on a Deployment and on its ReplicaSets) */
export const REVISION_ANNOTATION = 'deployment.kubernetes.io/revision';

/** The number of a DaemonSet's template; its pods carry it in the label `pod-template-generation`. */
export const TEMPLATE_GENERATION_ANNOTATION = 'deprecated.daemonset.template.generation';

/**
 * Reads a workload of this kind out of raw API JSON; `null` for what is none. Keeps only what a rollout is judged by: the template and
 * managedFields are most of an object.
 */
export function readRolloutObject(kind: RolloutKind, raw: object): RolloutObject | null {
  // The objects of a list do not say their kind.
  const object = { ...raw, kind };
  if (!isRolloutObject(object)) return null;
  const { metadata } = object;
  const kept: RolloutMetadata = { name: metadata.name };
  if (metadata.namespace !== undefined) kept.namespace = metadata.namespace;
  if (metadata.uid !== undefined) kept.uid = metadata.uid;
  if (metadata.generation !== undefined) kept.generation = metadata.generation;
  if (metadata.deletionTimestamp !== undefined) kept.deletionTimestamp = metadata.deletionTimestamp;
  kept.annotations = {};
  for (const key of [REVISION_ANNOTATION, TEMPLATE_GENERATION_ANNOTATION]) {
    const value = metadata.annotations?.[key];
    if (value !== undefined) kept.annotations[key] = value;
  }
  const restartedAt = readText(
    readObjectAt(isJsonObject(raw) ? raw : undefined, ['spec', 'template', 'metadata', 'annotations']),
    RESTARTED_AT_ANNOTATION,
  );
  if (restartedAt !== '') kept.restartedAt = restartedAt;
  object.metadata = kept;
  if (object.spec)
    object.spec = Object.fromEntries(Object.entries(object.spec).filter(([field]) => field !== 'template'));
  return object;
}
