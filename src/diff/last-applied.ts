import type { JsonObject } from '../objects/json.ts';
import { readObject, readObjects, readText } from '../objects/json.ts';
import { readLastManifest } from '../objects/last-applied.ts';
import type { ConfigKind } from '../types.ts';
import type { ConfigValue } from './config-values.ts';
import { projectValues } from './config-values.ts';

/** The field manager of a client-side apply. */
export const APPLY_MANAGER = 'kubectl-client-side-apply';

/** What the last client-side apply wrote. */
export interface LastApplied {
  values: ReadonlyMap<string, ConfigValue>;
  /** Epoch milliseconds. */
  at: number;
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
