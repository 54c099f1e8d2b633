import { collectGarbage } from '../collect-garbage.ts';
import { isJsonObject } from '../objects/json.ts';
import { acceptList } from './accept.ts';
import { ApiError } from './api-error.ts';
import type { ListRequest, ListResult } from './cluster.ts';
import type { Page } from './page.ts';
import { checkPage } from './page.ts';
import type { Client } from './request.ts';
import { requestJson } from './request.ts';

/** kubectl's chunk size. */
const PAGE = 500;
/** A collection that outlives the server's memory this often is read in one piece. */
const PAGED_READS = 3;

/** What `readPages` gives: a page, or word that what came before is void, for it is read anew. */
type Part<Item> = { part: 'page'; items: Item[]; resourceVersion: string } | { part: 'anew' };

/**
 * Reads a whole collection page by page; what is kept of a page is all that stays of it.
 * @throws ApiError, ConnectionError, or the signal's reason
 */
export async function listAll<Item, T>(client: Client, request: ListRequest<Item, T>): Promise<ListResult<T>> {
  const result: ListResult<T> = { items: [], resourceVersion: '' };
  for await (const part of readPages<Item>(client, request)) {
    if (part.part === 'anew') {
      result.items = [];
      continue;
    }
    for (const item of part.items) {
      const kept = request.project(item);
      if (kept !== undefined) result.items.push(kept);
    }
    result.resourceVersion = part.resourceVersion;
  }
  return result;
}

/**
 * The pages of a collection, each read when it is asked for.
 * @throws as `listAll`
 */
export async function* readPages<Item>(
  client: Client,
  request: Omit<ListRequest<Item, unknown>, 'project'>,
): AsyncGenerator<Part<Item>> {
  const { path, form, signal } = request;
  let position: string | undefined;
  let reads = 1;
  for (;;) {
    collectGarbage();
    const query = {
      ...request.query,
      ...(form === 'table' && { includeObject: 'Metadata' }),
      limit: reads <= PAGED_READS ? String(PAGE) : undefined,
      continue: position,
    };
    let page: Page<Item>;
    try {
      const answer = await requestJson<unknown>(client, { path, query, accept: acceptList(form), signal });
      page = checkPage(answer, client.transport.connection.server);
    } catch (error) {
      if (!position || !isExpired(error)) throw error;
      // The server has dropped the snapshot of the pages so far: the next ones would not fit them.
      yield { part: 'anew' };
      position = undefined;
      reads++;
      continue;
    }
    position = page.metadata?.continue;
    yield {
      part: 'page',
      items: readItems(page, form === 'table'),
      resourceVersion: page.metadata?.resourceVersion ?? '',
    };
    if (!position) return;
  }
}

/** The server no longer knows the version that was asked for. */
export function isExpired(error: unknown): boolean {
  return error instanceof ApiError && error.code === 410;
}

function readItems<Item>(page: Page<Item>, asRows: boolean): Item[] {
  if (!asRows) return page.items ?? [];
  if (!page.columnDefinitions) return (page.items ?? []).map((object) => makeRow<Item>(object, [], []));
  const columns = page.columnDefinitions.map(({ name }) => name);
  return (page.rows ?? []).map(({ object, cells }) => makeRow<Item>(object, cells, columns));
}

/** A `TableRow`, which the caller's `Item` is; a server that knows no tables sends the objects themselves. */
export function makeRow<Row>(object: unknown, cells: unknown[], columns: readonly string[]): Row {
  const row = Object.create(null);
  row.metadata = isJsonObject(object) ? object.metadata : undefined;
  row.object = object;
  row.cells = cells;
  row.columns = columns;
  return row;
}
