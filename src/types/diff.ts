import type { ObjectReference } from './objects.ts';
import type { State } from './status.ts';

/** What became of one key from one content of a config to another. `unknown`: it may differ, and what it was cannot be told. */
export type DiffChange = 'added' | 'removed' | 'changed' | 'unknown';

/** One key that differs, or may. Values of Secrets are masked in it unless they were asked for. */
export interface DiffKey {
  key: string;
  change: DiffChange;
  /** The hunks of a unified diff, without the headers that name files; '' where there are no lines to show. */
  diff: string;
  /** What stands in place of the lines (`binary, 12 bytes -> 15 bytes`, or why nothing can be told), or is to be said of them; '' otherwise. */
  note: string;
  /** When the newer content was written, and by which field manager; `null` where it is not known. */
  changedAt: string | null;
  changedBy: string | null;
}

/** One side of a diff. */
export interface DiffSide {
  /** What containers hold, what the cluster holds now, or what it would hold once a manifest were applied. */
  source: 'running' | 'cluster' | 'manifest';
  /** What the content of `running` is known by; `lastApplied` is what the last `kubectl apply` wrote, and likely no more. `null` for the others. */
  evidence: 'exec' | 'history' | 'lastApplied' | 'none' | null;
  /** The object's name here: it differs from the item's where a name ends in a hash of the content. */
  name: string;
  /** `null` when it is not known. */
  exists: boolean | null;
  /** Where a manifest stands; '' otherwise. */
  file: string;
}

/** A pod with those of its containers that hold something. */
export interface DiffPod {
  name: string;
  /** Names, sorted; empty where the pod as a whole holds it. */
  containers: string[];
}

/** A workload whose containers hold the content of the side `from`. */
export interface DiffHolder extends ObjectReference {
  /** The worst of what these containers are, against the config of now. */
  state: State;
  /** Sorted by name. */
  pods: DiffPod[];
  /** True when other containers of the same pods use the config too, and hold something else of it. */
  partial: boolean;
}

/** A field of a config, other than its keys, that differs. */
export interface DiffField {
  field: 'immutable' | 'type';
  from: string;
  to: string;
}

/** What applying a change does to a workload. */
export interface DiffImpact {
  workload: ObjectReference;
  action: 'restart' | 'refresh' | 'none';
  /** True when its next start would fail for want of something that goes away. */
  breaks: boolean;
  reason: string;
}

/** One config in two contents: of those who hold the same old content, once. */
export interface DiffItem {
  config: ObjectReference;
  from: DiffSide;
  to: DiffSide;
  /** Who holds the content of `from`, where that is what containers hold. */
  workloads: DiffHolder[];
  fields: DiffField[];
  /** Sorted by name. */
  keys: DiffKey[];
  /** What applying the manifest does; empty where nothing is to be applied. */
  impact: DiffImpact[];
}
