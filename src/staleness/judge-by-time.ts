import type { PodObject } from '../types.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';
import { judgeChange, REWRITE_BOUND } from './judgement.ts';
import type { WriteOrder } from './witness.ts';
import { isWrittenLater } from './witness.ts';

const SECOND = 1000;
/** Two times in whole seconds, cut off, of clocks that nobody compared. */
const CERTAINLY_AFTER = 2 * SECOND;
/** A pod's last write this soon after the start is its becoming Running or Ready: little else can have come between. */
const FIRST_STATUS = 5 * SECOND;
const FIRST_READY = 120 * SECOND;

/**
 * Judges one container by change time against its start. It says `current` only when the times say so **and** the
 * order of writes shows no write since that left no time.
 */
export function judgeByTime(evidence: InstanceEvidence): Judgement {
  const { dependency, instance, config, change } = evidence;
  if (config === null || change === null) {
    return dependency.exists === null
      ? unknown('it could not be read')
      : unknown('it is optional and absent; whether it was there at the start cannot be told');
  }
  const start = parseTime(instance.startedAt);
  if (Number.isNaN(start)) return unknown('the start of the container is not known');
  const order = orderAgainstStart(evidence, start);
  const changedAt = parseTime(change.at);

  if (order === 'after' && change.certain && changedAt > start) return changed(evidence, changedAt);
  if (order === 'after') {
    return unknown(
      'it was written after the container started, but not known is which part (a label, another key, or a removed key)',
    );
  }
  if (changedAt > start + CERTAINLY_AFTER) return changed(evidence, changedAt);
  if (!change.certain && order !== 'before') return unknown('its managed fields do not tell when it was last written');
  if (change.certain && !isReadAfter(changedAt, start, evidence)) {
    return unknown('it was written while the container was being started');
  }
  if (order === 'unknown') return unknown('whether it was written since, without leaving a time, cannot be told');
  if (start > parseTime(evidence.pod.writtenAt) + SECOND) return unknown('the clock of its node is ahead');
  return { state: 'current', evidence: 'time', reason: 'the container started after the last write' };
}

/** Whether the object, whatever part of it, was surely written after the start of the container. */
export function orderOfWrite(evidence: InstanceEvidence): 'after' | 'unknown' {
  const { instance, config, change } = evidence;
  const start = parseTime(instance.startedAt);
  if (config === null || change === null || Number.isNaN(start)) return 'unknown';
  if (parseTime(change.at) > start + CERTAINLY_AFTER) return 'after';
  return orderAgainstStart(evidence, start) === 'after' ? 'after' : 'unknown';
}

function orderAgainstStart({ config, change, pod, timeline }: InstanceEvidence, start: number): WriteOrder {
  if (config === null) return 'unknown';
  // The pod's status tells this start, so the pod was written after it: whatever was written later still came after the start.
  if (isWrittenLater(config.resourceVersion, pod.resourceVersion)) return 'after';
  const told = timeline.orderAgainst(config.resourceVersion, start, CERTAINLY_AFTER);
  if (told !== 'unknown') return told;
  const bound = change?.certain === true ? FIRST_READY : FIRST_STATUS;
  const isFirstWrite = parseTime(pod.writtenAt) <= start + bound;
  return isFirstWrite && isWrittenLater(pod.resourceVersion, config.resourceVersion) ? 'before' : 'unknown';
}

/**
 * True when the kubelet read the config after this change. On a busy node it reads the environment many seconds before
 * the recorded start, so the start is no measure; the creation of the pod, or the end of the instance before this one, is:
 * it reads nothing earlier.
 */
function isReadAfter(changedAt: number, start: number, evidence: InstanceEvidence): boolean {
  const { pod, instance, config, dependency } = evidence;
  const podCreated = parseTime(pod.createdAt);
  if (changedAt < podCreated) return true;
  if (instance.restartCount > 0) {
    const previousEnd = parseTime(instance.previousEndedAt);
    // A container restarted in place may get the files of before a change that the kubelet has not yet written.
    return changedAt < previousEnd - (isFile(evidence) ? REWRITE_BOUND : CERTAINLY_AFTER);
  }
  // Created before the pod, or in the same second, and never written since: a container could not have started without it.
  const created = parseTime(config?.createdAt ?? null);
  return !dependency.optional && changedAt === created && created <= podCreated && start > created;
}

function isFile({ dependency: { via } }: InstanceEvidence): boolean {
  return via === 'volume' || via === 'projected' || via === 'subPath';
}

function parseTime(time: PodObject['writtenAt']): number {
  return time === null ? Number.NaN : Date.parse(time);
}

function changed(evidence: InstanceEvidence, changedAt: number): Judgement {
  return judgeChange(evidence, changedAt, 'time', 'written after the container started; contents were not compared');
}

function unknown(reason: string): Judgement {
  return { state: 'unknown', evidence: 'none', reason };
}
