import { expect, test } from 'bun:test';
import { readPods } from '../../../src/cluster/read-pods.ts';
import { objectKey } from '../../../src/objects/object-key.ts';
import { connectTo } from '../../support/connection.ts';
import { makeRef } from '../../support/make-objects.ts';
import { sendJson, startRecordingServer } from '../../support/recording-server.ts';

const makeRaw = (name: string) => ({
  metadata: { name, namespace: 'shop', uid: `uid-${name}`, managedFields: [{ manager: 'kubelet' }] },
  spec: {
    nodeName: 'n1',
    containers: [{ name: 'app', image: 'x', env: [{ name: 'A', value: '1' }], volumeMounts: [] }],
    volumes: [{ name: 'v' }],
  },
  status: { containerStatuses: [{ name: 'app', imageID: 'sha256:1', ready: true }] },
});

/** A server with these pods, which knows the one field selector that we use. */
const serve = (names: string[]) =>
  startRecordingServer(({ query }, response) => {
    const name = query['fieldSelector']?.replace('metadata.name=', '');
    const items = names.filter((one) => name === undefined || one === name).map(makeRaw);
    sendJson(response, { metadata: { resourceVersion: '1' }, items });
  });

const refs = (count: number) => Array.from({ length: count }, (_, index) => makeRef('Pod', `web-${index}`));

test('a few pods are read one by one, whole; those that are gone are left out', async () => {
  await using server = await serve(['web-0', 'other']);
  using cluster = await connectTo(server);
  const found = await readPods(cluster, refs(2), new AbortController().signal);
  expect([...found]).toEqual([[objectKey(makeRef('Pod', 'web-0')), makeRaw('web-0')]]);
  expect(server.requests.map(({ query }) => query['fieldSelector']).sort()).toEqual([
    'metadata.name=web-0',
    'metadata.name=web-1',
  ]);
});

test('many pods of a namespace are read by one list, and no more of each is kept than tells how it comes by configs', async () => {
  await using server = await serve([...refs(20).map(({ name }) => name), 'other']);
  using cluster = await connectTo(server);
  const found = await readPods(cluster, refs(20), new AbortController().signal);
  expect(server.requests).toHaveLength(1);
  expect(found.size).toBe(20);
  expect(found.get(objectKey(makeRef('Pod', 'web-7')))).toEqual({
    metadata: { name: 'web-7', namespace: 'shop', uid: 'uid-web-7' },
    spec: {
      nodeName: 'n1',
      volumes: [{ name: 'v' }],
      containers: [{ name: 'app', env: [{ name: 'A', value: '1' }], volumeMounts: [] }],
      initContainers: [],
      ephemeralContainers: [],
    },
    status: { containerStatuses: [{ name: 'app', imageID: 'sha256:1' }] },
  });
});
