import type { JsonObject } from '../objects/json.ts';
import { isJsonObject } from '../objects/json.ts';
import { readLastManifest } from '../objects/last-applied.ts';

/** The fields of a config that are content; `stringData` is only ever written. */
const FIELDS = ['data', 'binaryData', 'stringData', 'immutable', 'type'] as const;

/**
 * The patch that `kubectl apply` would send for the content of a config. It takes away what the last apply wrote and the manifest has no
 * longer, and leaves what others wrote.
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/declarative-config/#merge-patch-calculation
 * @returns `{}` when there is nothing to send
 */
export function makeMergePatch(live: JsonObject, manifest: JsonObject): JsonObject {
  const last = readLastManifest(live) ?? {};
  const patch: Record<string, unknown> = {};
  for (const field of FIELDS) {
    const change = mergeField(last[field], manifest[field], live[field]);
    if (change !== undefined) patch[field] = change;
  }
  return patch;
}

/** `undefined` for no change; `null` takes the field away. */
function mergeField(last: unknown, wanted: unknown, live: unknown): unknown {
  if (wanted === undefined) return last === undefined ? undefined : null;
  if (!isJsonObject(wanted)) return wanted === live ? undefined : wanted;
  const had = isJsonObject(live) ? live : {};
  // A key may be called `constructor` or `__proto__`: what every object inherits is none of them.
  const gone = Object.keys(isJsonObject(last) ? last : {}).filter((key) => !Object.hasOwn(wanted, key));
  const changed = Object.entries(wanted).filter(([key, value]) => !Object.hasOwn(had, key) || value !== had[key]);
  const patch = [...gone.map((key) => [key, null] as const), ...changed];
  return patch.length > 0 ? Object.fromEntries(patch) : undefined;
}

/** What a patch of `makeMergePatch` makes of an object, without asking anybody. */
export function applyMergePatch(live: JsonObject, patch: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...live };
  for (const [field, change] of Object.entries(patch)) {
    const before = merged[field];
    if (!isJsonObject(change)) merged[field] = change;
    else merged[field] = dropNulls({ ...(isJsonObject(before) ? before : {}), ...change });
  }
  return dropNulls(merged);
}

function dropNulls(object: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null));
}
