import type { ConfigKind, ConfigObject, KeyWrite } from '../types.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, readObject, readText } from './json.ts';
import { findWrittenAt, ownsImmutable, readFieldTimes } from './managed-fields.ts';
import { isReadAnnotation, readCreatedAt, readReference, readTexts } from './metadata.ts';

/**
 * A ConfigMap or Secret in one of the forms in which it comes: a row of a Table with `includeObject=Metadata`, whose cells tell
 * the number of keys and the type of a Secret; a PartialObjectMetadata; or, without columns, the whole object.
 */
export interface ConfigRow {
  object: unknown;
  cells?: readonly unknown[];
  /** Names of the columns, in the order of `cells`. */
  columns?: readonly string[];
}

/**
 * A ConfigMap or Secret reduced to its keys and when they were written, without values.
 * @param kind must be told: metadata-only objects call themselves PartialObjectMetadata
 */
export function projectConfig(row: ConfigRow, kind: ConfigKind): ConfigObject {
  const object = isJsonObject(row.object) ? row.object : {};
  const createdAt = readCreatedAt(object);
  const times = readFieldTimes(object, createdAt);
  const metadata = readObject(object, 'metadata');
  return {
    ref: readReference(object, { apiVersion: 'v1', kind }),
    type: kind === 'Secret' ? readType(object, row) : '',
    uid: readText(metadata, 'uid'),
    resourceVersion: readText(metadata, 'resourceVersion'),
    createdAt,
    ...readKeys(object, row, times.keys),
    timesIncomplete: times.incomplete,
    ...(times.applied && { applied: true }),
    writtenAt: findWrittenAt(object),
    immutable: object.immutable === true || ownsImmutable(object),
    labels: readTexts(metadata, 'labels'),
    annotations: readTexts(metadata, 'annotations', isReadAnnotation),
  };
}

function readType(object: JsonObject, row: ConfigRow): string {
  const type = findCell(row, 'Type');
  return typeof type === 'string' ? type : readText(object, 'type');
}

function readKeys(object: JsonObject, row: ConfigRow, owned: KeyWrite[]): Pick<ConfigObject, 'keys' | 'keysComplete'> {
  const count = countKeys(findCell(row, 'Data'));
  if (count !== undefined) return { keys: owned, keysComplete: count === owned.length };
  const isWhole = !row.columns?.length && readText(object, 'kind') !== 'PartialObjectMetadata';
  return isWhole ? { keys: listKeys(object, owned), keysComplete: true } : { keys: owned, keysComplete: false };
}

/** Column names are matched in any case: the API server writes `Data`, people know `DATA`. */
function findCell({ cells = [], columns = [] }: ConfigRow, column: string): unknown {
  return cells[columns.findIndex((name) => name.toLowerCase() === column.toLowerCase())];
}

/** A cell is a number or, as servers differ in the types of their columns, its digits. */
function countKeys(cell: unknown): number | undefined {
  if (typeof cell === 'number') return cell;
  return typeof cell === 'string' && /^\d+$/.test(cell) ? Number(cell) : undefined;
}

function listKeys(object: JsonObject, owned: readonly KeyWrite[]): KeyWrite[] {
  const writes = new Map(owned.map((write) => [write.key, write]));
  const texts = [...fieldsOf(object, 'data'), ...fieldsOf(object, 'stringData')];
  const binaries = fieldsOf(object, 'binaryData');
  const names = [...new Set([...texts, ...binaries])].sort();
  return names.map((key) => {
    const { at, by } = writes.get(key) ?? { at: null, by: null };
    return binaries.includes(key) ? { key, at, by, binary: true } : { key, at, by };
  });
}

function fieldsOf(object: JsonObject, field: string): string[] {
  return Object.keys(readObject(object, field) ?? {});
}
