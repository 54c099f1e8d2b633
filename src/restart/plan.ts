import { makeFindKept } from '../graph/ignore.ts';
import { findRecreated } from '../graph/recreated.ts';
import { STAMP_ANNOTATION } from '../name.ts';
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
import { explainChanges } from './explain.ts';
import { findDecisive, judgeInferred } from './judge-inferred.ts';
import type { PodToEvict } from './pods-to-evict.ts';
import { listPodsToEvict, listRunning } from './pods-to-evict.ts';
import type { Refusal } from './refusal.ts';
import { canEvict, findRefusal, refuseNoPods, skipOf } from './refusal.ts';
import { makeFindUnfinished } from './resume.ts';
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
  /** Evict pods one by one where that can be done, instead of changing the template. */
  evict?: boolean;
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Which workloads to restart, in which order, and which not, and why. A named workload is always taken; of the inferred ones and of
 * the consumers of a config, those that do not run what their configs hold now. The same input gives the same plan, and once
 * everything has been restarted the plan is empty.
 */
export function planRestart({ graph, status, targets, force, evict = false, now }: PlanInput): RestartPlan {
  const itemsOf = groupBy(status, (item) => objectKey(item.workload));
  const usesOf = groupBy(graph.dependencies, (use) => objectKey(use.workload));
  const named = new Set(targets.named.map(objectKey));
  const inferred = new Set(targets.inferred.map(objectKey));
  const configs = new Set(targets.configs.map(objectKey));
  const findKept = makeFindKept(graph.configs);
  const recreated = findRecreated(graph);
  const findUnfinished = makeFindUnfinished(graph, now);
  const steps: RestartStep[] = [];
  const known = new Set(graph.workloads.map(({ ref }) => objectKey(ref)));
  const skipped = targets.named.filter((ref) => !known.has(objectKey(ref))).map((ref) => skipUnknown(ref, graph));

  for (const workload of graph.workloads) {
    const key = objectKey(workload.ref);
    const uses = usesOf.get(key) ?? [];
    const isKept = findKept(workload);
    const isDropped = (use: ConfigRef): boolean => isKept !== null && !isKept(use);
    const dropped = new Set(uses.filter(isDropped).map(({ config }) => objectKey(config)));
    const items = (itemsOf.get(key) ?? []).filter((item) => !dropped.has(objectKey(item.config)));
    const inScope = (config: ObjectReference): boolean => inferred.has(key) || configs.has(objectKey(config));
    const byEviction = evict && canEvict(workload);
    const refuse = (): Refusal | null => findRefusal(workload, uses, recreated, byEviction);

    const isAsked = force || named.has(key);
    /** The verdicts that say which pods to take; `null` for all. */
    let telling: StatusItem[] | null = null;
    let why = explainChanges(items);
    if (named.has(key)) {
      if (why.length === 0) why = ['it was named'];
    } else {
      const asked = uses.filter(({ config }) => inScope(config));
      const judged = items.filter(({ config }) => inScope(config));
      if (asked.length === 0) continue;
      const holdsNothing = inferred.has(key) && judged.length === 0 && dropped.size === 0;
      const verdict = judgeInferred(asked, judged, dropped, force);
      const isCurrent = verdict?.code === 'current';
      const unfinished =
        !force && !byEviction && (verdict === null || isCurrent)
          ? findUnfinished(workload, listConfigs(workload, uses), isCurrent)
          : null;
      if (unfinished?.action === 'wait' && refuse() === null) {
        steps.push(makeStep(workload, uses, { why: [unfinished.why], action: 'wait' }));
        continue;
      }
      if (unfinished?.action === 'patch') why = [unfinished.why];
      else {
        // It is not worth a word, unless its config was named.
        if (holdsNothing) continue;
        if (verdict !== null && !(configs.size > 0 && refuse()?.code === 'next-run')) {
          skipped.push(skipOf(workload, verdict));
          continue;
        }
        if (why.length === 0) why = ['it is current, and --force takes it along'];
      }
      if (!force) telling = findDecisive(asked, judged);
    }
    const pods = byEviction ? listPodsToEvict(workload, telling) : null;
    const refusal = refuse() ?? (pods?.length === 0 ? refuseNoPods(workload, graph) : null);
    if (refusal !== null && !(force && refusal.mayForce)) skipped.push(skipOf(workload, refusal));
    else steps.push(makeStep(workload, uses, { why, evict: pods, overruled: refusal, isAsked }));
  }
  steps.sort((a, b) => a.wave - b.wave || compareObjects(a.workload, b.workload));
  skipped.sort((a, b) => compareObjects(a.workload, b.workload));
  return { steps, skipped };
}

function makeStep(
  workload: Workload,
  uses: readonly Dependency[],
  step: { why: string[]; action?: 'wait'; evict?: PodToEvict[] | null; overruled?: Refusal | null; isAsked?: boolean },
): RestartStep {
  const { why, evict = null, overruled = null, isAsked = false } = step;
  const restarts = evict !== null ? 'evict' : workload.ref.kind === 'Rollout' ? 'restartAt' : 'patch';
  const action = step.action ?? restarts;
  return {
    wave: readWave(workload),
    workload: workload.ref,
    uid: workload.uid,
    action,
    ...(evict !== null && { evict }),
    pods: listRunning(workload).length,
    why,
    configs: listConfigs(workload, uses),
    warnings: [...(overruled === null ? [] : [overruled.reason]), ...findWarnings(workload, action)],
    ...(action === 'patch' && !isAsked && { stamp: workload.templateAnnotations[STAMP_ANNOTATION] ?? null }),
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
function skipUnknown(ref: ObjectReference, graph: Graph): RestartSkip {
  const key = objectKey(ref);
  const owner = graph.workloads.find(({ pods }) => pods.some((pod) => objectKey(pod.ref) === key));
  if (owner === undefined) {
    return { workload: ref, code: 'unseen', reason: 'it is not among what could be read' };
  }
  const reason = `it is a pod of ${nameObject(owner.ref)}: restart that`;
  return { workload: ref, code: 'no-restart', reason };
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
