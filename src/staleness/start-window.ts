import type { InstanceEvidence } from './judgement.ts';
import { REWRITE_BOUND } from './judgement.ts';

const SECOND = 1000;
/** Two times in whole seconds, cut off. */
const ROUNDING = 2 * SECOND;
/** How far a clock may be ahead that nobody could compare. Nodes without time service are worse, and seldom. */
const UNCOMPARED = { ahead: 8 * SECOND, behind: 0 };

/** Between which moments a container came by its content; epoch milliseconds, clock of the API server. */
export interface StartWindow {
  /** It holds whatever was written before this. */
  earliest: number;
  /** Its recorded start, on the clock of its node. */
  start: number;
  /** It holds nothing that was written after this. */
  latest: number;
  /** False where the clock of the node is seen to be ahead, and not by how much. */
  isTrusted: boolean;
}

/**
 * The moments between which a container came by its content. On a busy node the kubelet reads the environment many seconds
 * before the recorded start, so that start is no lower bound; the creation of the pod is, or the end of the instance
 * before this one: it reads nothing earlier.
 * @returns `null` when the start is not known
 */
export function findStartWindow(evidence: InstanceEvidence): StartWindow | null {
  const { pod, instance, clock } = evidence;
  const { ahead, behind } = clock ?? UNCOMPARED;
  const start = parseTime(instance.startedAt);
  if (Number.isNaN(start)) return null;
  const created = parseTime(pod.createdAt);
  // The pod's status tells this start, so it was written after it.
  const isTrusted = clock !== undefined || start <= parseTime(pod.writtenAt) + SECOND;
  const previousEnd = instance.restartCount > 0 ? parseTime(instance.previousEndedAt) : Number.NaN;
  // A container restarted in place may get the files of before a change that the kubelet has not yet written.
  const margin = isFile(evidence) ? REWRITE_BOUND : ROUNDING;
  const bounds = [created, isTrusted ? previousEnd - ahead - margin : Number.NaN].filter(
    (bound) => !Number.isNaN(bound),
  );
  return {
    earliest: Math.max(Number.NEGATIVE_INFINITY, ...bounds),
    start: start + behind,
    latest: start + behind + ROUNDING,
    isTrusted,
  };
}

function isFile({ dependency: { via } }: InstanceEvidence): boolean {
  // What an annotation names may be used in any way.
  return via === 'volume' || via === 'projected' || via === 'subPath' || via === 'annotation';
}

/** Epoch milliseconds; NaN for a time that is not known. */
export function parseTime(time: string | null): number {
  return time === null ? Number.NaN : Date.parse(time);
}
