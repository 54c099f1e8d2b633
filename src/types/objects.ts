import type { WorkloadObject } from './graph.ts';

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
  /** `state.running.startedAt`, or of a finished container `state.terminated.startedAt`; `null` when it never started, or nobody tells. Whole seconds, node clock. */
  startedAt: string | null;
  /** True also where nobody tells, but the pod runs. */
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
