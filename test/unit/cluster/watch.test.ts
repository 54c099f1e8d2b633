import { describe, expect, test } from 'bun:test';
import type { ServerResponse } from 'node:http';
import { ApiError } from '../../../src/cluster/api-error.ts';
import type { Cluster, Versioned, WatchEvent, WatchRequest } from '../../../src/cluster/cluster.ts';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { connectTo, FAST_LIMITS, failure } from '../../support/connection.ts';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';

const path = '/api/v1/pods';

interface Pod extends Versioned {
  metadata: { name: string; resourceVersion: string; annotations?: Record<string, string> };
}

const pod = (name: string, version: number): Pod => ({ metadata: { name, resourceVersion: String(version) } });
const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
const bookmark = (version: number, isEnd = false) =>
  line('BOOKMARK', {
    metadata: {
      resourceVersion: String(version),
      ...(isEnd && { annotations: { 'k8s.io/initial-events-end': 'true' } }),
    },
  });

/** Begins a stream; it stays open. */
function stream(response: ServerResponse, ...lines: string[]): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(lines.join(''));
}

/** The first events of a watch, in short. */
async function take(cluster: Cluster, count: number, changes: Partial<WatchRequest> = {}): Promise<string[]> {
  const told: string[] = [];
  for await (const event of cluster.watch<Pod>({ path, form: 'full', ...changes })) {
    told.push(describeEvent(event));
    if (told.length === count) break;
  }
  return told;
}

function describeEvent(event: WatchEvent<Pod>): string {
  if ('object' in event) return `${event.type} ${event.object.metadata.name}`;
  return 'resourceVersion' in event ? `${event.type} ${event.resourceVersion}` : event.type;
}

