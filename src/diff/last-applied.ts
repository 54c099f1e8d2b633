import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readObject, readObjects, readText } from '../objects/json.ts';
import type { ConfigKind } from '../types.ts';
import type { ConfigValue } from './config-values.ts';
import { projectValues } from './config-values.ts';

/** Where a client-side apply keeps the manifest that it sent: the values of Secrets too, so that nothing of it is ever shown. */
const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';
/** The field manager of a client-side apply. */
export const APPLY_MANAGER = 'kubectl-client-side-apply';

/** What the last client-side apply wrote. */
export interface LastApplied {
  values: ReadonlyMap<string, ConfigValue>;
  /** Epoch milliseconds. */
  at: number;
}

/** The manifest of the last client-side apply, raw; `undefined` when there is none that can be read. */
export function readLastManifest(raw: JsonObject): JsonObject | undefined {
  const text = readText(readObject(readObject(raw, 'metadata'), 'annotations'), ANNOTATION);
  try {
    const manifest: unknown = text === '' ? undefined : JSON.parse(text);
    return isJsonObject(manifest) ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** What the last client-side apply wrote, and when; `null` when that is not known. */
export function readLastApplied(raw: JsonObject, kind: ConfigKind): LastApplied | null {
  const manifest = readLastManifest(raw);
  const entry = readObjects(readObject(raw, 'metadata'), 'managedFields').find(
    (candidate) => readText(candidate, 'manager') === APPLY_MANAGER && readText(candidate, 'operation') === 'Update',
  );
  const at = Date.parse(readText(entry, 'time'));
  if (manifest === undefined || Number.isNaN(at)) return null;
  return { values: projectValues(manifest, kind).values, at };
}
