import { IGNORE_ANNOTATION } from '../name.ts';
import { findKind } from '../objects/kinds.ts';
import { objectKey } from '../objects/object-key.ts';
import type { ConfigObject, ConfigRef, WorkloadObject } from '../types.ts';
import { splitList } from './opt-in.ts';

/** Says which references of a workload nobody asked to leave out; `null` when that is all of them. */
export type FindKept = (workload: WorkloadObject) => ((reference: ConfigRef) => boolean) | null;

/**
 * Honours `kubectl-reload.dev/ignore` on workloads (a list `configmap/a,secret/b`) and on configs (`"true"`), and Reloader's
 * `ignore` on configs and exclude lists on workloads.
 */
export function makeFindKept(configs: readonly ConfigObject[]): FindKept {
  const ignored = new Set(configs.filter(isIgnored).map(({ ref }) => objectKey(ref)));
  return ({ annotations }) => {
    const excluded = listExcluded(annotations);
    if (ignored.size === 0 && excluded.size === 0) return null;
    return ({ config }) => !ignored.has(objectKey(config)) && !excluded.has(`${config.kind}/${config.name}`);
  };
}

/** True for a config whose owner wants to hear nothing of it. */
export function isIgnored({ annotations }: ConfigObject): boolean {
  return annotations[IGNORE_ANNOTATION] === 'true' || annotations['reloader.stakater.com/ignore'] === 'true';
}

/** Reloader's exclude lists hold plain names and are read from the workload itself, never from its template. */
function listExcluded(annotations: Record<string, string>): Set<string> {
  const ours = splitList(annotations[IGNORE_ANNOTATION]).map((item) => {
    const slash = item.indexOf('/');
    return `${findKind(item.slice(0, Math.max(0, slash)))?.kind}/${item.slice(slash + 1)}`;
  });
  const configMaps = splitList(annotations['configmaps.exclude.reloader.stakater.com/reload']);
  const secrets = splitList(annotations['secrets.exclude.reloader.stakater.com/reload']);
  return new Set([
    ...ours,
    ...configMaps.map((name) => `ConfigMap/${name}`),
    ...secrets.map((name) => `Secret/${name}`),
  ]);
}
