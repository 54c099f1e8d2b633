import type { ObjectReference } from './objects.ts';

/** Where a rollout stands. */
export type RolloutPhase = 'waiting' | 'progressing' | 'complete' | 'failed';

/** The state of one rollout as a pure function of objects gives it. Counts are pods. */
export interface RolloutState {
  phase: RolloutPhase;
  desired: number;
  updated: number;
  ready: number;
  available: number;
  /** Pods of older templates that are still there. */
  old: number;
  /** One sentence, in the wording of `kubectl rollout status` where it has one. */
  message: string;
  /** A machine-readable reason as Kubernetes words it (`CrashLoopBackOff`); '' when nothing is wrong. */
  reason: string;
}

/** One change of a rollout. */
export interface RolloutEvent extends RolloutState {
  time: string;
  workload: ObjectReference;
  /** Of a rollout that failed: the last lines of the log of the container that is to blame, as the application wrote them. Left out where there are none. */
  log?: string[];
  /** Of a rollout that failed: the container that is to blame, and whether by the instance before the one that runs now. */
  suspect?: { pod: string; container: string; previous: boolean };
}
