import type { ObjectReference, Via } from './objects.ts';

/** What a container runs, against what the cluster holds now. */
export type State = 'current' | 'stale' | 'refreshed' | 'pending' | 'missing' | 'unknown';

/** What a verdict rests on, strongest first. */
export type Evidence = 'exec' | 'history' | 'stamp' | 'time' | 'none';

/** The verdict on one container of one pod for one reference. */
export interface PodVerdict {
  name: string;
  state: State;
  evidence: Evidence;
  startedAt: string | null;
  reason: string;
  /** Its last restart in place, where the probe had it restarted: when the instance before it ended, and what the probe said. */
  probeRestart?: { at: string | null; reason: string };
}

/** One row of `status`: a reference and the verdicts of its pods. */
export interface StatusItem {
  workload: ObjectReference;
  container: string | null;
  init: boolean;
  config: ObjectReference;
  via: Via;
  keys: string[] | null;
  at: string;
  optional: boolean;
  state: State;
  evidence: Evidence;
  reason: string;
  changedAt: string | null;
  changedBy: string | null;
  changedKeys: string[];
  pods: PodVerdict[];
}
