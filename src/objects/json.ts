/** A JSON object of unknown shape: what the API or a manifest says is read field by field and believed nowhere. */
export type JsonObject = { readonly [field: string]: unknown };

/** True for a JSON object (no array, no `null`). */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in a field; `undefined` where there is none or it is something else. */
export function readObject(from: JsonObject | undefined, field: string): JsonObject | undefined {
  const value = from?.[field];
  return isJsonObject(value) ? value : undefined;
}

/** The object at the end of a path of fields. */
export function readObjectAt(from: JsonObject | undefined, path: readonly string[]): JsonObject | undefined {
  let object = from;
  for (const field of path) object = readObject(object, field);
  return object;
}

/** The objects of a list in a field; members of another type are passed over. */
export function readObjects(from: JsonObject | undefined, field: string): readonly JsonObject[] {
  const value = from?.[field];
  if (!Array.isArray(value)) return NONE;
  return value.every(isJsonObject) ? value : value.filter(isJsonObject);
}

const NONE: readonly JsonObject[] = [];

/** The text in a field; '' where there is none. */
export function readText(from: JsonObject | undefined, field: string): string {
  const value = from?.[field];
  return typeof value === 'string' ? value : '';
}

/** The text in a field; `null` where there is none or it is empty. */
export function readTextOrNull(from: JsonObject | undefined, field: string): string | null {
  return readText(from, field) || null;
}

/** The texts of a list in a field; members of another type are passed over. */
export function readTextList(from: JsonObject | undefined, field: string): string[] {
  const value = from?.[field];
  return Array.isArray(value) ? value.filter((member) => typeof member === 'string') : [];
}

/** The whole number in a field, or what stands for it. */
export function readInteger<Absent>(from: JsonObject | undefined, field: string, absent: Absent): number | Absent {
  const value = from?.[field];
  return typeof value === 'number' && Number.isInteger(value) ? value : absent;
}

/** True when the field holds `true`. */
export function readFlag(from: JsonObject | undefined, field: string): boolean {
  return from?.[field] === true;
}

/** The object that a text spells; `undefined` for what is no JSON, and for JSON of another type. */
export function parseJsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
