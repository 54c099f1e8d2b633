import { STAMP_ANNOTATION } from '../name.ts';
import type { ContainerInstance } from '../types.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';
import { parseStamp } from './parse-stamp.ts';
import type { Stamp } from './stamp.ts';
import { stampUid } from './stamp.ts';

/** A container that started this soon after a restart was started by it, and not by going back to it later. */
const SAME_ROLLOUT = 120_000;

/**
 * Judges one container by what the restart recorded that made its pod. The stamp was read before the pod existed, so a config with the
 * same uid and version was not written since: no clock is asked. Another version says nothing: the pod may be older or newer
 * than the change.
 * @returns `null` when there is no stamp, or it says nothing of this config
 */
export function judgeByStamp({ dependency, config, pod }: InstanceEvidence): Judgement | null {
  const text = pod.annotations[STAMP_ANNOTATION];
  const stamp = text === undefined ? null : parseStamp(text);
  const { kind, name } = dependency.config;
  const stamped = stamp?.configs.find((entry) => entry.kind === kind && entry.name === name);
  if (stamp === null || stamped === undefined) return null;
  // That it was absent then and is so now proves nothing: in between it may have come, been read, and gone again without a trace.
  if (config === null) return null;
  const isSame =
    stamped.uid === stampUid(stamped.kind, config.uid) && stamped.resourceVersion === config.resourceVersion;
  return isSame
    ? { state: 'current', evidence: 'stamp', reason: 'it was not written since the restart that made this pod' }
    : null;
}

/** True when a container was started by the restart that wrote the stamp, and not by a return to its template, or in place. */
export function isOfStamp({ restartCount, startedAt }: ContainerInstance, { time }: Stamp): boolean {
  const age = Date.parse(startedAt ?? '') - Date.parse(time);
  return restartCount === 0 && age >= -2000 && age < SAME_ROLLOUT;
}
