import type { ObjectReference } from './objects.ts';

/** Why a workload is left out of a plan. */
export type SkipCode =
  | 'current'
  | 'ignored'
  | 'missing-reference'
  | 'recreated-config'
  | 'paused'
  | 'on-delete'
  | 'partition'
  | 'no-restart'
  | 'next-run'
  | 'pending'
  | 'disruption-budget'
  | 'forbidden'
  | 'rejected'
  | 'unseen';

/** One workload to restart. */
export interface RestartStep {
  wave: number;
  workload: ObjectReference;
  uid: string;
  /** `wait`: a restart of it that was made before, with the configs as they are now, has not come to its end; it is only followed. */
  action: 'patch' | 'evict' | 'restartAt' | 'wait';
  /** Of `evict`: the pods to evict, in the order in which they go. */
  evict?: { name: string; uid: string }[];
  /** Pods that run now. */
  pods: number;
  /** What changed, in words, one line a config. */
  why: string[];
  configs: ObjectReference[];
  warnings: string[];
  /**
   * The stamp that its template carried when the plan was made, `null` for none: when it carries another one by then that records the same
   * configs, somebody else has made this restart. Left out for what is restarted whatever others do: it was named, or is forced.
   */
  stamp?: string | null;
}

/** One workload that is not restarted. */
export interface RestartSkip {
  workload: ObjectReference;
  code: SkipCode;
  reason: string;
}

/** What a restart will do: the very value that the executor runs. */
export interface RestartPlan {
  steps: RestartStep[];
  skipped: RestartSkip[];
}
