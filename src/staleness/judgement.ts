import type { ConfigObject, Dependency, Evidence, NodeClock, State } from '../types.ts';
import type { KeyChange } from './change-time.ts';
import type { ConfigHistory } from './history.ts';
import type { Inside } from './inside.ts';
import type { Freshness, RunningUse } from './uses.ts';
import type { WriteTimeline } from './witness.ts';

/** A verdict without the name of its pod. */
export interface Judgement {
  state: State;
  evidence: Evidence;
  reason: string;
  /** The keys that are known to differ; left out where only times are known. */
  differentKeys?: string[];
}

/** What a verdict on one container for one use rests on. */
export interface InstanceEvidence extends RunningUse {
  dependency: Dependency;
  /** `null` when it does not exist or could not be read. */
  config: ConfigObject | null;
  change: KeyChange | null;
  freshness: Freshness;
  /** The workload re-reads its files by itself. */
  rereads: boolean;
  /** The config is immutable, and another one of its name was there before. */
  recreated: boolean;
  timeline: WriteTimeline;
  history: ConfigHistory;
  /** How the clock of the pod's node stands; left out where it could not be compared. */
  clock?: NodeClock;
  /** What was seen in containers, where somebody looked. */
  inside?: Inside;
  /** Epoch milliseconds. */
  now: number;
}

/** What a change that came after the start means for the container. */
export function judgeChange(
  { freshness, instance, now }: Pick<InstanceEvidence, 'freshness' | 'instance' | 'now'>,
  changedAt: number,
  evidence: Evidence,
  atStart: string,
): Judgement {
  if (freshness === 'at-start' || !instance.running) return { state: 'stale', evidence, reason: atStart };
  if (now - changedAt < REWRITE_BOUND) {
    const reason = 'the kubelet may take 90 s to write the change into the mounted files';
    return { state: 'pending', evidence, reason };
  }
  const reason = 'the mounted files are newer than the process; whether it read them again cannot be seen';
  return { state: 'refreshed', evidence, reason };
}

/** The longest that the kubelet takes by default to rewrite mounted files: 1.5 times its sync period of a minute. */
export const REWRITE_BOUND = 90_000;
