import type { ConfigObject, PodObject } from '../types.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';
import { judgeChange } from './judgement.ts';
import type { WriteOrder, WriteTimeline } from './witness.ts';
import { isWrittenLater } from './witness.ts';

const SECOND = 1000;
/** Both times are whole seconds, cut off, and the environment is read up to 2 s before the recorded start. */
const CERTAINLY_AFTER = 2 * SECOND;
/** Covers the clocks of node and API server, the kubelet's cache and a loaded node. */
const CERTAINLY_BEFORE = 5 * SECOND;

/**
 * Judges one container by change time against its start. It says `current` only when the times say so **and** the
 * order of writes shows that nothing was written since without leaving a time.
 */
export function judgeByTime(evidence: InstanceEvidence): Judgement {
  const { dependency, pod, instance, config, change, timeline } = evidence;
  if (config === null || change === null) {
    return dependency.exists === null
      ? unknown('it could not be read')
      : unknown('it is optional and absent; whether it was there at the start cannot be told');
  }
  const start = parseTime(instance.startedAt);
  if (Number.isNaN(start)) return unknown('the start of the container is not known');
  const order = orderAgainstStart(config, pod, start, timeline);
  const changedAt = parseTime(change.at);

  if (order === 'after' && change.certain && changedAt > start) return changed(evidence, changedAt);
  if (order === 'after') {
    return unknown(
      'it was written after the container started, but not known is which part (a label, another key, or a removed key)',
    );
  }
  if (!Number.isNaN(changedAt) && changedAt > start + CERTAINLY_AFTER) return changed(evidence, changedAt);
  if (!change.certain && order !== 'before') return unknown('its managed fields do not tell when it was last written');
  if (change.certain && !isBeforeStart(changedAt, start, evidence)) {
    return unknown('it was written within seconds of the start of the container');
  }
  if (order === 'unknown') return unknown('whether it was written since, without leaving a time, cannot be told');
  return { state: 'current', evidence: 'time', reason: 'the container started after the last write' };
}

/** Whether the object, whatever part of it, was surely written after the start of the container. */
export function orderOfWrite({ pod, instance, config, change, timeline }: InstanceEvidence): 'after' | 'unknown' {
  const start = parseTime(instance.startedAt);
  if (config === null || change === null || Number.isNaN(start)) return 'unknown';
  if (parseTime(change.at) > start + CERTAINLY_AFTER) return 'after';
  return orderAgainstStart(config, pod, start, timeline) === 'after' ? 'after' : 'unknown';
}

function orderAgainstStart(config: ConfigObject, pod: PodObject, start: number, timeline: WriteTimeline): WriteOrder {
  // The pod's status tells this start, so the pod was written after it: whatever was written later still came after the start.
  if (isWrittenLater(config.resourceVersion, pod.resourceVersion)) return 'after';
  const isPodUntouched = parseTime(pod.writtenAt) <= start + CERTAINLY_BEFORE;
  if (isPodUntouched && isWrittenLater(pod.resourceVersion, config.resourceVersion)) return 'before';
  return timeline.orderAgainst(config.resourceVersion, start, CERTAINLY_BEFORE);
}

/**
 * The pod's creation is a time of the API server like the change itself, so no clock can mislead there: the kubelet
 * reads configuration only after it. A config that was never written after the second of its creation is what a
 * container found that started in a later one: it could not have started without it.
 */
function isBeforeStart(changedAt: number, start: number, { pod, config, dependency }: InstanceEvidence): boolean {
  if (changedAt < start - CERTAINLY_BEFORE) return true;
  if (changedAt < parseTime(pod.createdAt)) return true;
  const settled = dependency.optional ? CERTAINLY_AFTER : SECOND;
  return changedAt === parseTime(config?.createdAt ?? null) && start >= changedAt + settled;
}

function parseTime(time: string | null): number {
  return time === null ? Number.NaN : Date.parse(time);
}

function changed(evidence: InstanceEvidence, changedAt: number): Judgement {
  return judgeChange(evidence, changedAt, 'time', 'written after the container started; contents were not compared');
}

function unknown(reason: string): Judgement {
  return { state: 'unknown', evidence: 'none', reason };
}
