/** Watches in the form of tables: how the API server sends ConfigMaps and Secrets without their values. */
import { describe, expect, test } from 'bun:test';
import type { ServerResponse } from 'node:http';
import type { Cluster, TableRow, Versioned } from '../../../src/cluster/cluster.ts';
import { connectTo } from '../../support/connection.ts';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';

const path = '/api/v1/configmaps';
const columnDefinitions = [{ name: 'Name' }, { name: 'Data' }, { name: 'Age' }];
const metadata = (name: string, version: number) => ({ name, resourceVersion: String(version) });
const row = (name: string, version: number, count: number) => ({
  cells: [name, count, '1s'],
  object: { kind: 'PartialObjectMetadata', metadata: metadata(name, version) },
});
const line = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`;
const table = (type: string, columns: object[] | null, rows: object[]) =>
  line(type, { kind: 'Table', columnDefinitions: columns, rows });
const endOfList = (columns: object[] | null = null) =>
  table('BOOKMARK', columns, [
    {
      cells: ['', 0, '<unknown>'],
      object: { metadata: { resourceVersion: '10', annotations: { 'k8s.io/initial-events-end': 'true' } } },
    },
  ]);

function stream(response: ServerResponse, ...lines: string[]): void {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.write(lines.join(''));
}

async function take(cluster: Cluster, count: number): Promise<unknown[]> {
  const told: unknown[] = [];
  for await (const event of cluster.watch<TableRow<Versioned> & Versioned>({ path, form: 'table' })) {
    if ('object' in event) {
      const { object, cells, columns } = event.object;
      told.push([event.type, object.metadata?.resourceVersion, ...columns.map((name, at) => `${name}=${cells[at]}`)]);
    } else told.push(event.type);
    if (told.length === count) break;
  }
  return told;
}

describe('a watch of tables', () => {
  test('gives each object with its cells, whose columns only the first event names', async () => {
    await using server = await startRecordingServer((_, response) =>
      stream(
        response,
        table('ADDED', columnDefinitions, [row('a', 3, 1)]),
        endOfList(),
        table('MODIFIED', null, [row('a', 11, 2)]),
        table('DELETED', null, [row('a', 12, 2)]),
      ),
    );
    using cluster = await connectTo(server);
    expect(await take(cluster, 4)).toEqual([
      ['added', '3', 'Name=a', 'Data=1', 'Age=1s'],
      'synced',
      ['modified', '11', 'Name=a', 'Data=2', 'Age=1s'],
      ['deleted', '12', 'Name=a', 'Data=2', 'Age=1s'],
    ]);
    expect(server.requests[0]?.headers.accept?.[0]).toStartWith('application/json;as=Table;');
    expect(server.requests[0]?.query.includeObject).toBe('Metadata');
  });

  test('goes on from the last version, with the columns of the new stream', async () => {
    await using server = await startRecordingServer((_, response) => {
      if (server.requests.length > 1)
        return stream(
          response,
          table('MODIFIED', [{ name: 'Data' }, { name: 'Name' }], [{ ...row('a', 12, 0), cells: [7, 'a'] }]),
        );
      stream(response, endOfList(columnDefinitions), table('ADDED', null, [row('a', 11, 1)]));
      setTimeout(() => response.socket?.destroy(), 20);
    });
    using cluster = await connectTo(server);
    expect((await take(cluster, 3))[2]).toEqual(['modified', '12', 'Data=7', 'Name=a']);
    expect(server.requests[1]?.query.resourceVersion).toBe('11');
  });

  test('takes the objects themselves from a server that knows no tables', async () => {
    await using server = await startRecordingServer(({ query }, response) => {
      const configMap = (version: number) => ({
        kind: 'ConfigMap',
        metadata: metadata('a', version),
        data: { K: 'v' },
      });
      if (query.sendInitialEvents) sendStatus(response, 422, 'Invalid', 'sendInitialEvents: Forbidden');
      else if (query.watch) stream(response, line('MODIFIED', configMap(31)));
      else sendJson(response, { metadata: { resourceVersion: '30' }, items: [configMap(7)] });
    });
    using cluster = await connectTo(server);
    expect(await take(cluster, 3)).toEqual([['added', '7'], 'synced', ['modified', '31']]);
  });

  test('begins anew after an error in the stream, which is no table', async () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
    await using server = await startRecordingServer((_, response) => {
      stream(response, table('ADDED', columnDefinitions, [row('a', 3, 1)]), endOfList());
      if (server.requests.length === 1) response.end(line('ERROR', status));
    });
    using cluster = await connectTo(server);
    expect((await take(cluster, 5)).map((event) => (Array.isArray(event) ? event[0] : event))).toEqual([
      'added',
      'synced',
      'relist',
      'added',
      'synced',
    ]);
  });

  test('says when the connection is lost and when it is back', async () => {
    await using server = await startRecordingServer((_, response) => {
      if (server.requests.length === 2) return sendStatus(response, 500, 'InternalError', 'boom');
      stream(
        response,
        endOfList(columnDefinitions),
        ...(server.requests.length === 3 ? [table('ADDED', null, [row('a', 11, 1)])] : []),
      );
      if (server.requests.length === 1) setTimeout(() => response.socket?.destroy(), 20);
    });
    using cluster = await connectTo(server);
    const said: string[] = [];
    const onConnection = (error: Error | null) => said.push(error === null ? 'back' : error.message);
    for await (const event of cluster.watch({ path, form: 'table', onConnection })) if (event.type === 'added') break;
    expect(said).toEqual(['back', expect.stringContaining('lost'), expect.stringContaining('boom'), 'back']);
  });
});
