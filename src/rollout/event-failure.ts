import type { RolloutFailure } from './failure.ts';
import type { RolloutPod } from './rollout-pod.ts';
import { nameContainer } from './rollout-pod.ts';
import type { TroubleEvent } from './trouble-event.ts';

/** An event may be written some seconds before the state that it led to. */
const EARLIER_MS = 5000;
/**
 * What is missing is not created by waiting; but manifests that are applied together may come in any order, so a source must have been
 * missing for so long.
 */
const MISSING_MS = 5000;

/** `configmap "x" not found`, `secret "x" not found`, `references non-existent config key: k`. */
const MISSING = /\b(configmap|secret) "[^"]*" not found|references non-existent (config|secret) key/;
/** The kubelet says these for a moment while it has not yet read the objects. */
const NOT_YET = /failed to sync (configmap|secret) cache|object "[^"]*"\/"[^"]*" not registered/;

/** Why a pod is not ready, by what was said of it in events, where its status does not say it; `null` when nothing was. */
export function eventFailure(pod: RolloutPod): RolloutFailure | null {
  if (pod.ready || pod.troubles.length === 0) return null;
  let newest: { failure: RolloutFailure; at: number } | null = null;
  for (const event of pod.troubles) {
    const at = Date.parse(event.lastAt ?? '');
    if (at < Date.parse(pod.readyAt ?? '') - EARLIER_MS) continue;
    const failure = describeTrouble(pod, event);
    if (failure && !(newest && newest.at > at)) newest = { failure, at };
  }
  return newest?.failure ?? null;
}

function describeTrouble(pod: RolloutPod, event: TroubleEvent): RolloutFailure | null {
  const { reason, message } = event;
  switch (reason) {
    case 'FailedMount':
    case 'FailedMapVolume':
    case 'FailedAttachVolume':
    case 'FailedCreatePodSandBox': {
      // Once the pod has its volumes and its network, what is said of them is past.
      if (pod.prepared || NOT_YET.test(message)) return null;
      const lasted = Date.parse(event.lastAt ?? '') - Date.parse(event.firstAt ?? '');
      return { reason, message: `pod ${pod.name}: ${message}`, final: MISSING.test(message) && lasted >= MISSING_MS };
    }
    case 'Unhealthy':
      return describeProbe(pod, event);
    case 'FailedScheduling':
      if (pod.containers.length > 0) return null;
      return { reason, message: `pod ${pod.name} cannot be scheduled: ${message}`, final: false };
    case 'FailedCreate':
      return null;
    default:
      return reason satisfies never;
  }
}

function describeProbe(pod: RolloutPod, { container: name, message }: TroubleEvent): RolloutFailure | null {
  const container = pod.containers.find((candidate) => candidate.name === name);
  if (!container || container.ready || container.startedAt === null) return null;
  const isStarting = message.startsWith('Startup probe');
  return {
    // A startup probe is there to fail for as long as its own threshold allows: then the kubelet restarts the container.
    reason: isStarting ? '' : 'Unhealthy',
    message: `${nameContainer(pod, container)} is not ready: ${message}`,
    final: false,
    suspect: { pod: pod.name, container: name, previous: false },
  };
}
