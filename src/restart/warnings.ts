import { WAVE_ANNOTATION } from '../name.ts';
import type { Workload } from '../types.ts';

/** What a person should know before this workload is restarted, one sentence each. */
export function findWarnings(workload: Workload): string[] {
  return [...warnOfWave(workload), ...warnOfOwner(workload), ...warnOfGitOps(workload), ...warnOfOutage(workload)];
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

function warnOfOwner({ controller, ref }: Workload): string[] {
  if (!controller) return [];
  const owner = `${controller.kind.toLowerCase()}/${controller.name}`;
  return [`${owner} controls this ${ref.kind} and may take the restart back: its operator may have a way of its own`];
}

/** By what these tools leave on every object that they apply. */
const GIT_OPS: readonly { tool: string; isMark: (key: string) => boolean }[] = [
  { tool: 'Argo CD', isMark: (key) => key.startsWith('argocd.argoproj.io/') },
  {
    tool: 'Flux',
    isMark: (key) => key.startsWith('kustomize.toolkit.fluxcd.io/') || key.startsWith('helm.toolkit.fluxcd.io/'),
  },
];

function warnOfGitOps({ labels, annotations }: Workload): string[] {
  const keys = [...Object.keys(labels), ...Object.keys(annotations)];
  return GIT_OPS.filter(({ isMark }) => keys.some(isMark)).map(
    ({ tool }) =>
      `managed by ${tool}: a sync that replaces the annotations of the pod template rolls its pods once more`,
  );
}

function warnOfOutage({ ref, policy }: Workload): string[] {
  if (policy.replicas === 0) return [];
  if (ref.kind === 'Deployment' && policy.strategy === 'Recreate') {
    return ['strategy Recreate: all its pods stop before the new ones start'];
  }
  if (policy.replicas !== 1) return [];
  return ref.kind === 'StatefulSet'
    ? ['one replica: it is down while its pod restarts']
    : ['one replica: nothing else serves while its pod is replaced, unless the new one is ready before'];
}
