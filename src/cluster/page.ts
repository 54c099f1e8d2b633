import { isJsonObject } from '../objects/json.ts';
import { foreignAnswer } from './connection-error.ts';

/** A page of a list, or of a table of the same. */
export interface Page<Item> {
  metadata?: { continue?: string; resourceVersion?: string } | null;
  items?: Item[] | null;
  columnDefinitions?: Column[] | null;
  rows?: Row[] | null;
}

/** A column of a table. */
interface Column {
  name: string;
}

/** A row of a table: an object, or its metadata, with its cells. */
interface Row {
  object: unknown;
  cells: unknown[];
}

/**
 * The page that an answer is: what holds it is as the API says, its items are objects. What is in them is not looked at.
 * @param server its URL, for the error
 * @throws ConnectionError for anything else: it did not come from an API server
 */
export function checkPage<Item>(value: unknown, server: string): Page<Item> {
  if (isPage<Item>(value)) return value;
  throw foreignAnswer(server, 'answers with JSON that is no list');
}

function isPage<Item>(value: unknown): value is Page<Item> {
  if (!isJsonObject(value)) return false;
  const { metadata = null, items, columnDefinitions, rows } = value;
  return (
    (metadata === null || (isJsonObject(metadata) && isText(metadata.continue) && isText(metadata.resourceVersion))) &&
    isListOf(items, isJsonObject) &&
    isListOf(columnDefinitions, (column) => isJsonObject(column) && typeof column.name === 'string') &&
    isListOf(rows, (row) => isJsonObject(row) && Array.isArray(row.cells))
  );
}

function isText(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}

function isListOf(value: unknown, isMember: (member: unknown) => boolean): boolean {
  return value === undefined || value === null || (Array.isArray(value) && value.every(isMember));
}
