import type { ConfigObject, ContainerInstance, Evidence, PodObject, State } from '../types.ts';
import type { KeyChange } from './change-time.ts';
import type { WriteTimeline } from './witness.ts';
import { isWrittenLater } from './witness.ts';

/** A verdict without the name of its pod. */
export interface Judgement {
  state: State;
  evidence: Evidence;
  reason: string;
}

/** What content a use has: fixed when the container starts, or files that the kubelet rewrites. */
export type Freshness = 'at-start' | 'rewritten';

/** What a judgement by time rests on. */
export interface TimeEvidence {
  pod: PodObject;
  instance: ContainerInstance;
  config: ConfigObject;
  change: KeyChange;
  freshness: Freshness;
  timeline: WriteTimeline;
  /** Epoch milliseconds. */
  now: number;
}

const SECOND = 1000;
/** Both times are whole seconds, cut off, and the environment is read up to 2 s before the recorded start. */
const CERTAINLY_AFTER = 2 * SECOND;
/** Covers the clocks of node and API server, the kubelet's cache and a loaded node. */
const CERTAINLY_BEFORE = 5 * SECOND;
/** The longest that the kubelet takes by default to rewrite mounted files: 1.5 times its sync period of a minute. */
const REWRITE_BOUND = 90 * SECOND;

/**
 * Judges one container by change time against its start. It says `current` only when the times say so **and** the
 * order of writes shows that nothing was written since without leaving a time.
 */
export function judgeByTime(evidence: TimeEvidence): Judgement {
  const { pod, instance, config, change, timeline } = evidence;
  const start = instance.startedAt === null ? Number.NaN : Date.parse(instance.startedAt);
  if (Number.isNaN(start))
    return { state: 'unknown', evidence: 'none', reason: 'the start of the container is not known' };
  // The pod's status tells this start, so the pod was written after it: whatever was written later still came after the start.
  const sincePod = isWrittenLater(config.resourceVersion, pod.resourceVersion);
  const order = sincePod ? 'after' : orderAgainstStart(config, pod, start, timeline);
  const changedAt = change.at === null ? Number.NaN : Date.parse(change.at);

  if (order === 'after' && change.certain && changedAt >= start - CERTAINLY_AFTER) return changed(evidence, changedAt);
  if (order === 'after') {
    return unknown(
      'it was written after the container started, but not known is which part (a label, another key, or a removed key)',
    );
  }
  if (!Number.isNaN(changedAt) && changedAt > start + CERTAINLY_AFTER) return changed(evidence, changedAt);
  if (!change.certain && order !== 'before') return unknown('its managed fields do not tell when it was last written');
  if (change.certain && !isBeforeStart(changedAt, start, pod, config)) {
    return unknown('it was written within seconds of the start of the container');
  }
  if (order === 'unknown') return unknown('whether it was written since, without leaving a time, cannot be told');
  return { state: 'current', evidence: 'time', reason: 'the container started after the last write' };
}

function orderAgainstStart(config: ConfigObject, pod: PodObject, start: number, timeline: WriteTimeline) {
  const written = pod.writtenAt === null ? Number.NaN : Date.parse(pod.writtenAt);
  if (isWrittenLater(pod.resourceVersion, config.resourceVersion) && written <= start + CERTAINLY_BEFORE)
    return 'before';
  return timeline.orderAgainst(config.resourceVersion, start, CERTAINLY_BEFORE);
}

/**
 * The pod's creation is a time of the API server like the change itself, so no clock can mislead there: the kubelet
 * reads configuration only after it. A config that was never written after its creation is what any container found
 * that needed it.
 */
function isBeforeStart(changedAt: number, start: number, pod: PodObject, config: ConfigObject): boolean {
  if (changedAt < start - CERTAINLY_BEFORE) return true;
  const podCreated = pod.createdAt === null ? Number.NaN : Date.parse(pod.createdAt);
  if (changedAt < podCreated) return true;
  const created = config.createdAt === null ? Number.NaN : Date.parse(config.createdAt);
  return changedAt === created && start >= changedAt + CERTAINLY_AFTER;
}

function changed(evidence: TimeEvidence, changedAt: number): Judgement {
  const { freshness, instance, now } = evidence;
  if (freshness === 'at-start' || !instance.running) {
    return {
      state: 'stale',
      evidence: 'time',
      reason: 'written after the container started; contents were not compared',
    };
  }
  if (now - changedAt < REWRITE_BOUND) {
    return {
      state: 'pending',
      evidence: 'time',
      reason: 'the kubelet may take 90 s to write the change into the mounted files',
    };
  }
  return {
    state: 'refreshed',
    evidence: 'time',
    reason: 'the mounted files are newer than the process; whether it read them again cannot be seen',
  };
}

function unknown(reason: string): Judgement {
  return { state: 'unknown', evidence: 'none', reason };
}
