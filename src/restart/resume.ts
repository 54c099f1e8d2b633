import { formatAge } from '../age.ts';
import { STAMP_ANNOTATION } from '../name.ts';
import { objectKey } from '../objects/object-key.ts';
import { parseStamp } from '../staleness/parse-stamp.ts';
import type { Stamp } from '../staleness/stamp.ts';
import { stampUid } from '../staleness/stamp.ts';
import type { Graph, ObjectReference, PodObject, Workload } from '../types.ts';

/** A container that was restarted is taken to be well again when it has run for so long, in milliseconds. */
const SETTLED_MS = 60_000;

/** A restart that was made longer ago, in milliseconds, is not to blame for what is down now, once no old pod is left. */
const OWN_MS = 3600_000;

/** A workload that we have restarted and that has not come to a good end. */
export interface Unfinished {
  /** `wait`: one more new template would change nothing but the time. `patch`: it may help. */
  action: 'wait' | 'patch';
  /** In words. */
  why: string;
}

/**
 * Says what to do about a workload that is unfinished; `null` for the others.
 * @param uses the configs that a restart of it would record
 * @param isCurrent by all verdicts
 */
export type FindUnfinished = (
  workload: Workload,
  uses: readonly ObjectReference[],
  isCurrent: boolean,
) => Unfinished | null;

/**
 * Makes the function that finds the workloads that we have restarted and that have not come to a good end: by their status they are not
 * done, or a pod of their newest template is not up. Of those that do not run their configs as they are now, only the ones whose template
 * was stamped with them: their new pods will. What waits for an unfinished workload has to go on waiting.
 *
 * @param now milliseconds since 1970
 */
export function makeFindUnfinished(graph: Pick<Graph, 'configs' | 'unseen'>, now: number): FindUnfinished {
  const configs = new Map(graph.configs.map((config) => [objectKey(config.ref), config]));
  const unseen = new Set(graph.unseen.map(({ kind }) => kind));
  /** True when nothing has written the config since the stamp. */
  const isAsStamped = (use: ObjectReference, stamp: Stamp): boolean => {
    const stamped = stamp.configs.find(({ kind, name }) => kind === use.kind && name === use.name);
    if (stamped === undefined) return false;
    const config = configs.get(objectKey(use));
    if (config === undefined) return stamped.content === 'absent' && !unseen.has(use.kind);
    return stamped.uid === stampUid(stamped.kind, config.uid) && stamped.resourceVersion === config.resourceVersion;
  };
  return (workload, uses, isCurrent) => {
    const text = workload.templateAnnotations[STAMP_ANNOTATION];
    const stamp = text === undefined ? null : parseStamp(text);
    if (stamp === null) return null;
    const isSame = uses.length > 0 && uses.every((use) => isAsStamped(use, stamp));
    if (!isSame && !isCurrent) return null;
    const live = listLive(workload);
    const pods = live.filter((pod) => isNewest(pod, workload));
    // Pods and workloads are listed one after the other: an old pod of a rollout that is done was gone by then.
    const hasListedOld = isSame && !isCurrent && pods.length < live.length;
    if (isDone(workload) && pods.every((pod) => isUp(pod, now)) && !hasListedOld) return null;
    const elapsed = now - Date.parse(stamp.time);
    if (isCurrent && elapsed > OWN_MS) return null;
    const age = formatAge(elapsed);
    // What is down may have ended for what has been mended since, and a crash back-off keeps it down for minutes.
    if (!isSame && pods.some(hasFallen)) {
      return {
        action: 'patch',
        why: `not healthy since its restart ${age} ago, and its configuration was written since`,
      };
    }
    return { action: 'wait', why: `restarted ${age} ago${isSame ? ' with this configuration' : ''}, not yet healthy` };
  };
}

/** As far as the status tells: pods that die and come again may make it done for a moment. */
function isDone({ ref, progress }: Workload): boolean {
  if (progress === null) return true;
  const { observed, desired, total, updated, available } = progress;
  // A StatefulSet makes no pods beyond those that it wants.
  const hasOld = ref.kind !== 'StatefulSet' && total > updated;
  return observed && updated >= desired && available >= desired && !hasOld;
}

/** The pods but those that are going, or have ended. */
function listLive({ pods }: Workload): PodObject[] {
  return pods.filter(({ deleting, phase }) => !deleting && phase !== 'Succeeded' && phase !== 'Failed');
}

/** True for a pod that carries the stamp of the template. */
function isNewest({ annotations }: PodObject, { templateAnnotations }: Workload): boolean {
  return annotations[STAMP_ANNOTATION] === templateAnnotations[STAMP_ANNOTATION];
}

function isUp({ containers }: PodObject, now: number): boolean {
  return containers.every(
    ({ init, running, restartCount, startedAt }) =>
      init || (running && (restartCount === 0 || now - Date.parse(startedAt ?? '') > SETTLED_MS)),
  );
}

/** It ran, and does no more; what is still to start will start with the configs of now. */
function hasFallen({ containers }: PodObject): boolean {
  return containers.some(
    ({ init, running, restartCount, startedAt }) => !init && !running && (restartCount > 0 || startedAt !== null),
  );
}
