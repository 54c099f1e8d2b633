import { findKindOf } from '../objects/kinds.ts';
import { objectKey } from '../objects/object-key.ts';
import { referenceKey } from '../objects/reference-order.ts';
import { isRolloutKind } from '../rollout/rollout-object.ts';
import type { Dependency, Graph, RestartSkip, SkipCode, Workload } from '../types.ts';
import { nameObject } from './targets.ts';

/** Why a workload is left out, and whether `--force` may overrule that. */
export interface Refusal {
  code: SkipCode;
  reason: string;
  /** True where a restart would do at least a part of its work all the same. */
  mayForce: boolean;
}

/**
 * Why a restart of this workload could not work, or would do harm; `null` when nothing speaks against it.
 * @param recreated keys of configs as `findRecreated` gives them
 * @param byEviction its pods are evicted, so that how it would roll is no matter
 */
export function findRefusal(
  workload: Workload,
  dependencies: readonly Dependency[],
  recreated: ReadonlySet<string>,
  byEviction = false,
): Refusal | null {
  return (
    (byEviction ? null : refuseKind(workload)) ??
    refuseMissing(workload, dependencies) ??
    refuseRecreated(dependencies, recreated) ??
    (byEviction ? null : refusePolicy(workload))
  );
}

/** Kinds that make a new pod in the place of an evicted one. An Argo Rollout evicts by itself when it is restarted. */
const EVICTED_KINDS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'ReplicationController'];

/** True for a workload whose pods can be evicted one by one to restart it. */
export function canEvict({ ref }: Pick<Workload, 'ref'>): boolean {
  return EVICTED_KINDS.includes(ref.kind) && findKindOf(ref.apiVersion, ref.kind) !== undefined;
}

/** Why no pod of a workload can be evicted when there is none to evict. */
export function refuseNoPods({ ref }: Workload, { unseen }: Pick<Graph, 'unseen'>): Refusal {
  const hidden = unseen.find(({ kind }) => kind === 'Pod' || (kind === 'ReplicaSet' && ref.kind === 'Deployment'));
  return hidden === undefined
    ? { code: 'current', reason: 'none of its pods is to be evicted', mayForce: false }
    : {
        code: 'unseen',
        reason: `its pods could not be read, so none can be evicted: ${hidden.message}`,
        mayForce: false,
      };
}

/** The skip that a refusal makes of a workload. */
export function skipOf(workload: Workload, { code, reason }: Omit<Refusal, 'mayForce'>): RestartSkip {
  return { workload: workload.ref, code, reason };
}

function refuseKind({ ref, controller }: Workload): Refusal | null {
  const refuse = (code: SkipCode, reason: string): Refusal => ({ code, reason, mayForce: false });
  if (findKindOf(ref.apiVersion, ref.kind) === undefined) {
    return refuse(
      'no-restart',
      `${ref.kind} (${ref.apiVersion}) is a custom kind: only what controls it knows how to restart its pods`,
    );
  }
  if (isRolloutKind(ref.kind)) return null;
  switch (ref.kind) {
    case 'CronJob':
      return refuse('next-run', 'it is not restarted: its next run uses the new content');
    case 'Job':
      return controller?.kind === 'CronJob'
        ? refuse('next-run', `it is not restarted: the next run of cronjob/${controller.name} uses the new content`)
        : refuse('no-restart', 'a Job runs once: delete it and create it again to run it with the new content');
    case 'Pod':
      return refuse('no-restart', 'nothing would make a new pod: delete it and create it again');
    case 'ReplicaSet':
    case 'ReplicationController':
      return refuse(
        'no-restart',
        `a ${ref.kind} does not replace its pods when its template changes: --evict makes it`,
      );
    default:
      return refuse('no-restart', `a ${ref.kind} cannot be restarted`);
  }
}

/** A container with such a use does not start while its target is missing; the others (pull secrets, names in annotations) do no harm. */
const NEEDED_TO_START: readonly string[] = ['env', 'envFrom', 'volume', 'subPath', 'projected', 'csi'];

function refuseMissing(workload: Workload, dependencies: readonly Dependency[]): Refusal | null {
  // What only a pod of an older template uses is no matter for the new ones.
  const template = new Set(workload.references.map(referenceKey));
  const missing = new Set(
    dependencies
      // The kubelet does not set up a volume that no container mounts.
      .filter((use) => NEEDED_TO_START.includes(use.via) && use.container !== null && !use.optional)
      .filter((use) => template.has(referenceKey(use)))
      .flatMap((use) => {
        const config = nameObject(use.config);
        if (use.exists === false) return [`${config} does not exist`];
        return use.missingKeys.length > 0 ? [`${config} has no key ${use.missingKeys.join(', ')}`] : [];
      }),
  );
  if (missing.size === 0) return null;
  const reason = `${[...missing].join('; ')}: its new pods would not start`;
  return { code: 'missing-reference', reason, mayForce: false };
}

function refuseRecreated(dependencies: readonly Dependency[], recreated: ReadonlySet<string>): Refusal | null {
  const found = dependencies.find(({ config }) => recreated.has(objectKey(config)));
  if (found === undefined) return null;
  const name = nameObject(found.config);
  const reason = `${name} is immutable and was created again under its name: the new pods may still get the old content. Give it a new name`;
  return { code: 'recreated-config', reason, mayForce: true };
}

function refusePolicy({ ref, policy }: Workload): Refusal | null {
  const name = nameObject(ref);
  if (policy.paused) {
    const resume =
      ref.kind === 'Rollout' ? `kubectl argo rollouts resume ${ref.name}` : `kubectl rollout resume ${name}`;
    return {
      code: 'paused',
      reason: `it is paused, so no pod would be replaced: ${resume} -n ${ref.namespace}`,
      mayForce: false,
    };
  }
  if (policy.strategy === 'OnDelete') {
    const reason =
      'its update strategy is OnDelete: a pod gets the new content when it is deleted, and --evict does that one by one';
    return { code: 'on-delete', reason, mayForce: false };
  }
  if (ref.kind === 'StatefulSet' && policy.partition > 0) {
    const replicas = policy.replicas ?? 1;
    const held = Math.min(policy.partition, replicas);
    const reason = `its partition is ${policy.partition}: ${held} of ${replicas} pods would keep the old content`;
    return { code: 'partition', reason, mayForce: held < replicas };
  }
  return null;
}
