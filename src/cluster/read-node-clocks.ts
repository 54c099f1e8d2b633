import { projectNodeClock } from '../objects/lease.ts';
import type { ContainerInstance, NodeClock, PodObject } from '../types.ts';
import { ApiError } from './api-error.ts';
import type { Cluster } from './cluster.ts';

const PATH = '/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases';

/**
 * Reads how the clocks of nodes stand, where a verdict may depend on one: the start of a first container can be compared with the creation
 * of its pod, which the API server dates; that of a container that was restarted in place cannot.
 * @returns nothing where this user may not read the Leases of nodes, as few but administrators may
 * @throws as `Cluster.list`, but for 403 and 404
 */
export async function readNodeClocks(
  cluster: Cluster,
  pods: readonly PodObject[],
  signal?: AbortSignal,
): Promise<NodeClock[]> {
  const [node, ...others] = findClockNodes(pods);
  if (node === undefined) return [];
  // One Lease is named; a list of all costs no more than a few of them, and serves any number.
  const query = others.length === 0 ? { fieldSelector: `metadata.name=${node}` } : {};
  try {
    return (await cluster.list({ path: PATH, query, form: 'full', project: projectNodeClock, signal })).items;
  } catch (error) {
    if (error instanceof ApiError && (error.code === 403 || error.code === 404)) return [];
    throw error;
  }
}

/** The nodes of which a verdict on these pods may depend on the clock. */
export function findClockNodes(pods: readonly PodObject[]): ReadonlySet<string> {
  const names = pods.filter(dependsOnClock).map(({ nodeName }) => nodeName);
  return new Set(names.filter((name) => name !== undefined));
}

function dependsOnClock(pod: PodObject): boolean {
  return pod.containers.some((instance) => instance.restartCount > 0 || isOdd(instance, pod));
}

/** True for a start before the pod was created, or after its status told it: one of the clocks is wrong. */
function isOdd({ startedAt }: ContainerInstance, { createdAt, writtenAt }: PodObject): boolean {
  if (startedAt === null || createdAt === null || writtenAt === null) return false;
  return startedAt < createdAt || startedAt > writtenAt;
}
