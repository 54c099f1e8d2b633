import type { ConfigKind, ConfigObject, ConfigRef, WorkloadObject } from '../types.ts';
import type { NamePattern } from './name-pattern.ts';
import { compileNamePattern } from './name-pattern.ts';

const DOMAIN = 'reloader.stakater.com';
const WORDS: readonly (readonly [ConfigKind, string])[] = [
  ['ConfigMap', 'configmap'],
  ['Secret', 'secret'],
];

/** Finds the configs that a workload names in Reloader's annotations, whether its pods use them or not. */
export type FindOptIns = (workload: WorkloadObject) => ConfigRef[];

/**
 * Reads `configmap.reloader.stakater.com/reload` and its like for Secrets: names, or patterns that are matched against the configs
 * that exist. A pod starts without what is named there, so these uses are optional.
 * https://github.com/stakater/Reloader#readme
 */
export function makeFindOptIns(configs: readonly ConfigObject[]): FindOptIns {
  const byPlace = Map.groupBy(configs, ({ ref }) => `${ref.kind}\0${ref.namespace}`);
  const names = new Map([...byPlace].map(([place, group]) => [place, group.map(({ ref }) => ref.name)]));
  const patterns = new Map<string, NamePattern>();
  return (workload) =>
    WORDS.flatMap(([kind, word]) => {
      const at = `${word}.${DOMAIN}/reload`;
      const { namespace } = workload.ref;
      const existing = names.get(`${kind}\0${namespace}`) ?? [];
      return splitList(pickAnnotations(workload, word)[at])
        .flatMap((item) => {
          const pattern = patterns.get(item) ?? compileNamePattern(item);
          patterns.set(item, pattern);
          const found = pattern(existing);
          return found.length > 0 || !isName(item) ? found : [item];
        })
        .map((name) => ({
          config: { apiVersion: 'v1', kind, namespace, name },
          container: null,
          init: false,
          via: 'annotation',
          keys: null,
          at,
          optional: true,
        }));
    });
}

/** The items of a comma-separated list, without blanks and empty ones. */
export function splitList(list = ''): string[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** Reloader reads the template's annotations only where the workload has none of these, and never merges the two. */
function pickAnnotations({ annotations, templateAnnotations }: WorkloadObject, word: string): Record<string, string> {
  const keys = [`${word}.${DOMAIN}/reload`, `${word}.${DOMAIN}/auto`, `${DOMAIN}/auto`, `${DOMAIN}/search`];
  return keys.some((key) => annotations[key] !== undefined) ? annotations : templateAnnotations;
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names */
function isName(text: string): boolean {
  return text.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(text);
}
