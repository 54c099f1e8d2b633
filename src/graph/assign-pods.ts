import { findKindOf } from '../objects/kinds.ts';
import { objectKey } from '../objects/object-key.ts';
import { NO_POLICY } from '../objects/rollout-policy.ts';
import type {
  ControllerReference,
  ObjectReference,
  ObjectSet,
  OwnerObject,
  PodObject,
  Workload,
  WorkloadObject,
} from '../types.ts';
import { uniteReferences } from './unite-references.ts';

/** Kinds that are a workload's proper home even where something owns them, an operator for one. */
const HOMES = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'ReplicationController',
  'Rollout',
  'DeploymentConfig',
];

/** Whose ReplicaSets are named after them, and the label of their pods that has the rest of that name. */
const REPLICA_SET_OWNERS = [
  ['apps/v1', 'Deployment', 'pod-template-hash'],
  ['argoproj.io/v1alpha1', 'Rollout', 'rollouts-pod-template-hash'],
] as const;

/**
 * Every workload with its pods. A pod belongs to the first of the kinds above that the walk up its controllers meets, else to
 * the last owner that is known: the topmost custom resource, a bare ReplicaSet or Job, or the pod itself. Workloads without
 * pods are there too. An owner of which nothing but the name is known uses what its pods use.
 */
export function assignPods(objects: ObjectSet): Workload[] {
  const owners = indexOwners(objects);
  const workloads = new Map<string, Workload>();
  const byName = new Map<string, Workload>();
  const described = new Map<Workload, Described[]>();

  const findHome = (child: Described): Workload => {
    const { namespace } = child.ref;
    const top = child.controller === null ? child : (findUnlisted(child) ?? climb(child.controller, namespace, owners));
    const ref = 'ref' in top ? top.ref : { apiVersion: top.apiVersion, kind: top.kind, namespace, name: top.name };
    const key = identify(top.uid, ref);
    const known = workloads.get(key);
    if (known !== undefined) return known;
    const controller = owners.get(top.uid)?.controller ?? null;
    const home = describeOwner(ref, top.uid, controller, child);
    workloads.set(key, home);
    described.set(home, []);
    return home;
  };

  /** The Deployment or Rollout of a pod whose ReplicaSet may not be listed: that has its name, and the hash in the pod's label. */
  const findUnlisted = ({ ref, controller, labels }: Described): Workload | undefined => {
    if (controller?.kind !== 'ReplicaSet' || owners.has(controller.uid)) return undefined;
    for (const [apiVersion, kind, label] of REPLICA_SET_OWNERS) {
      const end = `-${labels[label]}`;
      if (!controller.name.endsWith(end)) continue;
      const name = controller.name.slice(0, -end.length);
      const found = byName.get(objectKey({ apiVersion, kind, namespace: ref.namespace, name }));
      if (found !== undefined) return found;
    }
    return undefined;
  };

  const between: WorkloadObject[] = [];
  for (const object of objects.workloads) {
    const { ref, controller } = object;
    if (controller !== null && !isHome(ref, controller)) {
      between.push(object);
      continue;
    }
    const workload = { ...object, pods: [] };
    workloads.set(identify(object.uid, ref), workload);
    byName.set(objectKey(ref), workload);
  }
  for (const pod of objects.pods) {
    const home = findHome(isMirror(pod) ? { ...pod, controller: null } : pod);
    home.pods.push(pod);
    described.get(home)?.push(pod);
  }
  for (const workload of between) {
    const home = findHome(workload);
    if (home.pods.length === 0 && workload.policy.replicas !== 0) described.get(home)?.push(workload);
  }
  for (const [home, children] of described) home.references = uniteReferences(children);
  return [...workloads.values()];
}

/** What an owner is described by: a pod of it, or a ReplicaSet or Job in between. */
type Described = PodObject | WorkloadObject;

function indexOwners({ owners, workloads }: ObjectSet): Map<string, OwnerObject> {
  const byUid = new Map<string, OwnerObject>();
  // Manifests have no uids.
  for (const owner of [...owners, ...workloads]) if (owner.uid !== '') byUid.set(owner.uid, owner);
  return byUid;
}

/** The owner to stop at, from the first controller upward. */
function climb(first: ControllerReference, namespace: string, owners: Map<string, OwnerObject>): ControllerReference {
  const passed = new Set<string>();
  let top = first;
  for (;;) {
    const known = owners.get(top.uid);
    const next = known?.controller ?? null;
    // Owners live in the namespace of what they own or in none; the garbage collector takes others for absent.
    const isOwner = known !== undefined && (known.ref.namespace === namespace || known.ref.namespace === '');
    if (next === null || !isOwner || isHome(top, next) || passed.has(top.uid)) return top;
    passed.add(top.uid);
    top = next;
  }
}

function isHome(
  { apiVersion, kind }: Pick<ObjectReference, 'apiVersion' | 'kind'>,
  owner: ControllerReference,
): boolean {
  if (!HOMES.includes(kind) || findKindOf(apiVersion, kind) === undefined) return false;
  return !(kind === 'ReplicationController' && owner.kind === 'DeploymentConfig');
}

/**
 * True for the API's picture of a static pod, which its node owns.
 * https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/
 */
function isMirror({ controller }: PodObject): boolean {
  return controller?.kind === 'Node' && controller.apiVersion === 'v1';
}

/** Without a uid (in manifests) an object is known by its name. */
function identify(uid: string, ref: ObjectReference): string {
  return uid === '' ? objectKey(ref) : `${ref.namespace}\0${uid}`;
}

function describeOwner(
  ref: ObjectReference,
  uid: string,
  controller: ControllerReference | null,
  child: Described,
): Workload {
  // A pod that nobody owns is its own workload; of another owner its children tell neither labels nor annotations.
  const own = child.controller === null && 'containers' in child ? child : undefined;
  return {
    ref,
    uid,
    resourceVersion: own?.resourceVersion ?? '',
    controller,
    labels: own?.labels ?? {},
    annotations: own?.annotations ?? {},
    templateAnnotations: own?.annotations ?? {},
    templateLabels: own?.labels ?? {},
    serviceAccountName: child.serviceAccountName,
    references: [],
    policy: NO_POLICY,
    progress: null,
    unprobed: [],
    podResources: {},
    pods: [],
  };
}
