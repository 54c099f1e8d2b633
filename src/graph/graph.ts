import { collectNowAndThen } from '../collect-garbage.ts';
import { objectKey } from '../objects/object-key.ts';
import { compareObjects, compareReferences } from '../objects/reference-order.ts';
import type { ConfigRef, Dependency, Graph, ObjectSet, Workload } from '../types.ts';
import { assignPods } from './assign-pods.ts';
import { makeFindKept } from './ignore.ts';
import { makeFindLent } from './lent-secrets.ts';
import { makeLookUp } from './look-up.ts';
import { makeFindOptIns } from './opt-in.ts';
import { uniteReferences } from './unite-references.ts';
import { findUnused } from './unused.ts';

/** What belongs into a graph. */
export interface GraphOptions {
  /** Also what somebody asked to leave out, and unused configs that the cluster keeps for itself. */
  all: boolean;
}

/**
 * Who uses what: every workload with its pods, every use of a ConfigMap or Secret with what is known of it, and the configs
 * that nobody uses. A workload uses what its template names, what only its live pods name (an older template, an injected
 * sidecar, an ephemeral container), what its ServiceAccount lends and what its annotations name.
 */
export function buildGraph(objects: ObjectSet, { all }: GraphOptions): Graph {
  const findOptIns = makeFindOptIns(objects.configs);
  const findLent = makeFindLent(objects.serviceAccounts);
  const findKept = makeFindKept(objects.configs);
  const lookUp = makeLookUp(objects);
  const configs = objects.configs.toSorted((a, b) => compareObjects(a.ref, b.ref));

  const used = new Set<string>();
  const workloads: Workload[] = [];
  const dependencies: Dependency[] = [];
  for (const workload of assignPods(objects).sort((a, b) => compareObjects(a.ref, b.ref))) {
    const uses = [...findOwnUses(workload, findLent(workload)), ...findOptIns(workload)].sort(compareReferences);
    collectNowAndThen();
    for (const { config } of uses) used.add(objectKey(config));
    const isKept = all ? null : findKept(workload);
    workloads.push(isKept === null ? workload : keepReferences(workload, isKept));
    for (const use of isKept === null ? uses : uses.filter(isKept)) {
      dependencies.push({ workload: workload.ref, ...use, ...lookUp(use) });
    }
  }
  const unused = findUnused(configs, { used, unseen: objects.unseen, all });
  const { unseen, nodeClocks } = objects;
  return { workloads, dependencies, configs, unused, unseen, ...(nodeClocks && { nodeClocks }) };
}

function findOwnUses(workload: Workload, lent: readonly ConfigRef[]): ConfigRef[] {
  const names = new Set(lent.map(({ config }) => config.name));
  // The admission wrote what was lent into the pods, where it looks like their own.
  const isOwn = ({ via, config }: ConfigRef): boolean => via !== 'imagePullSecret' || !names.has(config.name);
  return [...uniteReferences([workload, ...workload.pods]).filter(isOwn), ...lent];
}

function keepReferences(workload: Workload, isKept: (reference: ConfigRef) => boolean): Workload {
  const keep = <User extends { references: ConfigRef[] }>(user: User): User =>
    user.references.every(isKept) ? user : { ...user, references: user.references.filter(isKept) };
  const kept = keep(workload);
  return { ...kept, pods: kept.pods.map(keep) };
}
