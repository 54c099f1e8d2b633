import { describe, expect, test } from 'bun:test';
import { gzipSync } from 'node:zlib';
import { ApiError } from '../../../src/cluster/api-error.ts';
import type { TableRow } from '../../../src/cluster/cluster.ts';
import { connectTo, failure } from '../../support/connection.ts';
import type { RecordedRequest } from '../../support/recording-server.ts';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';

const path = '/api/v1/configmaps';

interface Named {
  metadata: { name: string };
}

const project = ({ metadata }: Named) => metadata.name;
const named = (name: string): Named => ({ metadata: { name } });

/** A page of names, pages of two. */
function page(names: string[], { query }: RecordedRequest, version = '7') {
  const start = Number(query.continue ?? 0);
  const isLast = start + 2 >= names.length;
  return {
    kind: 'ConfigMapList',
    metadata: { resourceVersion: version, ...(!isLast && { continue: String(start + 2) }) },
    items: names.slice(start, start + 2).map(named),
  };
}

describe('a list', () => {
  test('is read in pages of 500, in order, and gives its version', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    await using server = await startRecordingServer((request, response) => sendJson(response, page(names, request)));
    using cluster = await connectTo(server);
    const result = await cluster.list({ path, query: { labelSelector: 'x=y' }, form: 'full', project });
    expect(result).toEqual({ items: names, resourceVersion: '7' });
    expect(server.requests.map(({ query }) => query)).toEqual([
      { labelSelector: 'x=y', limit: '500' },
      { labelSelector: 'x=y', limit: '500', continue: '2' },
      { labelSelector: 'x=y', limit: '500', continue: '4' },
    ]);
    expect(server.connections()).toBe(1);
  });

  test('leaves out what the projection does not want', async () => {
    await using server = await startRecordingServer((request, response) =>
      sendJson(response, page(['a', 'b', 'c'], request)),
    );
    using cluster = await connectTo(server);
    const { items } = await cluster.list({
      path,
      form: 'full',
      project: (item: Named) => (project(item) === 'b' ? undefined : project(item)),
    });
    expect(items).toEqual(['a', 'c']);
  });

  test('of nothing is empty, also when items are null', async () => {
    await using server = await startRecordingServer((_, response) =>
      sendJson(response, { metadata: { resourceVersion: '3' }, items: null }),
    );
    using cluster = await connectTo(server);
    expect(await cluster.list({ path, form: 'full', project })).toEqual({ items: [], resourceVersion: '3' });
  });

  test('starts over when the snapshot is gone in the middle', async () => {
    await using server = await startRecordingServer((request, response) => {
      if (server.requests.length === 2) sendStatus(response, 410, 'Expired', 'too old');
      else
        sendJson(
          response,
          server.requests.length === 1 ? page(['a', 'b', 'old'], request) : page(['a', 'c', 'new'], request, '8'),
        );
    });
    using cluster = await connectTo(server);
    expect(await cluster.list({ path, form: 'full', project })).toEqual({
      items: ['a', 'c', 'new'],
      resourceVersion: '8',
    });
    expect(server.requests.map(({ query }) => query.continue)).toEqual([undefined, '2', undefined, '2']);
  });

  test('is read in one piece when its snapshots never last', async () => {
    await using server = await startRecordingServer((request, response) => {
      if (request.query.continue) sendStatus(response, 410, 'Expired', 'too old');
      else if (request.query.limit) sendJson(response, page(['a', 'b', 'c'], request));
      else sendJson(response, { metadata: {}, items: ['a', 'b', 'c'].map(named) });
    });
    using cluster = await connectTo(server);
    expect((await cluster.list({ path, form: 'full', project })).items).toEqual(['a', 'b', 'c']);
  });

  test('of an old version that is gone is refused, not replaced by a new one', async () => {
    await using server = await startRecordingServer((_, response) => sendStatus(response, 410, 'Expired', 'too old'));
    using cluster = await connectTo(server);
    const query = { resourceVersion: '1', resourceVersionMatch: 'Exact' };
    expect((await failure(cluster.list({ path, query, form: 'full', project }), ApiError)).code).toBe(410);
    expect(server.requests).toHaveLength(1);
  });

  test('tries a page again after 500, without the pages before it', async () => {
    await using server = await startRecordingServer((request, response) => {
      if (server.requests.length === 2) sendStatus(response, 500, 'InternalError', 'boom');
      else sendJson(response, page(['a', 'b', 'c'], request));
    });
    using cluster = await connectTo(server);
    expect((await cluster.list({ path, form: 'full', project })).items).toEqual(['a', 'b', 'c']);
    expect(server.requests.map(({ query }) => query.continue)).toEqual([undefined, '2', '2']);
  });

  test('unpacks gzip', async () => {
    await using server = await startRecordingServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync(JSON.stringify(page(['ä', 'b'], request))));
    });
    using cluster = await connectTo(server);
    expect((await cluster.list({ path, form: 'full', project })).items).toEqual(['ä', 'b']);
    expect(server.requests[0]?.headers['accept-encoding']).toEqual(['gzip']);
  });

  test('ends when it is aborted', async () => {
    const controller = new AbortController();
    await using server = await startRecordingServer((request, response) => {
      if (request.query.continue) controller.abort(new Error('enough'));
      else sendJson(response, page(['a', 'b', 'c'], request));
    });
    using cluster = await connectTo(server);
    const list = cluster.list({ path, form: 'full', project, signal: controller.signal });
    expect((await failure(list, Error)).message).toBe('enough');
  });

  test('of metadata asks for metadata', async () => {
    await using server = await startRecordingServer((request, response) => sendJson(response, page(['a'], request)));
    using cluster = await connectTo(server);
    expect((await cluster.list({ path, form: 'metadata', project })).items).toEqual(['a']);
    expect(server.requests[0]?.headers.accept).toEqual([
      'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io,application/json',
    ]);
  });
});

describe('a table', () => {
  const projectRow = ({ object, cells, columns }: TableRow<Named>) => ({ name: object.metadata.name, cells, columns });

  test('gives rows with their metadata and columns', async () => {
    await using server = await startRecordingServer((_, response) =>
      sendJson(response, {
        kind: 'Table',
        metadata: { resourceVersion: '9' },
        columnDefinitions: [{ name: 'Name' }, { name: 'Data' }],
        rows: [{ cells: ['a', 2], object: named('a') }],
      }),
    );
    using cluster = await connectTo(server);
    expect(await cluster.list({ path, form: 'table', project: projectRow })).toEqual({
      items: [{ name: 'a', cells: ['a', 2], columns: ['Name', 'Data'] }],
      resourceVersion: '9',
    });
    expect(server.requests[0]?.headers.accept).toEqual([
      'application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io',
    ]);
    expect(server.requests[0]?.query).toEqual({ includeObject: 'Metadata', limit: '500' });
  });

  test('without rows is empty', async () => {
    await using server = await startRecordingServer((_, response) =>
      sendJson(response, { kind: 'Table', metadata: {}, columnDefinitions: [{ name: 'Name' }], rows: null }),
    );
    using cluster = await connectTo(server);
    expect((await cluster.list({ path, form: 'table', project: projectRow })).items).toEqual([]);
  });

  test('from a server that knows none gives whole objects without cells', async () => {
    await using server = await startRecordingServer((request, response) => sendJson(response, page(['a'], request)));
    using cluster = await connectTo(server);
    expect((await cluster.list({ path, form: 'table', project: projectRow })).items).toEqual([
      { name: 'a', cells: [], columns: [] },
    ]);
  });
});
