import { expect, test } from 'bun:test';
import { listNames } from '../../../src/cluster/list-names.ts';
import { connectTo } from '../../support/connection.ts';
import { startRecordingServer } from '../../support/recording-server.ts';

async function ask(answer: unknown) {
  await using server = await startRecordingServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
  using cluster = await connectTo(server);
  const names = await listNames(cluster, '/api/v1/secrets', { limit: 3, signal: new AbortController().signal });
  return { names, requests: server.requests };
}

test('names are the column of a table without objects, by one bounded request, whatever else there is', async () => {
  const { names, requests } = await ask({
    kind: 'Table',
    metadata: { continue: 'more' },
    columnDefinitions: [
      { name: 'Age', format: '' },
      { name: 'Name', format: 'name' },
    ],
    rows: [{ cells: ['1d', 'login'], object: null }, { cells: ['1d', 7] }, { cells: null }, {}],
  });
  expect(names).toEqual(['login']);
  expect(requests.map(({ query }) => query)).toEqual([{ includeObject: 'None', limit: '3' }]);
  expect(requests[0]?.headers['accept']?.[0]).toStartWith('application/json;as=Table');
  expect(requests[0]?.headers['accept']?.[0]).not.toMatch(/application\/json(,|$)/);
});

test('a server that knows no tables gives the metadata of its objects', async () => {
  const { names } = await ask({ kind: 'PartialObjectMetadataList', items: [{ metadata: { name: 'login' } }] });
  expect(names).toEqual(['login']);
});

test('an answer of another shape holds no names', async () => {
  for (const answer of [null, [], {}, { kind: 'Table', columnDefinitions: [{ format: 'name' }], rows: null }]) {
    expect((await ask(answer)).names).toEqual([]);
  }
});
