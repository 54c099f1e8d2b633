/**
 * The shared vocabulary: plain JSON-safe values that flow from the cluster (or from manifests) to the views.
 * Times are RFC 3339 UTC strings as the API server wrote them; `null` means "not known", never "none".
 */

/** What names one object. `namespace` is '' for an object that carries none (a manifest without a namespace). */
export interface ObjectReference {
  apiVersion: string;
  kind: string;
  namespace: string;
  name: string;
}

/** An entry of `metadata.ownerReferences` that is the object's controller. */
export interface ControllerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
}

/** The two kinds that hold configuration. */
export type ConfigKind = 'ConfigMap' | 'Secret';

/** How a container comes by a config. */
export type Via =
  | 'env'
  | 'envFrom'
  | 'volume'
  | 'subPath'
  | 'projected'
  | 'imagePullSecret'
  | 'csi'
  | 'serviceAccount'
  | 'annotation';

/** One use of one config by one container. */
export interface ConfigRef {
  /** The config that is used. */
  config: ObjectReference;
  /** The container that uses it; `null` where the use is the pod's own (pull secrets, a volume that no container mounts, an annotation). */
  container: string | null;
  /** True for init containers, sidecars (restartable init containers) included. */
  init: boolean;
  via: Via;
  /** The keys used, sorted; `null` for all keys. */
  keys: string[] | null;
  /** `env`: the variable. `envFrom`: the prefix and `*`. Mounts: the path in the container. Volumes that nobody mounts: the volume's name. Otherwise the field or annotation that names the config. */
  at: string;
  /** The pod starts without it. */
  optional: boolean;
  /** Where a subPath shows a folder: all keys of the config in its volume, sorted. The folder is empty as soon as the kubelet rewrites any file of the volume. */
  volumeKeys?: string[];
}

/** One container of a pod as its status tells it. */
export interface ContainerInstance {
  name: string;
  init: boolean;
  /** `state.running.startedAt`, or of a finished container `state.terminated.startedAt`; `null` when it never started. Whole seconds, node clock. */
  startedAt: string | null;
  running: boolean;
  restartCount: number;
  /** Of a container that was restarted in place: when the instance before it ended, node clock; `null` for a first one. */
  previousEndedAt: string | null;
  /** Of a container that the probe had restarted: its reason, `/etc/app was updated (app.conf)`. */
  probeReason?: string;
}

/** A pod, reduced to what verdicts need. */
export interface PodObject {
  ref: ObjectReference;
  uid: string;
  resourceVersion: string;
  createdAt: string | null;
  /** The newest time in its managedFields: it was written no earlier than this. */
  writtenAt: string | null;
  controller: ControllerReference | null;
  labels: Record<string, string>;
  /** Of the pod, and so of the template that it was made from; only those that we read. */
  annotations: Record<string, string>;
  phase: string;
  deleting: boolean;
  serviceAccountName: string;
  /** Left out while it has no node. */
  nodeName?: string;
  references: ConfigRef[];
  containers: ContainerInstance[];
}

/** How the clock of a node stands against that of the API server, in milliseconds: both are 0 where no difference is to be seen. */
export interface NodeClock {
  node: string;
  /** At most so much ahead. */
  ahead: number;
  /** At most so much behind. */
  behind: number;
}

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

/** The last known write of one key of a config, from managedFields: the newest over all entries that own it. */
export interface KeyWrite {
  key: string;
  /** `null` when one of its owners carries no time, or when no entry owns it. */
  at: string | null;
  /** The field manager of the newest entry. */
  by: string | null;
  /** Present for a key of a ConfigMap's `binaryData`: it can be mounted, but no variable can take its value from it. */
  binary?: true;
}

/** A ConfigMap or Secret without its values. */
export interface ConfigObject {
  ref: ObjectReference;
  /** `type` of a Secret; '' for ConfigMaps and where it is not known. */
  type: string;
  uid: string;
  resourceVersion: string;
  createdAt: string | null;
  /** The keys that are known to exist, sorted by name. */
  keys: KeyWrite[];
  /** True when `keys` are all keys of the object; false when some have no known owner. */
  keysComplete: boolean;
  /** True when some managedFields entry carries no time, whatever it owns (a merge of entries leaves such a trace), or managedFields are gone: times prove nothing then. */
  timesIncomplete: boolean;
  /** Present when a server-side apply owns keys: such owners can be merged with others, and what is merged keeps the older time. */
  applied?: true;
  /** The newest time in its managedFields: it was written no earlier than this. */
  writtenAt: string | null;
  /** Nothing but a new object of the same name can change its content. */
  immutable: boolean;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/** A ServiceAccount: the pull secrets that it lends to its pods. */
export interface ServiceAccountObject {
  ref: ObjectReference;
  imagePullSecrets: string[];
}

/** An intermediate owner (a ReplicaSet of a Deployment, a custom resource): only what walking up needs. */
export interface OwnerObject {
  ref: ObjectReference;
  uid: string;
  controller: ControllerReference | null;
}

/** Something that could not be read, and why: it is said at the end, and nothing is concluded from its absence. */
export interface Unseen {
  /** Resource as in the API path: `secrets`. */
  resource: string;
  kind: string;
  /** '' for all namespaces. */
  namespace: string;
  message: string;
}

/** All that was read, from a cluster or from manifests. */
export interface ObjectSet {
  workloads: WorkloadObject[];
  pods: PodObject[];
  configs: ConfigObject[];
  serviceAccounts: ServiceAccountObject[];
  owners: OwnerObject[];
  /** The nodes whose clocks could be compared. */
  nodeClocks?: NodeClock[];
  unseen: Unseen[];
  /** True for manifests: what they do not hold may well exist in the cluster. */
  offline: boolean;
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
  /** A JSON Patch of the workload: https://www.rfc-editor.org/rfc/rfc6902 */
  patch: { op: 'add' | 'replace' | 'remove' | 'test'; path: string; value?: unknown }[];
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
