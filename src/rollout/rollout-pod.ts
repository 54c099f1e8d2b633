import type { TroubleEvent } from './trouble-event.ts';

/** How a container ended: `state.terminated` or `lastState.terminated`. */
export interface ContainerExit {
  exitCode: number;
  /** `Error`, `Completed`, `OOMKilled`, `StartError`, ...; '' when the runtime gave none. */
  reason: string;
  startedAt: string | null;
  finishedAt: string | null;
}

/** One container of a pod, reduced to what says whether it starts and stays up. */
export interface RolloutContainer {
  name: string;
  /** An init container that must end before the others start. A sidecar (restartPolicy Always) is none: it must stay up. */
  init: boolean;
  ready: boolean;
  restartCount: number;
  /** `state.running.startedAt`; `null` while it does not run. */
  startedAt: string | null;
  waiting: { reason: string; message: string } | null;
  terminated: ContainerExit | null;
  last: ContainerExit | null;
}

/** A pod, reduced to what a rollout is judged by: small, because a run holds those of whole namespaces. */
export interface RolloutPod {
  name: string;
  uid: string;
  /** uid of the controller: a ReplicaSet, ReplicationController, StatefulSet or DaemonSet; '' for a pod without one. */
  owner: string;
  createdAt: string | null;
  /** Only those by which controllers mark the template that the pod was made from. */
  labels: Record<string, string>;
  phase: string;
  deleting: boolean;
  /** When it should be gone that is being deleted, its time to stop included. */
  goneBy?: string;
  ready: boolean;
  /** `lastTransitionTime` of the Ready condition. */
  readyAt: string | null;
  /** Why it is not scheduled; `null` when it is, or nothing has been said. */
  unscheduled: { reason: string; message: string } | null;
  /** It has its volumes and its network, so that containers can be created in it. */
  prepared: boolean;
  containers: RolloutContainer[];
  /** What was said of it in events. */
  troubles: readonly TroubleEvent[];
}

interface RawExit {
  exitCode?: number;
  reason?: string;
  startedAt?: string | null;
  finishedAt?: string | null;
}

interface RawContainerStatus {
  name: string;
  ready?: boolean;
  restartCount?: number;
  state?: { running?: { startedAt?: string }; waiting?: { reason?: string; message?: string }; terminated?: RawExit };
  lastState?: { terminated?: RawExit };
}

/** The fields of a v1 Pod that are read here, as the API sends them. */
export interface RawPod {
  metadata: {
    name: string;
    uid?: string;
    creationTimestamp?: string;
    deletionTimestamp?: string;
    labels?: Record<string, string>;
    ownerReferences?: { uid: string; controller?: boolean }[];
  };
  spec?: { initContainers?: { name: string; restartPolicy?: string }[] };
  status?: {
    phase?: string;
    conditions?: {
      type: string;
      status: string;
      reason?: string;
      message?: string;
      lastTransitionTime?: string | null;
    }[];
    initContainerStatuses?: RawContainerStatus[];
    containerStatuses?: RawContainerStatus[];
  };
}

/** Labels by which the controllers mark the template that a pod was made from. */
const TEMPLATE_LABELS = [
  'pod-template-hash',
  'controller-revision-hash',
  'pod-template-generation',
  'rollouts-pod-template-hash',
  'deployment',
];

/** Reads what a rollout needs of a pod. */
export function readRolloutPod(pod: RawPod): RolloutPod {
  const conditions = pod.status?.conditions ?? [];
  const ready = conditions.find((condition) => condition.type === 'Ready');
  const scheduled = conditions.find((condition) => condition.type === 'PodScheduled');
  const sidecars = new Set(
    (pod.spec?.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name),
  );
  const containers = [
    ...(pod.status?.initContainerStatuses ?? []).map((status) => readContainer(status, !sidecars.has(status.name))),
    ...(pod.status?.containerStatuses ?? []).map((status) => readContainer(status, false)),
  ];
  const isPrepared = conditions.some(({ type, status }) => type === 'PodReadyToStartContainers' && status === 'True');
  return {
    name: pod.metadata.name,
    uid: pod.metadata.uid ?? '',
    owner: pod.metadata.ownerReferences?.find((owner) => owner.controller)?.uid ?? '',
    createdAt: pod.metadata.creationTimestamp ?? null,
    labels: templateLabels(pod.metadata.labels ?? {}),
    phase: pod.status?.phase ?? '',
    deleting: pod.metadata.deletionTimestamp !== undefined,
    ...(pod.metadata.deletionTimestamp !== undefined && { goneBy: pod.metadata.deletionTimestamp }),
    ready: ready?.status === 'True',
    readyAt: ready?.lastTransitionTime ?? null,
    unscheduled:
      scheduled?.status === 'False' ? { reason: scheduled.reason ?? '', message: scheduled.message ?? '' } : null,
    // Servers before 1.29 do not say it.
    prepared: isPrepared || containers.some(({ startedAt, terminated }) => startedAt !== null || terminated !== null),
    containers,
    troubles: [],
  };
}

function templateLabels(labels: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => TEMPLATE_LABELS.includes(key)));
}

function readContainer(status: RawContainerStatus, init: boolean): RolloutContainer {
  const { running, waiting, terminated } = status.state ?? {};
  return {
    name: status.name,
    init,
    ready: status.ready ?? false,
    restartCount: status.restartCount ?? 0,
    startedAt: running?.startedAt ?? null,
    waiting: waiting ? { reason: waiting.reason ?? '', message: waiting.message ?? '' } : null,
    terminated: readExit(terminated),
    last: readExit(status.lastState?.terminated),
  };
}

function readExit(exit: RawExit | undefined): ContainerExit | null {
  if (!exit) return null;
  return {
    exitCode: exit.exitCode ?? 0,
    reason: exit.reason ?? '',
    startedAt: exit.startedAt ?? null,
    finishedAt: exit.finishedAt ?? null,
  };
}

/** How a message begins that is about a container. */
export function nameContainer(pod: RolloutPod, container: RolloutContainer): string {
  return `pod ${pod.name}, ${container.init ? 'init container' : 'container'} ${container.name}`;
}
