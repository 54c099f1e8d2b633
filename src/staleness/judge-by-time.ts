import type { InstanceEvidence, Judgement } from './judgement.ts';
import { judgeChange } from './judgement.ts';
import type { StartWindow } from './start-window.ts';
import { findStartWindow, parseTime } from './start-window.ts';
import type { WriteOrder } from './witness.ts';
import { isWrittenLater } from './witness.ts';

const SECOND = 1000;
/** A pod's last write this soon after the start is its becoming Running or Ready: little else can have come between. */
const FIRST_STATUS = 5 * SECOND;
const FIRST_READY = 120 * SECOND;
/** So long the API server can be asked what was there at the start: `etcd-compaction-interval` is five minutes. Meanwhile nothing is taken for likely. */
const REMEMBERED = 300 * SECOND;

/**
 * Judges one container by change time against its start. It says `current` only when the times say so **and** the
 * order of writes shows no write since that left no time.
 */
export function judgeByTime(evidence: InstanceEvidence): Judgement {
  const { dependency, config, change } = evidence;
  if (config === null || change === null) {
    return dependency.exists === null
      ? unknown('it could not be read')
      : unknown('it is optional and absent; whether it was there at the start cannot be told');
  }
  const window = findStartWindow(evidence);
  if (window === null) return unknown('the start of the container is not known');
  if (evidence.history.wasAbsent(evidence.pod, config.resourceVersion)) return CREATED_SINCE;
  const order = orderAgainstStart(evidence, window);
  const changedAt = parseTime(change.at);

  if (order === 'before') return CURRENT;
  if (order === 'after' && change.certain && changedAt > window.start) return changed(evidence, changedAt);
  if (order === 'after') {
    return unknown(
      'it was written after the container started, but not known is which part (a label, another key, or a removed key)',
    );
  }
  if (changedAt > window.latest) return changed(evidence, changedAt);
  if (!change.certain && order !== 'likely') return unknown('its managed fields do not tell when it was last written');
  if (change.certain && !isReadAfter(changedAt, window, evidence)) {
    return unknown('it was written while the container was being started');
  }
  if (order === 'unknown' && !leavesTimes(evidence)) {
    return unknown('whether it was written since, without leaving a time, cannot be told');
  }
  return CURRENT;
}

const CURRENT: Judgement = {
  state: 'current',
  evidence: 'time',
  reason: 'the container started after the last write',
};

const CREATED_SINCE: Judgement = {
  state: 'current',
  evidence: 'history',
  reason: 'its pod was not there yet when the config was last written',
};

/** Whether the object, whatever part of it, was surely written before or after the start of the container. */
export function orderOfWrite(evidence: InstanceEvidence): WriteOrder {
  const { config, change } = evidence;
  const window = findStartWindow(evidence);
  if (config === null || change === null || window === null) return 'unknown';
  const order = orderAgainstStart(evidence, window);
  if (order === 'before' || order === 'after') return order;
  return parseTime(change.at) > window.latest ? 'after' : 'unknown';
}

/** `likely`: before, but for the moments from its start until the pod was ready. */
function orderAgainstStart(evidence: InstanceEvidence, window: StartWindow): WriteOrder | 'likely' {
  const { config, change, pod, timeline, history, now } = evidence;
  if (config === null) return 'unknown';
  // The pod's status tells this start, so the pod was written after it: whatever was written later still came after the start.
  if (isWrittenLater(config.resourceVersion, pod.resourceVersion)) return 'after';
  if (history.wasAbsent(pod, config.resourceVersion)) return 'before';
  const told = timeline.orderAgainst(config.resourceVersion, window);
  if (told !== 'unknown') return told;
  const isFirstStart = pod.containers.every(({ restartCount }) => restartCount === 0);
  const bound = change?.certain === true && isFirstStart ? FIRST_READY : FIRST_STATUS;
  const isFirstWrite = window.isTrusted && parseTime(pod.writtenAt) <= window.start + bound;
  if (!isFirstWrite || isRestartWithFiles(evidence)) return 'unknown';
  if (!isWrittenLater(pod.resourceVersion, config.resourceVersion)) return 'unknown';
  if (now - window.start > REMEMBERED) return 'likely';
  // What is forgotten already is older than a start of these minutes.
  return history.isPast(config.resourceVersion, pod.resourceVersion) ? 'before' : 'unknown';
}

/** A container that was restarted in place got the files that were there, of before or after a recent write. */
function isRestartWithFiles({ instance, dependency: { via } }: InstanceEvidence): boolean {
  return instance.restartCount > 0 && via !== 'env' && via !== 'envFrom';
}

/** True when the kubelet read the config after this change. */
function isReadAfter(
  changedAt: number,
  { earliest, start, isTrusted }: StartWindow,
  evidence: InstanceEvidence,
): boolean {
  if (changedAt < earliest) return true;
  const { pod, instance, config, dependency, now } = evidence;
  if (instance.restartCount > 0 || dependency.optional || !isTrusted || now - start < REMEMBERED) return false;
  // Created before the pod, or in the same second, and never written since: a container could not have started without it.
  const created = parseTime(config?.createdAt ?? null);
  return changedAt === created && created <= parseTime(pod.createdAt) && start > created;
}

/**
 * True when a write that changes what the container uses leaves a time: keys that are used one by one cannot go away unseen, and nobody
 * merges their owners.
 */
function leavesTimes({ dependency, config, change, pod }: InstanceEvidence): boolean {
  if (config === null || !isWrittenLater(pod.resourceVersion, config.resourceVersion)) return false;
  return dependency.keys !== null && change?.certain === true && config.applied !== true;
}

function changed(evidence: InstanceEvidence, changedAt: number): Judgement {
  return judgeChange(evidence, changedAt, 'time', 'written after the container started; contents were not compared');
}

function unknown(reason: string): Judgement {
  return { state: 'unknown', evidence: 'none', reason };
}
