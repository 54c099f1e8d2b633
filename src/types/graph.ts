import type {
  ConfigObject,
  ConfigRef,
  ControllerReference,
  NodeClock,
  ObjectReference,
  PodObject,
  Unseen,
} from './objects.ts';

/** How a workload replaces its pods. */
export interface RolloutPolicy {
  /** `spec.replicas`; `null` for kinds that have none. */
  replicas: number | null;
  paused: boolean;
  /** `RollingUpdate`, `Recreate`, `OnDelete`; '' for kinds that do not roll. */
  strategy: string;
  /** `spec.updateStrategy.rollingUpdate.partition` of a StatefulSet. */
  partition: number;
  /** How many pods a rolling update may have beyond the wanted number, `maxSurge` with its percentage resolved; 0 where old pods go first. */
  surge: number;
  /** How many of the wanted number may be missing meanwhile, `maxUnavailable` with its percentage resolved. */
  unavailable: number;
}

/** Where the last rollout stands, as the status of a workload tells it. Counts are pods. */
export interface RolloutProgress {
  /** The controller has seen the newest spec. */
  observed: boolean;
  desired: number;
  total: number;
  /** Of the newest template. */
  updated: number;
  available: number;
}

/** What owns pods, reduced to what the graph and the plan need. */
export interface WorkloadObject {
  ref: ObjectReference;
  uid: string;
  resourceVersion: string;
  controller: ControllerReference | null;
  labels: Record<string, string>;
  annotations: Record<string, string>;
  templateAnnotations: Record<string, string>;
  /** Of the pod template: its pods have them too. */
  templateLabels: Record<string, string>;
  serviceAccountName: string;
  references: ConfigRef[];
  policy: RolloutPolicy;
  /** `null` for kinds that do not roll, and before a controller has written a status. */
  progress: RolloutProgress | null;
  /** The containers of its template, in their order, that have no readiness probe. */
  unprobed: readonly string[];
  /** What one pod of the template counts against a quota: `requests.cpu` in cores, `limits.memory` in bytes. */
  podResources: Readonly<Record<string, number>>;
}

/** A pod of a workload in the graph, in the words of the pod itself. */
export interface Workload extends WorkloadObject {
  pods: PodObject[];
}

/** A reference with what is known of its target. */
export interface Dependency extends ConfigRef {
  workload: ObjectReference;
  /** `null` when it cannot be known: offline, or not allowed to look. */
  exists: boolean | null;
  /** Keys that are used but not there, sorted; empty when all are there or it cannot be known. */
  missingKeys: string[];
}

/** Who uses what. Everything sorted by namespace, kind, name, container, config, at. */
export interface Graph {
  workloads: Workload[];
  dependencies: Dependency[];
  configs: ConfigObject[];
  /** Configs that no workload uses. */
  unused: ObjectReference[];
  /** The nodes whose clocks could be compared. */
  nodeClocks?: NodeClock[];
  unseen: Unseen[];
}
