import type { RolloutObject } from './rollout-object.ts';
import type { TemplatePods } from './template-pods.ts';
import type { RolloutVerdict } from './verdict.ts';

/** As `progressDeadlineSeconds` of a Deployment by default, in milliseconds. */
const DEADLINE_MS = 600_000;

/**
 * How long the pods of this workload take to become ready, in milliseconds, as those show that are ready: the shortest time, because one
 * that was unready for a while since its start shows too long a one. `null` while nothing shows it.
 * @param known what was found before: old pods go
 */
export function findReadyMs(pods: TemplatePods | null, known: number | null): number | null {
  const times = [...(pods?.old ?? []), ...(pods?.updated ?? [])]
    .filter(({ ready }) => ready)
    .map(({ readyAt, containers }) => {
      const starts = containers.filter(({ init }) => !init).map(({ startedAt }) => Date.parse(startedAt ?? ''));
      return Date.parse(readyAt ?? '') - Math.max(...starts);
    })
    .filter((time) => Number.isFinite(time) && time >= 0);
  return times.length === 0 ? known : Math.min(known ?? Number.POSITIVE_INFINITY, ...times);
}

/** How long a trouble is borne, in milliseconds: one that only is not ready yet gets twice the time that pods like it took. */
export function graceOf({ reason }: RolloutVerdict, graceMs: number, readyMs: number | null): number {
  if (reason !== 'Unhealthy' || readyMs === null) return graceMs;
  return Math.max(graceMs, Math.min(2 * readyMs, DEADLINE_MS));
}

/**
 * How long a rollout may stand still without any trouble to be seen, in milliseconds; `Infinity` where its controller itself gives it up.
 * Old pods have the time to stop in that they were given, which may be hours.
 * @param since when it last got on, milliseconds since 1970
 */
export function stallOf(
  object: RolloutObject,
  state: RolloutVerdict,
  pods: TemplatePods | null,
  { graceMs, since }: { graceMs: number; since: number },
): number {
  if (isTimed(object, state)) return Number.POSITIVE_INFINITY;
  const stops = (pods?.old ?? []).map(({ goneBy }) => Date.parse(goneBy ?? '')).filter((time) => !Number.isNaN(time));
  const stopping = Math.max(0, ...stops.map((time) => time - since));
  return Math.max(DEADLINE_MS, graceMs) + (object.spec?.minReadySeconds ?? 0) * 1000 + stopping;
}

/**
 * True while a controller counts down `progressDeadlineSeconds`, or its like. It does not before it has seen the change, nor once it takes
 * the rollout for done, though pods of a node that is gone may be there for ever.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#progress-deadline-seconds
 */
function isTimed(object: RolloutObject, { phase }: RolloutVerdict): boolean {
  switch (object.kind) {
    case 'StatefulSet':
    case 'DaemonSet':
      return false;
    case 'Rollout':
      return true;
    case 'Deployment':
    case 'DeploymentConfig': {
      const progressing = object.status?.conditions?.find(({ type }) => type === 'Progressing');
      return phase !== 'waiting' && !DONE.test(progressing?.reason ?? '');
    }
    default:
      return object satisfies never;
  }
}

/** The reason of the condition `Progressing` of a rollout that its controller takes for done. */
const DONE = /^New(ReplicaSet|ReplicationController)Available$/;
