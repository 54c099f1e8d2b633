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
  const subPath =
    expression === '' ? readText(mount, 'subPath') : expandVariables(expression, literalVariables(container));
  if (subPath === null) return { part: 'frozen' };
  const segments = subPath.split('/').filter((segment) => segment !== '' && segment !== '.');
  if (segments.length === 0) return { part: 'whole' };
  // The kubelet keeps the real files in a directory named after the time, `..data` points to it; no key begins with `..`.
  const inside = segments[0]?.startsWith('..') ? segments.slice(1) : segments;
  return inside.length === 0 ? { part: 'frozen' } : { part: 'path', path: inside.join('/') };
}

/** The values of a container's variables that the manifest itself tells; `null` for one that only the kubelet knows. */
function literalVariables(container: JsonObject): Map<string, string | null> {
  const variables = new Map<string, string | null>();
  for (const variable of readObjects(container, 'env')) {
    const value = readText(variable, 'value');
    const known = value !== '' || !isJsonObject(variable.valueFrom);
    variables.set(readText(variable, 'name'), known ? expandVariables(value, variables) : null);
  }
  return variables;
}

/**
 * Replaces `$(NAME)` as the kubelet does; `$$` is a dollar sign. `null` when a name has no value here: it may come from
 * `envFrom`, from a field of the pod or from a Service, which nothing but the kubelet can know.
 * https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
function expandVariables(text: string, variables: ReadonlyMap<string, string | null>): string | null {
  let known = true;
  const expanded = text.replace(/\$(?:\$|\(([^)]*)\))/g, (match, name: string | undefined) => {
    if (name === undefined) return '$';
    const value = variables.get(name);
    if (!value) known = false;
    return value ?? match;
  });
  return known ? expanded : null;
}
