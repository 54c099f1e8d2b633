import { WAVE_ANNOTATION } from '../name.ts';
import type { RestartStep, Workload } from '../types.ts';

/**
 * What a person should know before this workload is restarted, one sentence each. Of a Helm release there is nothing: an upgrade
 * keeps what it did not write itself; neither is there of Flux, which takes back only what kubectl wrote.
 */
export function findWarnings(workload: Workload, action: RestartStep['action']): string[] {
  if (action === 'wait') return warnOfWave(workload);
  const changesTemplate = action === 'patch';
  return [
    ...warnOfWave(workload),
    ...warnOfProgress(workload),
    ...(changesTemplate ? [...warnOfOwner(workload), ...warnOfGitOps(workload)] : []),
    ...warnOfOutage(workload, action),
    ...warnOfProbes(workload),
  ];
}

/** The wave that a workload asks for; 0 where it asks for none, or for nothing that is a whole number. */
export function readWave({ annotations }: Pick<Workload, 'annotations'>): number {
  const text = annotations[WAVE_ANNOTATION]?.trim() ?? '';
  return /^[+-]?\d{1,9}$/.test(text) ? Number(text) + 0 : 0;
}

function warnOfWave({ annotations }: Workload): string[] {
  const text = annotations[WAVE_ANNOTATION];
  if (text === undefined || /^[+-]?\d{1,9}$/.test(text.trim())) return [];
  return [`${WAVE_ANNOTATION} is ${JSON.stringify(text)}, which is no whole number: it goes in wave 0`];
}

function warnOfProgress({ policy, progress }: Workload): string[] {
  // What is held back stays between two templates for as long as it is held.
  if (progress === null || policy.paused || policy.strategy === 'OnDelete' || policy.partition > 0) return [];
  const { observed, desired, total, updated, available } = progress;
  if (!observed) return ['a rollout is already under way: its controller has not yet seen the last change'];
  if (updated < desired) return [`a rollout is already under way: ${updated} of ${countOf(desired, 'pod')} updated`];
  if (total > updated) return [`a rollout is already under way: ${countOf(total - updated, 'old pod')} still there`];
  return available < desired ? [`not healthy now: ${available} of ${countOf(desired, 'pod')} available`] : [];
}

function warnOfOwner({ controller, ref }: Workload): string[] {
  if (!controller) return [];
  const owner = `${controller.kind.toLowerCase()}/${controller.name}`;
  return [
    `${owner} controls this ${ref.kind} and may take the restart back: --evict leaves the template as it is, or its operator has a way of its own`,
  ];
}

/** Argo CD leaves fields alone that its manifests do not have, unless it is told to replace whole objects. */
function warnOfGitOps({ labels, annotations }: Workload): string[] {
  const isManaged = [...Object.keys(labels), ...Object.keys(annotations)].some((key) => key.startsWith(ARGO_CD));
  if (!isManaged) return [];
  const replaces = /(^|,)\s*Replace=true\s*(,|$)/.test(annotations[`${ARGO_CD}sync-options`] ?? '');
  return [
    replaces
      ? 'Argo CD replaces it as a whole (sync option Replace=true): the next sync rolls its pods once more, unless you use --evict'
      : 'managed by Argo CD: a sync with Replace=true would roll its pods once more; --evict leaves the template as it is',
  ];
}

const ARGO_CD = 'argocd.argoproj.io/';

function warnOfOutage({ ref, policy }: Workload, action: RestartStep['action']): string[] {
  if (policy.replicas === 0) return ['scaled to 0: no pod is replaced, those that start later have the new content'];
  const rolls = action === 'patch';
  if (rolls && policy.strategy === 'Recreate') {
    return ['strategy Recreate: all its pods stop before the new ones start'];
  }
  if (policy.replicas !== 1) return [];
  // A Deployment of one makes the new pod first, by the way in which Kubernetes rounds its margins.
  return rolls && ref.kind !== 'StatefulSet' && policy.unavailable === 0
    ? ['one replica: the old pod goes as soon as Kubernetes calls the new one ready']
    : ['one replica: it is down while its pod is replaced'];
}

function warnOfProbes({ policy, unprobed }: Workload): string[] {
  if (unprobed.length === 0 || policy.replicas === 0) return [];
  const containers = unprobed.length === 1 ? `container ${unprobed[0]} has` : `containers ${unprobed.join(', ')} have`;
  return [
    `${containers} no readiness probe: Kubernetes calls a new pod ready once it runs; --soak watches it for longer`,
  ];
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
