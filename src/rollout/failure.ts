import { eventFailure } from './event-failure.ts';
import type { ContainerExit, RolloutContainer, RolloutPod } from './rollout-pod.ts';
import { nameContainer } from './rollout-pod.ts';

/** Why a rollout does not get on. */
export interface RolloutFailure {
  /** As Kubernetes words it: `CrashLoopBackOff`, `OOMKilled`, `Unschedulable`. */
  reason: string;
  /** A sentence that names the pod and the container. */
  message: string;
  /** True when it cannot mend itself, so that waiting is of no use. */
  final: boolean;
  /** The container whose log may tell more. */
  suspect?: SuspectContainer;
}

/** A container that was running and is to blame. */
export interface SuspectContainer {
  pod: string;
  container: string;
  /** The one to blame ran before the one that runs now. */
  previous: boolean;
}

/**
 * The kubelet forgets its crash back-off after a container has run for this long, and so does this: a crash later than
 * that is the first one again.
 */
const BACK_OFF_RESET_MS = 10 * 60_000;

/** The worst failure of these pods: final ones first, then the kinds in the order below, then by pod name. Pods that are going do not count. */
export function worstFailure(pods: readonly RolloutPod[]): RolloutFailure | null {
  let worst: RolloutFailure | null = null;
  for (const pod of [...pods].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const failure = podFailure(pod);
    if (failure && (worst === null || (failure.final && !worst.final))) worst = failure;
  }
  return worst;
}

/** Why this pod is not healthy, or `null` when neither its status nor an event says so (it may still be starting). */
export function podFailure(pod: RolloutPod): RolloutFailure | null {
  if (pod.deleting) return null;
  let first: RolloutFailure | null = null;
  for (const container of pod.containers) {
    const failure = containerFailure(pod, container);
    if (failure?.final) return failure;
    first ??= failure;
  }
  if (first) return first;
  if (pod.unscheduled === null) return eventFailure(pod);
  return {
    reason: pod.unscheduled.reason || 'Unschedulable',
    message: `pod ${pod.name} cannot be scheduled${colon(pod.unscheduled.message)}`,
    // Nodes can be added and other pods can go.
    final: false,
  };
}

function containerFailure(pod: RolloutPod, container: RolloutContainer): RolloutFailure | null {
  const { waiting, terminated, last } = container;
  if (terminated) return exitFailure(pod, container, terminated, last);
  if (waiting) return waitingFailure(pod, container, waiting);
  // Running again after crashes is only a failure while it is not ready: an application that gave up twice before its database
  // was there and is ready now has nothing wrong with it. Nor do restarts in a long life say why it is not ready today.
  const young = millis(pod.createdAt, container.startedAt) < BACK_OFF_RESET_MS;
  if (!young || container.ready || container.init || !last || !isCrash(container, last)) return null;
  return crash(pod, container, last, container.restartCount >= 2);
}

function exitFailure(
  pod: RolloutPod,
  container: RolloutContainer,
  exit: ContainerExit,
  before: ContainerExit | null,
): RolloutFailure | null {
  if (!isCrash(container, exit)) return null;
  const again =
    before !== null && isCrash(container, before) && millis(exit.startedAt, exit.finishedAt) < BACK_OFF_RESET_MS;
  return crash(pod, container, exit, again);
}

function waitingFailure(
  pod: RolloutPod,
  container: RolloutContainer,
  waiting: { reason: string; message: string },
): RolloutFailure | null {
  const says = (final: boolean): RolloutFailure => ({
    reason: waiting.reason,
    message: `${nameContainer(pod, container)}: ${waiting.reason}${colon(waiting.message)}`,
    final,
  });
  switch (waiting.reason) {
    case 'CrashLoopBackOff':
      return container.last ? crash(pod, container, container.last, true, waiting.reason) : says(true);
    case 'InvalidImageName':
    case 'ErrImageNeverPull':
      return says(true);
    case 'ErrImagePull':
    case 'ImagePullBackOff':
      // A registry that is out of reach may answer the next time; one that has answered "no" will say it again.
      return says(
        /not found|manifest unknown|does not exist|denied|unauthorized|no match for platform/i.test(waiting.message),
      );
    case 'CreateContainerConfigError':
      // The kubelet also says this for a moment while it has not yet read the objects, and while it prepares a subPath.
      return says(!/^failed to (sync|prepare subPath)/.test(waiting.message));
    case 'RunContainerError':
      return says(container.restartCount > 0);
    case 'CreateContainerError':
    case 'ImageInspectError':
    case 'RegistryUnavailable':
    case 'SignatureValidationFailed':
      return says(false);
    default:
      // ContainerCreating, PodInitializing: still on its way.
      return null;
  }
}

/** A container that must stay up has crashed however it ended; an init container only by a code that is not 0. */
function isCrash(container: RolloutContainer, exit: ContainerExit): boolean {
  // A restart of all containers in place shows exit code 137 for each of them, init containers included.
  if (exit.reason === 'RestartingAllContainers') return false;
  return !container.init || exit.exitCode !== 0;
}

function crash(
  pod: RolloutPod,
  container: RolloutContainer,
  exit: ContainerExit,
  final: boolean,
  reason = exit.reason || 'Error',
): RolloutFailure {
  const notes = [
    ...(exit.reason && exit.reason !== 'Error' && exit.reason !== 'Completed' ? [exit.reason] : []),
    ...(container.restartCount > 0
      ? [`${container.restartCount} ${container.restartCount === 1 ? 'restart' : 'restarts'}`]
      : []),
  ];
  return {
    reason,
    message: `${nameContainer(pod, container)} exited ${exit.exitCode}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`,
    final,
    suspect: { pod: pod.name, container: container.name, previous: container.startedAt !== null },
  };
}

function colon(message: string): string {
  return message ? `: ${message.trim()}` : '';
}

/** Milliseconds from one time to the other; `Infinity` when either is not known. */
function millis(from: string | null, to: string | null): number {
  const difference = Date.parse(to ?? '') - Date.parse(from ?? '');
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}
