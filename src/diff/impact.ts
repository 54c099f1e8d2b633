import { REREADS_ANNOTATION } from '../name.ts';
import { isSameObject, objectKey } from '../objects/object-key.ts';
import { compareObjects } from '../objects/reference-order.ts';
import { nameSome } from '../staleness/name-some.ts';
import { findRunningUses, freshnessOf } from '../staleness/uses.ts';
import type { Dependency, DiffChange, DiffImpact, Graph, ObjectReference, Workload, WorkloadObject } from '../types.ts';

/** What one use makes of a change. */
interface Effect {
  action: DiffImpact['action'];
  breaks: boolean;
  /** Where the config is used; '' where that does not matter. */
  place: string;
  what: string;
}

/**
 * What a change of a config does to the workloads that use it: only the keys that they use count.
 * @param changes by key; empty when no key changes
 */
export function findImpact(
  graph: Graph,
  config: ObjectReference,
  changes: ReadonlyMap<string, DiffChange>,
): DiffImpact[] {
  const uses = graph.dependencies.filter((use) => isSameObject(use.config, config));
  if (uses.length === 0) return [];
  const byUser = Map.groupBy(uses, ({ workload }) => objectKey(workload));
  return graph.workloads
    .flatMap((workload): DiffImpact[] => {
      const own = byUser.get(objectKey(workload.ref));
      if (own === undefined) return [];
      return [{ workload: workload.ref, ...unite(own.map((use) => findEffect(workload, use, changes))) }];
    })
    .sort((a, b) => compareObjects(a.workload, b.workload));
}

/**
 * What it does to the workloads of manifests that they name a new config where they use another one now: the template changes, and with it
 * every pod. Who goes on to use the old one sees nothing.
 */
export function findRenameImpact(
  graph: Graph,
  workloads: readonly WorkloadObject[],
  { from, to }: { from: ObjectReference; to: ObjectReference },
): DiffImpact[] {
  const movers = new Set(
    workloads
      .filter(({ references }) => references.some(({ config }) => isSameObject(config, to)))
      .map(({ ref }) => objectKey(ref)),
  );
  const users = graph.dependencies.filter(({ config }) => isSameObject(config, from));
  return [...new Map(users.map(({ workload }) => [objectKey(workload), workload])).values()]
    .map((workload): DiffImpact => {
      const moves = movers.has(objectKey(workload));
      const reason = moves ? `its template names ${to.name}` : `it goes on to use ${from.name}`;
      return { workload, action: moves ? 'restart' : 'none', breaks: false, reason };
    })
    .sort((a, b) => compareObjects(a.workload, b.workload));
}

const STRONGEST_FIRST: readonly Effect['action'][] = ['restart', 'refresh', 'none'];

function unite(effects: readonly Effect[]): Omit<DiffImpact, 'workload'> {
  const breaking = effects.filter(({ breaks }) => breaks);
  const action = STRONGEST_FIRST.find((one) => effects.some((effect) => effect.action === one)) ?? 'none';
  const told = breaking.length > 0 ? breaking : effects.filter((effect) => effect.action === action);
  const places = new Map<string, Set<string>>();
  for (const { what, place } of told) places.set(what, (places.get(what) ?? new Set()).add(place));
  const reasons = [...places].map(([what, at]) => [[...at].filter((place) => place !== '').join(', '), what]);
  return {
    action,
    breaks: breaking.length > 0,
    reason: reasons.map((parts) => parts.filter((part) => part !== '').join(': ')).join('; '),
  };
}

function findEffect(workload: Workload, use: Dependency, changes: ReadonlyMap<string, DiffChange>): Effect {
  const freshness = freshnessOf(use);
  const place = namePlace(use);
  if (freshness === null) return { action: 'none', breaks: false, place, what: 'no container holds any of it' };
  const used = use.keys === null ? [...changes.keys()] : use.keys.filter((key) => changes.has(key));
  if (used.length === 0) {
    const what = use.keys === null ? 'no key changes' : `it uses only ${nameSome(use.keys)}`;
    return { action: 'none', breaks: false, place: '', what };
  }
  const gone = use.optional || use.keys === null ? [] : used.filter((key) => changes.get(key) === 'removed');
  const isRunning = findRunningUses(workload.pods, use).length > 0;
  const action = !isRunning ? 'none' : freshness === 'at-start' ? 'restart' : 'refresh';
  if (gone.length > 0) {
    return { action, breaks: true, place, what: `its next start will fail for want of ${nameSome(gone)}` };
  }
  return { action, breaks: false, place: isRunning ? place : '', what: describeEffect(action, workload) };
}

function describeEffect(action: Effect['action'], { annotations }: Workload): string {
  switch (action) {
    case 'none':
      return 'no container runs it now, and the next one starts with the new content';
    case 'restart':
      return 'old content until a restart';
    case 'refresh':
      return annotations[REREADS_ANNOTATION] === 'true'
        ? 'new files within 90 s, and it reads them again'
        : 'new files within 90 s, and a restart if it does not read them again';
    default:
      return action satisfies never;
  }
}

/** The place of a use, in as few words as tell it. */
function namePlace({ via, at }: Dependency): string {
  switch (via) {
    case 'env':
      return `env ${at}`;
    case 'envFrom':
      return at === '*' ? 'envFrom' : `envFrom ${at}`;
    case 'subPath':
      return `${at} (subPath)`;
    case 'volume':
    case 'projected':
      return at;
    case 'annotation':
      return `annotation ${at}`;
    case 'imagePullSecret':
      return 'pull secret';
    case 'serviceAccount':
      return `pull secret of serviceaccount/${at}`;
    case 'csi':
      return `secret of volume ${at}`;
    default:
      return via satisfies never;
  }
}
