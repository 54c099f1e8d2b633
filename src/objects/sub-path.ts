import { expandVariables } from './expand-variables.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, readObjects, readText } from './json.ts';

/**
 * What a volume mount shows of its volume: `whole` for all of it, kept up to date; `frozen` for all of it as it was at the
 * start (`..data`, or a path that cannot be known); otherwise a path inside the volume.
 */
export type MountedPart = { part: 'whole' } | { part: 'frozen' } | { part: 'path'; path: string };

/** The part of its volume that a mount of a container shows, from `subPath` and `subPathExpr`. */
export function findMountedPart(mount: JsonObject, container: JsonObject): MountedPart {
  const expression = readText(mount, 'subPathExpr');
  const subPath = expression === '' ? readText(mount, 'subPath') : expandLiterals(expression, container);
  if (subPath === null) return { part: 'frozen' };
  const segments = subPath.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.length === 0) return { part: 'whole' };
  // The kubelet keeps the real files in a directory named after the time, `..data` points to it; no key begins with `..`.
  const inside = segments[0]?.startsWith('..') ? segments.slice(1) : segments;
  return inside.length === 0 ? { part: 'frozen' } : { part: 'path', path: inside.join('/') };
}

/**
 * An expression by the variables whose values the manifest itself tells. `null` when another one is named: it may come from a config, from
 * `envFrom`, from a field of the pod or from a Service, which nothing but the kubelet can know. One without letters is none to the kubelet.
 */
function expandLiterals(expression: string, container: JsonObject): string | null {
  const variables = new Map<string, string | null>();
  const find = (name: string): string | null => variables.get(name) || null;
  for (const variable of readObjects(container, 'env')) {
    const value = readText(variable, 'value');
    const known = value !== '' || !isJsonObject(variable.valueFrom);
    variables.set(readText(variable, 'name'), known ? expandVariables(value, find) : null);
  }
  return expandVariables(expression, find);
}
