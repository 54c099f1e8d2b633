import type { ObjectReference } from './objects.ts';

/** One requirement of a label selector; a selector holds where all of its requirements do. */
export interface LabelRequirement {
  key: string;
  operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  values: string[];
}

/** A PodDisruptionBudget. Counts are pods. */
export interface DisruptionBudget {
  ref: ObjectReference;
  /** An empty one selects every pod of the namespace; `null` selects none. */
  selector: LabelRequirement[] | null;
  /** That may be evicted now. */
  allowed: number;
  /** That could be evicted if all were healthy; 0 where it never allows any, `null` while its pods have not been counted. */
  most: number | null;
}

/** A HorizontalPodAutoscaler. */
export interface Autoscaler {
  ref: ObjectReference;
  target: ObjectReference;
  minReplicas: number;
}

/** A ResourceQuota. */
export interface Quota {
  ref: ObjectReference;
  /** The pods that it counts, as `spec.scopes` and `spec.scopeSelector` word it; empty for all. */
  scopes: string[];
  /** What it bounds, as `requests.cpu` or `pods`, in cores, bytes and pods, with the words of the object. */
  amounts: { resource: string; hard: number; used: number; text: string }[];
}

/** What bounds the pods of some namespaces from outside. What may not be read is not there. */
export interface Bounds {
  budgets: DisruptionBudget[];
  autoscalers: Autoscaler[];
  quotas: Quota[];
}