describe('a watch', () => {
  test('streams what is there, then changes, then bookmarks', async () => {
    await using server = await startRecordingServer((_, response) =>
      stream(
        response,
        line('ADDED', pod('a', 9)),
        line('ADDED', pod('b', 3)),
        bookmark(10, true),
        line('MODIFIED', pod('a', 11)),
        line('DELETED', pod('b', 12)),
        bookmark(20),
      ),
    );
    using cluster = await connectTo(server);
    expect(await take(cluster, 6, { query: { labelSelector: 'x' } })).toEqual([
      'added a',
      'added b',
      'synced 10',
      'modified a',
      'deleted b',
      'bookmark 20',
    ]);
    expect(server.requests[0]?.query).toEqual({
      labelSelector: 'x',
      watch: 'true',
      allowWatchBookmarks: 'true',
      sendInitialEvents: 'true',
      resourceVersionMatch: 'NotOlderThan',
      timeoutSeconds: '290',
    });
    expect(server.requests[0]?.headers.accept).toEqual(['application/json']);
  });

  test('can ask for metadata alone and start from a version', async () => {
    await using server = await startRecordingServer((_, response) => stream(response, line('ADDED', pod('a', 6))));
    using cluster = await connectTo(server);
    expect(await take(cluster, 1, { form: 'metadata', resourceVersion: '5' })).toEqual(['added a']);
    expect(server.requests[0]?.headers.accept).toEqual([
      'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io,application/json',
    ]);
    expect(server.requests[0]?.query.resourceVersion).toBe('5');
    expect(server.requests[0]?.query.sendInitialEvents).toBeUndefined();
  });

  test('puts lines together that come in pieces, cut inside a character', async () => {
    const bytes = Buffer.from(line('ADDED', pod('größe', 1)) + bookmark(2, true));
    await using server = await startRecordingServer(async (_, response) => {
      stream(response);
      const cut = bytes.indexOf('ß') + 1;
      for (const piece of [bytes.subarray(0, cut), bytes.subarray(cut, cut + 9), bytes.subarray(cut + 9)]) {
        response.write(piece);
        await Bun.sleep(20);
      }
    });
    using cluster = await connectTo(server);
    expect(await take(cluster, 2)).toEqual(['added größe', 'synced 2']);
  });

  test('lists first where the server cannot stream the list', async () => {
    await using server = await startRecordingServer(({ query }, response) => {
      if (query.sendInitialEvents) sendStatus(response, 422, 'Invalid', 'sendInitialEvents: Forbidden');
      else if (query.watch) stream(response, line('MODIFIED', pod('a', 31)));
      else sendJson(response, { metadata: { resourceVersion: '30' }, items: [pod('a', 7)] });
    });
    using cluster = await connectTo(server);
    expect(await take(cluster, 3)).toEqual(['added a', 'synced 30', 'modified a']);
    expect(server.requests.at(-1)?.query.resourceVersion).toBe('30');
  });

  test('tells each page of that list before it asks for the next, and begins anew when the list is forgotten on the way', async () => {
    const asked: string[] = [];
    await using server = await startRecordingServer(({ query }, response) => {
      if (query.sendInitialEvents) return sendStatus(response, 422, 'Invalid', 'sendInitialEvents: Forbidden');
      if (query.watch) return stream(response, line('MODIFIED', pod('c', 31)));
      asked.push(query.continue ?? '');
      if (asked.length === 2) return sendStatus(response, 410, 'Expired', 'too old');
      const [metadata, name] = query.continue
        ? [{ resourceVersion: '30' }, 'c']
        : [{ resourceVersion: '30', continue: 'rest' }, asked.length === 1 ? 'old' : 'b'];
      sendJson(response, { metadata, items: [pod(name, 7)] });
    });
    using cluster = await connectTo(server);
    const told: string[] = [];
    for await (const event of cluster.watch<ReturnType<typeof pod>>({ path: '/api/v1/pods', form: 'full' })) {
      told.push(`${event.type} after ${asked.length}`);
      if (event.type === 'modified') break;
    }
    expect(told).toEqual([
      'added after 1',
      'relist after 2',
      'added after 3',
      'added after 4',
      'synced after 4',
      'modified after 4',
    ]);
    expect(asked).toEqual(['', 'rest', '', 'rest']);
  });

  test.each(['a clean end', 'a lost connection'])('goes on from the last version after %s', async (how) => {
    await using server = await startRecordingServer((_, response) => {
      if (server.requests.length > 1) return stream(response, line('MODIFIED', pod('a', 13)));
      stream(response, bookmark(10, true), line('ADDED', pod('a', 11)), bookmark(12));
      setTimeout(() => (how === 'a clean end' ? response.end() : response.socket?.destroy()), 20);
    });
    using cluster = await connectTo(server);
    expect(await take(cluster, 4)).toEqual(['synced 10', 'added a', 'bookmark 12', 'modified a']);
    expect(server.requests[1]?.query.resourceVersion).toBe('12');
  });

  test('starts over when the first list breaks off', async () => {
    await using server = await startRecordingServer((_, response) => {
      stream(response, line('ADDED', pod('a', 9)), ...(server.requests.length > 1 ? [bookmark(10, true)] : []));
      if (server.requests.length === 1) setTimeout(() => response.end(), 20);
    });
    using cluster = await connectTo(server);
    expect(await take(cluster, 4)).toEqual(['added a', 'relist', 'added a', 'synced 10']);
  });

  test.each(['in the stream', 'as its answer'])('says relist and begins anew after 410 %s', async (where) => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
    await using server = await startRecordingServer((_, response) => {
      if (server.requests.length === 1) {
        stream(
          response,
          line('ADDED', pod('a', 9)),
          bookmark(10, true),
          ...(where === 'in the stream' ? [line('ERROR', status)] : []),
        );
        response.end();
      } else if (server.requests.length === 2 && where === 'as its answer') sendJson(response, status, 410);
      else stream(response, line('ADDED', pod('b', 19)), bookmark(20, true));
    });
    using cluster = await connectTo(server);
    expect(await take(cluster, 5)).toEqual(['added a', 'synced 10', 'relist', 'added b', 'synced 20']);
    expect(server.requests.at(-1)?.query.sendInitialEvents).toBe('true');
  });

  test('opens a new stream after a line that is no JSON', async () => {
    await using server = await startRecordingServer((_, response) => {
      if (server.requests.length > 1) stream(response, line('MODIFIED', pod('a', 11)));
      else
        stream(
          response,
          line('ADDED', pod('a', 9)),
          bookmark(10, true),
          '{"type":"MODI\n',
          line('DELETED', pod('a', 12)),
        );
    });
    using cluster = await connectTo(server);
    expect(await take(cluster, 3)).toEqual(['added a', 'synced 10', 'modified a']);
    expect(server.requests[1]?.query.resourceVersion).toBe('10');
  });

  test('opens a new stream when the server falls silent', async () => {
    await using server = await startRecordingServer((_, response) => {
      if (server.requests.length > 1) stream(response, line('ADDED', pod('a', 11)));
      else stream(response, bookmark(10, true));
    });
    using cluster = await connectTo(server);
    expect(await take(cluster, 2)).toEqual(['synced 10', 'added a']);
    expect(server.requests).toHaveLength(2);
  });

  test('goes on after 429 and 500', async () => {
    await using server = await startRecordingServer((_, response) => {
      const count = server.requests.length;
      if (count === 2) sendStatus(response, 429, 'TooManyRequests', 'later');
      else if (count === 3) sendStatus(response, 500, 'InternalError', 'boom');
      else {
        stream(response, count === 1 ? bookmark(10, true) : line('ADDED', pod('a', 11)));
        response.end();
      }
    });
    using cluster = await connectTo(server);
    expect(await take(cluster, 2)).toEqual(['synced 10', 'added a']);
  });

  test('is refused where it is forbidden', async () => {
    await using server = await startRecordingServer((_, response) => sendStatus(response, 403, 'Forbidden', 'no'));
    using cluster = await connectTo(server);
    expect((await failure(take(cluster, 1), ApiError)).message).toBe('Error from server (Forbidden): no');
    expect(server.requests).toHaveLength(1);
  });

  test('fails at once when the server was never there', async () => {
    await using server = await startRecordingServer();
    using cluster = await connectTo(server, { server: 'https://127.0.0.1:1' });
    expect((await failure(take(cluster, 1), ConnectionError)).kind).toBe('refused');
  });

  test('fails when a server stays away too long', async () => {
    await using server = await startRecordingServer((_, response) => {
      if (server.requests.length === 1) stream(response, bookmark(10, true));
      response.socket?.end();
      response.socket?.destroy();
    });
    using cluster = await connectTo(server, {}, {}, { ...FAST_LIMITS, outage: 1500 });
    expect((await failure(take(cluster, 5), ConnectionError)).kind).toBe('lost');
    expect(server.requests.length).toBeGreaterThan(2);
  });

  test('goes on after a lost connection that follows a forgotten version, however long it has been there', async () => {
    const outage = 2000;
    const expired = { kind: 'Status', status: 'Failure', reason: 'Expired', code: 410, message: 'too old' };
    const answers: ((response: ServerResponse) => void)[] = [
      (response) => response.end(line('ADDED', pod('a', 9)) + bookmark(10, true) + line('ERROR', expired)),
      (response) => response.socket?.destroy(),
      (response) => stream(response, line('ADDED', pod('a', 11)), bookmark(12, true)),
    ];
    await using server = await startRecordingServer((_, response) => answers.shift()?.(response));
    using cluster = await connectTo(server, {}, {}, { ...FAST_LIMITS, outage });
    await waitFor(() => performance.now() > outage, 10_000, 'a process that is older than an outage may be long');
    expect(await take(cluster, 5)).toEqual(['added a', 'synced 10', 'relist', 'added a', 'synced 12']);
  });

  test('ends without an error when it is aborted', async () => {
    await using server = await startRecordingServer((_, response) => stream(response, bookmark(10, true)));
    using cluster = await connectTo(server);
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    expect(await take(cluster, 5, { signal: controller.signal })).toEqual(['synced 10']);
  });

  test('ends its connection when nobody listens any more', async () => {
    let isClosed = false;
    await using server = await startRecordingServer((_, response) => {
      response.on('close', () => {
        isClosed = true;
      });
      stream(response, bookmark(10, true));
    });
    using cluster = await connectTo(server);
    await take(cluster, 1);
    await Bun.sleep(100);
    expect(isClosed).toBe(true);
  });
});
