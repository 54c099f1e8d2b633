import { makeFindKept } from '../graph/ignore.ts';
import { findRecreated } from '../graph/recreated.ts';
import { objectKey } from '../objects/object-key.ts';
import { compareObjects } from '../objects/reference-order.ts';
import type {
  ConfigRef,
  Dependency,
  Graph,
  ObjectReference,
  RestartPlan,
  RestartSkip,
  RestartStep,
  StatusItem,
  Workload,
} from '../types.ts';
import { decisiveState, explainChanges } from './explain.ts';
import { findRefusal, skipOf } from './refusal.ts';
import type { RestartTargets } from './targets.ts';
import { nameObject } from './targets.ts';
import { findWarnings, readWave } from './warnings.ts';

/** What a plan is made of. */
export interface PlanInput {
  graph: Graph;
  /** The verdicts on the same graph. */
  status: readonly StatusItem[];
  targets: RestartTargets;
  /** Take `current` and `pending` workloads along, and warn instead of refusing where a restart could still do some good. */
  force: boolean;
}

/**
 * Which workloads to restart, in which order, and which not, and why. A named workload is always taken; of the inferred ones and of
 * the consumers of a config, those that do not run what their configs hold now. The same input gives the same plan, and once
 * everything has been restarted the plan is empty.
 */
export function planRestart({ graph, status, targets, force }: PlanInput): RestartPlan {
  const itemsOf = groupBy(status, (item) => objectKey(item.workload));
  const usesOf = groupBy(graph.dependencies, (use) => objectKey(use.workload));
  const named = new Set(targets.named.map(objectKey));
  const inferred = new Set(targets.inferred.map(objectKey));
  const configs = new Set(targets.configs.map(objectKey));
  const findKept = makeFindKept(graph.configs);
  const recreated = findRecreated(graph);
  const steps: RestartStep[] = [];
  const skipped: RestartSkip[] = targets.named.flatMap((ref) => skipUnknown(ref, graph));

  for (const workload of graph.workloads) {
    const key = objectKey(workload.ref);
    const uses = usesOf.get(key) ?? [];
    const isKept = findKept(workload);
    const isDropped = (use: ConfigRef): boolean => isKept !== null && !isKept(use);
    const dropped = new Set(uses.filter(isDropped).map(({ config }) => objectKey(config)));
    const items = (itemsOf.get(key) ?? []).filter((item) => !dropped.has(objectKey(item.config)));
    const inScope = (config: ObjectReference): boolean => inferred.has(key) || configs.has(objectKey(config));

    let why = explainChanges(items);
    if (named.has(key)) {
      if (why.length === 0) why = ['it was named'];
    } else {
      const asked = uses.filter(({ config }) => inScope(config));
      const judged = items.filter(({ config }) => inScope(config));
      // One that holds nothing is not worth a word, unless its config was named.
      if (asked.length === 0 || (inferred.has(key) && judged.length === 0 && dropped.size === 0)) continue;
      const verdict = judgeInferred(asked, judged, dropped, force);
      if (verdict !== null && !(configs.size > 0 && findRefusal(workload, uses, recreated)?.code === 'next-run')) {
        skipped.push(skipOf(workload, verdict));
        continue;
      }
      if (why.length === 0) why = ['it is current, and --force takes it along'];
    }
    const refusal = findRefusal(workload, uses, recreated);
    if (refusal !== null && !(force && refusal.mayForce)) skipped.push(skipOf(workload, refusal));
    else steps.push(makeStep(workload, uses, why, refusal === null ? [] : [refusal.reason]));
  }
  steps.sort((a, b) => a.wave - b.wave || compareObjects(a.workload, b.workload));
  skipped.sort((a, b) => compareObjects(a.workload, b.workload));
  return { steps, skipped };
}

/** Why a workload that nobody named needs no restart; `null` when it does. */
function judgeInferred(
  uses: readonly Dependency[],
  items: readonly StatusItem[],
  dropped: ReadonlySet<string>,
  force: boolean,
): { code: 'current' | 'pending' | 'ignored' | 'missing-reference'; reason: string } | null {
  const names = [...new Set(uses.map(({ config }) => nameObject(config)))].join(', ');
  if (uses.every(({ config }) => dropped.has(objectKey(config)))) {
    return { code: 'ignored', reason: `an annotation says to ignore ${names}` };
  }
  // What is optional and absent can never be shown to be current: it would be restarted for ever.
  const absent = new Set(
    uses.filter(({ exists, optional }) => optional && exists === false).map(({ config }) => objectKey(config)),
  );
  const decisive = items.filter((item) => force || item.state !== 'unknown' || !absent.has(objectKey(item.config)));
  const state = decisiveState(decisive);
  switch (state) {
    case 'stale':
    case 'refreshed':
    case 'unknown':
      return null;
    case 'pending':
      if (force) return null;
      return {
        code: 'pending',
        reason: 'the kubelet is still to write the change into its mounted files: wait a little, or --force',
      };
    case 'missing':
      return { code: 'missing-reference', reason: describeMissing(items) };
    case 'current':
      return force ? null : { code: 'current', reason: 'it already runs what its configs hold now' };
    case null:
      return force ? null : { code: 'current', reason: `its containers hold nothing of ${names}` };
    default:
      return state satisfies never;
  }
}

function describeMissing(items: readonly StatusItem[]): string {
  const missing = items.filter(({ state }) => state === 'missing').map(({ config }) => nameObject(config));
  return `${[...new Set(missing)].join(', ')}, or a key of it, does not exist: its next start will fail, so it is left alone`;
}

function makeStep(workload: Workload, uses: readonly Dependency[], why: string[], overruled: string[]): RestartStep {
  return {
    wave: readWave(workload),
    workload: workload.ref,
    uid: workload.uid,
    action: workload.ref.kind === 'Rollout' ? 'restartAt' : 'patch',
    pods: workload.pods.filter((pod) => !pod.deleting && pod.phase !== 'Succeeded' && pod.phase !== 'Failed').length,
    why,
    configs: listConfigs(workload, uses),
    warnings: [...overruled, ...findWarnings(workload)],
  };
}

/** The configs whose content the new pods run with, or that are named to be watched for them; what only serves to pull images is none of them. */
function listConfigs({ references }: Workload, uses: readonly Dependency[]): ObjectReference[] {
  const held = [
    ...references.filter(({ via }) => via !== 'imagePullSecret' && via !== 'serviceAccount'),
    ...uses.filter(({ via }) => via === 'annotation'),
  ];
  return [...new Map(held.map(({ config }) => [objectKey(config), config])).values()].sort(compareObjects);
}

/** A named workload that is none: part of another one, or not there. */
function skipUnknown(ref: ObjectReference, graph: Graph): RestartSkip[] {
  const key = objectKey(ref);
  if (graph.workloads.some((workload) => objectKey(workload.ref) === key)) return [];
  const owner = graph.workloads.find(({ pods }) => pods.some((pod) => objectKey(pod.ref) === key));
  if (owner) {
    const reason = `it is a pod of ${nameObject(owner.ref)}: restart that`;
    return [{ workload: ref, code: 'no-restart', reason }];
  }
  return [{ workload: ref, code: 'unseen', reason: 'it is not among what could be read' }];
}

function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}
