import type { KeyWrite } from '../types.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, readObject, readObjects, readText } from './json.ts';

/** What managedFields tell of the keys of a config. Anyone who may write the object can write them too. */
export interface FieldTimes {
  /** The keys that some entry owns, sorted. */
  keys: KeyWrite[];
  /** True when an entry carries no time, or there are no entries: then a write may have left no trace. */
  incomplete: boolean;
  /** True when a server-side apply owns keys. */
  applied: boolean;
}

/** The fields of a config that hold keys. `stringData` stays in the entry of who applied it, though the object has only `data`. */
const KEY_FIELDS = ['f:data', 'f:binaryData', 'f:stringData'] as const;

interface Entry {
  manager: string;
  isApply: boolean;
  time: string | null;
  fields: JsonObject | undefined;
}

/** The newest time of any entry: the object was written no earlier. `null` when no entry has one. */
export function findWrittenAt(raw: JsonObject): string | null {
  let newest: string | null = null;
  for (const { time } of listEntries(raw)) {
    if (time !== null && (newest === null || time > newest)) newest = time;
  }
  return newest;
}

/** True when some entry owns `immutable`: metadata alone does not tell its value, and hardly anybody writes `false`. */
export function ownsImmutable(raw: JsonObject): boolean {
  return listEntries(raw).some(({ fields }) => fields !== undefined && Object.hasOwn(fields, 'f:immutable'));
}

/**
 * When each key was last written and by whom, as far as managedFields know. One entry has one time for all that it owns, so the
 * newest over all owners of a key is an upper bound; a removed key leaves no trace.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#managed-fields
 * @param createdAt no key is older than its object: after a restore from a backup the entries can be
 */
export function readFieldTimes(raw: JsonObject, createdAt: string | null): FieldTimes {
  const entries = listEntries(raw);
  const writes = new Map<string, KeyWrite>();
  const timeless = new Set<string>();
  for (const entry of entries) {
    for (const field of KEY_FIELDS) {
      for (const key of listKeys(readObject(entry.fields, field))) {
        if (entry.time === null) timeless.add(key);
        const write = newerWrite(writes.get(key), { key, at: entry.time, by: entry.manager || null });
        writes.set(key, field === 'f:binaryData' ? { ...write, binary: true } : write);
      }
    }
  }
  const keys = [...writes.values()].map((write) => ({
    ...write,
    at: timeless.has(write.key) ? null : laterTime(write.at, createdAt),
  }));
  return {
    keys: keys.sort((a, b) => (a.key < b.key ? -1 : 1)),
    incomplete: entries.length === 0 || entries.some((entry) => entry.time === null),
    applied: entries.some(
      ({ isApply, fields }) => isApply && KEY_FIELDS.some((field) => fields?.[field] !== undefined),
    ),
  };
}

function newerWrite(known: KeyWrite | undefined, write: KeyWrite): KeyWrite {
  if (known === undefined || known.at === null) return write.at === null && known !== undefined ? known : write;
  return write.at === null || write.at <= known.at ? known : write;
}

function laterTime(time: string | null, createdAt: string | null): string | null {
  if (time === null || createdAt === null) return time;
  return time > createdAt ? time : createdAt;
}

/** Field names begin with `f:`; `.` stands for the map itself. */
function listKeys(fields: JsonObject | undefined): string[] {
  if (fields === undefined) return [];
  return Object.keys(fields).flatMap((field) => (field.startsWith('f:') ? [field.slice(2)] : []));
}

/** The API server writes whole seconds in UTC: such times can be compared as texts, and anything else is no time. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

function listEntries(raw: JsonObject): Entry[] {
  return readObjects(readObject(raw, 'metadata'), 'managedFields').map((entry) => {
    const time = readText(entry, 'time');
    const fields = entry.fieldsV1;
    return {
      manager: readText(entry, 'manager'),
      isApply: readText(entry, 'operation') === 'Apply',
      time: TIME.test(time) ? time : null,
      fields: isJsonObject(fields) ? fields : undefined,
    };
  });
}
