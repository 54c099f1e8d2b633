import { expect, test } from 'bun:test';
import { readNodeClocks } from '../../../src/cluster/read-node-clocks.ts';
import type { PodObject } from '../../../src/types.ts';
import { connectTo } from '../../support/connection.ts';
import { makeInstance, makePod } from '../../support/make-objects.ts';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';

const LEASE = {
  metadata: {
    name: 'node-1',
    managedFields: [{ time: '2026-01-01T10:00:05Z', fieldsV1: { 'f:spec': { 'f:renewTime': {} } } }],
  },
  spec: { renewTime: '2026-01-01T10:00:08.500000Z' },
};
const RESTARTED = makePod({ nodeName: 'node-1', containers: [makeInstance({ restartCount: 1 })] });

async function read(pods: PodObject[], code = 200) {
  await using server = await startRecordingServer((_, response) =>
    code === 200 ? sendJson(response, { items: [LEASE] }) : sendStatus(response, code, 'Refused', 'no'),
  );
  using cluster = await connectTo(server);
  return { clocks: await readNodeClocks(cluster, pods), requests: server.requests };
}

test('no Lease is read for pods whose starts the API server dates itself', async () => {
  const { clocks, requests } = await read([makePod({ nodeName: 'node-1' })]);
  expect(clocks).toEqual([]);
  expect(requests).toEqual([]);
});

test('the Lease of the node is read when a container was restarted in its place', async () => {
  const { clocks, requests } = await read([RESTARTED, makePod({ nodeName: 'node-2' })]);
  expect(clocks).toEqual([{ node: 'node-1', ahead: 3500, behind: 0 }]);
  expect(requests.map(({ path, query }) => [path, query.fieldSelector])).toEqual([
    ['/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases', 'metadata.name=node-1'],
  ]);
});

test.each([
  ['before its pod was created', '2026-01-01T09:00:00Z'],
  ['after its pod told it', '2026-01-01T11:00:00Z'],
])('the Lease is read when a container started %s', async (_, startedAt) => {
  const pod = makePod({ nodeName: 'node-1', containers: [makeInstance({ startedAt })] });
  expect((await read([pod])).requests).toHaveLength(1);
});

test('the Leases of several nodes are one list', async () => {
  const { requests } = await read([RESTARTED, { ...RESTARTED, nodeName: 'node-2' }]);
  expect(requests.map(({ query }) => query.fieldSelector)).toEqual([undefined]);
});

test.each([403, 404])('an answer of %d leaves the clocks unknown', async (code) => {
  expect((await read([RESTARTED], code)).clocks).toEqual([]);
});
