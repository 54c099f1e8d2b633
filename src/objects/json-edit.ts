import type { JsonPatchOperation } from '../types.ts';
import { isJsonObject } from './json.ts';

/** From a JSON value to one inside it: names of fields and places in lists. */
export type JsonPath = readonly (string | number)[];

/** One change of a JSON value. A change is made in what those before it left, so a path counts places as they are then. */
export type JsonEdit =
  /** Gives a field of an object this value, whether it is there or not. */
  | { edit: 'set'; path: JsonPath; value: unknown }
  /** Puts a member into a list, before the one that has this place. */
  | { edit: 'insert'; path: JsonPath; value: unknown }
  /** Takes a field or a member of a list away. */
  | { edit: 'remove'; path: JsonPath };

/**
 * The changes that make one JSON value of another, as small as they can be told: the members of lists that are equal, or have the same
 * name, stay where they are.
 */
export function compareJson(before: unknown, after: unknown, path: JsonPath = []): JsonEdit[] {
  if (isEqualJson(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, path);
  if (!isJsonObject(before) || !isJsonObject(after)) return [{ edit: 'set', path, value: after }];
  const removed = Object.keys(before).filter((field) => !Object.hasOwn(after, field));
  return [
    ...removed.map((field): JsonEdit => ({ edit: 'remove', path: [...path, field] })),
    ...Object.entries(after).flatMap(([field, value]): JsonEdit[] =>
      Object.hasOwn(before, field)
        ? compareJson(before[field], value, [...path, field])
        : [{ edit: 'set', path: [...path, field], value }],
    ),
  ];
}

function compareLists(before: readonly unknown[], after: readonly unknown[], path: JsonPath): JsonEdit[] {
  const edits: JsonEdit[] = [];
  let from = 0;
  let place = 0;
  for (const [index, value] of after.entries()) {
    let partner = from;
    while (partner < before.length && !isSameMember(before[partner], value)) partner++;
    // A member of before that comes again later is no partner for what stands in front of it.
    if (partner < before.length && !after.slice(index + 1).some((later) => isEqualJson(later, before[from]))) {
      for (; from < partner; from++) edits.push({ edit: 'remove', path: [...path, place] });
    }
    if (from < before.length && isSameMember(before[from], value)) {
      edits.push(...compareJson(before[from], value, [...path, place]));
      from++;
    } else edits.push({ edit: 'insert', path: [...path, place], value });
    place++;
  }
  for (; from < before.length; from++) edits.push({ edit: 'remove', path: [...path, place] });
  return edits;
}

/** Mounts of a volume share its name, so what they show counts too. */
function isSameMember(a: unknown, b: unknown): boolean {
  if (isEqualJson(a, b)) return true;
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  return typeof a['name'] === 'string' && a['name'] === b['name'] && isEqualJson(a['mountPath'], b['mountPath']);
}

/** True for two JSON values that mean the same, in whatever order objects have their fields. */
export function isEqualJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((value, index) => isEqualJson(value, b[index]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const fields = Object.keys(a);
  return (
    fields.length === Object.keys(b).length &&
    fields.every((field) => Object.hasOwn(b, field) && isEqualJson(a[field], b[field]))
  );
}

/** The same changes as a JSON Patch of the value at `root`. */
export function toJsonPatch(edits: readonly JsonEdit[], root: JsonPath): JsonPatchOperation[] {
  return edits.map((edit) => {
    const path = [...root, ...edit.path].map((step) => `/${escapeStep(step)}`).join('');
    // `add` of a field that is there replaces it.
    return edit.edit === 'remove' ? { op: 'remove', path } : { op: 'add', path, value: edit.value };
  });
}

function escapeStep(step: string | number): string {
  return String(step).replaceAll('~', '~0').replaceAll('/', '~1');
}
