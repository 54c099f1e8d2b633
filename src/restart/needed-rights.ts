import type { Access, Rights } from '../cluster/read-rights.ts';
import { findKindOf, groupOf } from '../objects/kinds.ts';
import type { RestartStep } from '../types.ts';
import type { Refusal } from './refusal.ts';

/** What the rights of a user make of a step. */
export interface RightsVerdict {
  refusal: Refusal | null;
  warnings: string[];
  /** A pod may be tried. */
  mayCreatePods: boolean;
}

/**
 * Whether a user may do what a step takes, and follow it.
 * @param follow the rollout is to be followed to its end; evictions always are
 * @throws as `Rights.may`
 */
export async function checkRights(step: RestartStep, rights: Rights, follow: boolean): Promise<RightsVerdict> {
  const { apiVersion, kind, name, namespace } = step.workload;
  const workload = { group: groupOf(apiVersion), resource: findKindOf(apiVersion, kind)?.plural ?? '', name };
  const workloads = { ...workload, name: '' };
  const pods = { group: '', resource: 'pods', name: '' };
  const watch = (what: Omit<Access, 'verb'>): Access[] => ['list', 'watch'].map((verb) => ({ ...what, verb }));

  const needed: Access[] = [];
  const wanted: Access[] = [];
  switch (step.action) {
    case 'patch':
    case 'restartAt':
      needed.push({ ...workload, verb: 'patch' });
      wanted.push(...watch(pods));
      break;
    case 'evict':
      needed.push({ ...workload, verb: 'get' }, ...watch(workloads), ...watch(pods));
      for (const pod of step.evict ?? []) {
        needed.push({ verb: 'create', group: '', resource: 'pods/eviction', name: pod.name });
      }
      break;
    case 'wait':
      wanted.push(...watch(pods));
      break;
    default:
      step.action satisfies never;
  }
  const missing = await findMissing(needed, rights);
  if (missing !== undefined) return refuse(describeMissing(missing, namespace));
  const warnings: string[] = [];
  if (follow) {
    const unfollowed = await findMissing(watch(workloads), rights);
    if (unfollowed !== undefined) {
      const reason = describeMissing(unfollowed, namespace);
      return refuse(`${reason}, so it could not be followed: --wait=false does without`);
    }
    const unread = await findMissing(wanted, rights);
    if (unread !== undefined) {
      warnings.push(`${describeMissing(unread, namespace)}: only its status tells how it goes, and not why it fails`);
    }
  }
  return { refusal: null, warnings, mayCreatePods: await rights.may({ ...pods, verb: 'create' }) };
}

function refuse(reason: string): RightsVerdict {
  return { refusal: { code: 'forbidden', reason, mayForce: false }, warnings: [], mayCreatePods: false };
}

async function findMissing(accesses: readonly Access[], rights: Rights): Promise<Access | undefined> {
  for (const access of accesses) if (!(await rights.may(access))) return access;
  return undefined;
}

function describeMissing({ verb, group, resource, name }: Access, namespace: string): string {
  const which = name === '' ? '' : ` "${name}"`;
  return `no right to ${verb} ${group === '' ? resource : `${resource}.${group}`}${which} in namespace ${namespace}`;
}
