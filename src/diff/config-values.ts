import type { ContentField } from '../objects/content.ts';
import { listValues } from '../objects/content.ts';
import type { JsonObject } from '../objects/json.ts';
import { readFlag, readText } from '../objects/json.ts';
import { readTexts } from '../objects/metadata.ts';
import type { ConfigKind } from '../types.ts';

/** The value of one key, with the field that holds it: a variable can take its value only from `data`. */
export interface ConfigValue {
  bytes: Uint8Array;
  field: ContentField;
}

/** What a config holds. */
export interface ConfigValues {
  values: ReadonlyMap<string, ConfigValue>;
  immutable: boolean;
  /** `type` of a Secret; '' for ConfigMaps. */
  type: string;
}

/** What an object that does not exist holds. */
export const NO_VALUES: ConfigValues = { values: new Map(), immutable: false, type: '' };

/** The values of a whole ConfigMap or Secret; what has the wrong shape is taken as absent. A manifest's `stringData` wins over its `data`. */
export function projectValues(raw: JsonObject, kind: ConfigKind): ConfigValues {
  const values = new Map<string, ConfigValue>();
  for (const { key, bytes, field } of listValues(raw, kind)) values.set(key, { bytes, field });
  for (const [key, value] of Object.entries(kind === 'Secret' ? readTexts(raw, 'stringData') : {})) {
    values.set(key, { bytes: Buffer.from(value), field: 'data' });
  }
  return { values, immutable: readFlag(raw, 'immutable'), type: kind === 'Secret' ? readText(raw, 'type') : '' };
}

/** True when both are the same bytes in the same field, or both are absent. */
export function isSameValue(a: ConfigValue | null, b: ConfigValue | null): boolean {
  if (a === null || b === null) return a === b;
  return a === b || (a.field === b.field && Buffer.compare(a.bytes, b.bytes) === 0);
}
