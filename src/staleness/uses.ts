import type { ConfigRef, ContainerInstance, PodObject, Via } from '../types.ts';

/** The keys whose change makes a use stale; `null` for all. A mounted folder is lost with any file of its volume. */
export function keysThatMatter({ keys, volumeKeys }: ConfigRef): readonly string[] | null {
  return volumeKeys ?? keys;
}

/** What content a use has: fixed when the container starts, or files that the kubelet rewrites. */
export type Freshness = 'at-start' | 'rewritten';

/** What becomes of the content of a use in a running container; `null` where no container holds any. */
export function freshnessOf(use: Pick<ConfigRef, 'via' | 'container'>): Freshness | null {
  // A volume that nobody mounts holds nothing; a name in an annotation stands for the whole pod.
  if (use.container === null && use.via !== 'annotation') return null;
  return FRESHNESS[use.via];
}

const FRESHNESS: Record<Via, Freshness | null> = {
  env: 'at-start',
  envFrom: 'at-start',
  subPath: 'at-start',
  annotation: 'at-start',
  volume: 'rewritten',
  projected: 'rewritten',
  imagePullSecret: null,
  serviceAccount: null,
  csi: null,
};

/** A container of a pod that started with a use. */
export interface RunningUse {
  pod: PodObject;
  instance: ContainerInstance;
}

/** The containers that started with this use, by the pods' own specs: a pod of an older template may use other configs. */
export function findRunningUses(pods: readonly PodObject[], use: ConfigRef): RunningUse[] {
  return pods.flatMap((pod) => {
    if (pod.deleting || pod.phase === 'Succeeded' || pod.phase === 'Failed') return [];
    return findInstances(pod, use)
      .filter(hasStarted)
      .map((instance) => ({ pod, instance }));
  });
}

function findInstances(pod: PodObject, use: ConfigRef): ContainerInstance[] {
  // An annotation names no container: the one that started first runs the oldest content.
  if (use.via === 'annotation') {
    return pod.containers
      .filter((instance) => !instance.init && hasStarted(instance))
      .sort((a, b) => ((a.startedAt ?? '') < (b.startedAt ?? '') ? -1 : 1))
      .slice(0, 1);
  }
  if (!pod.references.some((own) => isSameUse(own, use))) return [];
  return pod.containers.filter(({ name }) => name === use.container);
}

/** What waits for its start holds nothing; what runs holds something, though the time of its start may not be told. */
function hasStarted({ startedAt, running }: ContainerInstance): boolean {
  return startedAt !== null || running;
}

function isSameUse(a: ConfigRef, b: ConfigRef): boolean {
  return (
    a.container === b.container &&
    a.via === b.via &&
    a.at === b.at &&
    a.config.name === b.config.name &&
    a.config.kind === b.config.kind &&
    a.keys?.join() === b.keys?.join()
  );
}
