import { collectNowAndThen } from '../collect-garbage.ts';
import { isJsonObject } from '../objects/json.ts';
import { acceptWatch } from './accept.ts';
import { ApiError, readStatus, statusOfCode } from './api-error.ts';
import type { Versioned, WatchEvent, WatchRequest } from './cluster.ts';
import { ConnectionError, foreignAnswer } from './connection-error.ts';
import { readJsonLines } from './json-lines.ts';
import { isExpired, makeRow, readPages } from './list.ts';
import { checkPage } from './page.ts';
import type { Client, Limits } from './request.ts';
import { open } from './request.ts';
import { isOutage, isPassing, pause } from './retry.ts';

/** The longest pause between two tries, in milliseconds. */
const LONGEST_PAUSE = 10_000;
/** A stream that ends this soon, in milliseconds, and has told nothing counts as a failure. */
const SHORT = 1000;
const INITIAL_EVENTS_END = 'k8s.io/initial-events-end';

/** Where the thread of a watch stands. */
interface Thread {
  /** Everything up to this version has been told; `undefined` before the first `synced`. */
  version: string | undefined;
  /** The server can stream what is there first; older ones must be asked for a list. */
  streamsList: boolean;
  /** Objects of this round have been told. */
  told: boolean;
  /** A stream has been open. */
  connected: boolean;
  /** Tries since the server last told something. */
  failures: number;
  failingSince: number;
  /** Of the tables of this stream: only its first event names them. */
  columns: readonly string[];
}

/**
 * Follows a collection: see `Cluster.watch`.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes
 * @throws ApiError or ConnectionError that trying again does not mend
 */
export async function* watchAll<Item extends Versioned>(
  client: Client,
  request: WatchRequest,
): AsyncGenerator<WatchEvent<Item>> {
  const { signal } = request;
  const thread: Thread = {
    version: request.resourceVersion,
    streamsList: true,
    told: false,
    connected: false,
    failures: 0,
    failingSince: 0,
    columns: [],
  };
  while (!signal?.aborted) {
    try {
      if (thread.version === undefined && thread.told) {
        thread.told = false;
        yield { type: 'relist' };
      }
      if (thread.version === undefined && !thread.streamsList) yield* tellList<Item>(client, request, thread);
      yield* tellStream<Item>(client, request, thread);
    } catch (error) {
      if (signal?.aborted) return;
      if (isUnknownStreaming(error, thread)) {
        thread.streamsList = false;
        continue;
      }
      if (thread.failures === 0) thread.failingSince = performance.now();
      if (isExpired(error)) thread.version = undefined;
      else if (!mayMend(error, thread, client.limits)) throw error;
      else if (error instanceof Error) request.onConnection?.(error);
      thread.failures++;
      await pause(Math.min(client.limits.delay * 2 ** (thread.failures - 1), LONGEST_PAUSE), signal).catch(
        () => undefined,
      );
    }
  }
}

async function* tellList<Item extends Versioned>(
  client: Client,
  { path, query = {}, form, signal }: WatchRequest,
  thread: Thread,
): AsyncGenerator<WatchEvent<Item>> {
  let resourceVersion = '';
  for await (const part of readPages<Item>(client, { path, query, form, signal })) {
    if (part.part === 'anew') {
      yield { type: 'relist' };
      continue;
    }
    for (const object of part.items) {
      thread.told = true;
      yield { type: 'added', object };
    }
    resourceVersion = part.resourceVersion;
  }
  thread.version = resourceVersion;
  yield { type: 'synced', resourceVersion };
}

async function* tellStream<Item extends Versioned>(
  client: Client,
  { path, query, form, signal, onConnection }: WatchRequest,
  thread: Thread,
): AsyncGenerator<WatchEvent<Item>> {
  const { limits } = client;
  const { server } = client.transport.connection;
  const start =
    thread.version === undefined
      ? { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan' }
      : { resourceVersion: thread.version };
  const length = { timeoutSeconds: String(Math.ceil(limits.watchLength / 1000)) };
  const rows = form === 'table' && { includeObject: 'Metadata' };
  const openedAt = performance.now();
  const answer = await open(
    client,
    {
      path,
      query: { ...query, watch: 'true', allowWatchBookmarks: 'true', ...rows, ...start, ...length },
      accept: acceptWatch(form),
      signal,
    },
    { connect: limits.connect, silence: limits.watchSilence, total: 0 },
  );
  thread.connected = true;
  onConnection?.(null);
  for await (const event of readJsonLines<RawEvent<Item>>(answer.chunks, limits.largestEvent)) {
    collectNowAndThen();
    if (!isJsonObject(event) || !isJsonObject(event.object)) throw foreignAnswer(server, 'streams what is no event');
    const isRow = form === 'table' && event.type !== 'ERROR';
    const object = isRow ? readRow<Item>(event.object, thread, server) : event.object;
    const told = readEvent({ ...event, object }, thread, server);
    thread.failures = 0;
    yield told;
  }
  if (thread.version === undefined || performance.now() - openedAt < SHORT) {
    throw new ConnectionError('the server ends the stream again and again', { kind: 'lost', sent: true });
  }
}

/** A line of a watch stream. */
interface RawEvent<Item> {
  type: string;
  object: Item;
}

/** The one row of a table; a server that knows no tables sends the object itself. */
function readRow<Item>(object: unknown, thread: Thread, server: string): Item {
  const table = checkPage<unknown>(object, server);
  if (table.columnDefinitions?.length) thread.columns = table.columnDefinitions.map(({ name }) => name);
  if (!isJsonObject(object) || object.kind !== 'Table') return makeRow(object, [], []);
  const row = table.rows?.[0];
  return makeRow(row?.object ?? object, row?.cells ?? [], thread.columns);
}

function readEvent<Item extends Versioned>(
  { type, object }: RawEvent<Item>,
  thread: Thread,
  server: string,
): WatchEvent<Item> {
  const version = object.metadata?.resourceVersion ?? '';
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      // While the list is streamed its versions are in no order.
      if (thread.version !== undefined && version) thread.version = version;
      thread.told = true;
      return { type: EVENTS[type], object };
    case 'BOOKMARK': {
      const isEnd = thread.version === undefined && object.metadata?.annotations?.[INITIAL_EVENTS_END] === 'true';
      if (isEnd || thread.version !== undefined) thread.version = version;
      return { type: isEnd ? 'synced' : 'bookmark', resourceVersion: version };
    }
    case 'ERROR':
      throw new ApiError(readStatus(object, 500) ?? statusOfCode(500, ''));
    default:
      throw foreignAnswer(server, `streams an event of the unknown type "${type}"`);
  }
}

const EVENTS = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

/** Servers before 1.32 refuse the parameter, or the one that goes with it. */
function isUnknownStreaming(error: unknown, thread: Thread): boolean {
  const isRefused = error instanceof ApiError && (error.code === 422 || error.code === 400);
  return isRefused && thread.version === undefined && thread.streamsList;
}

function mayMend(error: unknown, thread: Thread, limits: Limits): boolean {
  if (!isPassing(error) && !(isOutage(error) && thread.connected)) return false;
  if (!thread.connected) return thread.failures + 1 < limits.tries;
  return performance.now() - thread.failingSince < limits.outage;
}
