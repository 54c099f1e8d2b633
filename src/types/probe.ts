import type { ObjectReference } from './objects.ts';

/** A container that gets the probe, or loses it. */
export interface ProbedContainer {
  name: string;
  /** Which of its checks the probe is. */
  check: 'liveness' | 'readiness';
  /** What it watches, in words: directories, files and variables. */
  watches: string[];
  /** The command of the check; empty where the probe is taken out. */
  command: string[];
  /** The check that was there before, and is run by the probe from now on. */
  keeps: 'exec' | 'http' | null;
}

/** One workload whose pod template gets the probe, or loses it. */
export interface ProbeStep {
  workload: ObjectReference;
  uid: string;
  containers: ProbedContainer[];
  /** Its pods are not replaced by themselves, so that nothing can be followed. */
  held: boolean;
  warnings: string[];
  /** Of the workload. */
  patch: JsonPatchOperation[];
}

/** An operation of a JSON Patch. https://www.rfc-editor.org/rfc/rfc6902 */
export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'test';
  path: string;
  value?: unknown;
}

/** One workload that stays as it is. */
export interface ProbeSkip {
  workload: ObjectReference;
  reason: string;
  hint: string;
  /** False where there is nothing to do, and nothing is wrong. */
  refused: boolean;
}

/** What `probe inject` or `probe eject` will do: the very value that is carried out. */
export interface ProbePlan {
  steps: ProbeStep[];
  skipped: ProbeSkip[];
}

/** What a probe thinks of its container. */
export type ProbeVerdict = 'current' | 'changed' | 'held' | 'kept' | 'unready' | 'unknown';
