import { expect, test } from 'bun:test';
import { ApiError } from '../../../src/cluster/api-error.ts';
import { readPodsAt } from '../../../src/cluster/read-pods-at.ts';
import { connectTo, failure } from '../../support/connection.ts';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';

const QUESTION = { namespace: 'shop', resourceVersion: '150' };

test('the pods of a version are read at exactly that version, without their specs', async () => {
  const pods = { items: [{ metadata: { uid: 'a' } }, { metadata: { uid: 'b' } }] };
  await using server = await startRecordingServer((_, response) => sendJson(response, pods));
  using cluster = await connectTo(server);
  expect(await readPodsAt(cluster, QUESTION)).toEqual(new Set(['a', 'b']));
  const [request] = server.requests;
  expect(request?.path).toBe('/api/v1/namespaces/shop/pods');
  // No limit: a server refuses an exact version for the pages that follow.
  expect(request?.query).toEqual({ resourceVersion: '150', resourceVersionMatch: 'Exact' });
  expect(request?.headers.accept?.[0]).toContain('as=PartialObjectMetadataList');
});

test.each([
  [410, 'forgotten'],
  [403, 'unseen'],
] as const)('an answer of %d means that it is %s', async (code, expected) => {
  await using server = await startRecordingServer((_, response) => sendStatus(response, code, 'Refused', 'no'));
  using cluster = await connectTo(server);
  expect(await readPodsAt(cluster, QUESTION)).toBe(expected);
});

test('another failure is one', async () => {
  await using server = await startRecordingServer((_, response) => sendStatus(response, 404, 'NotFound', 'no'));
  using cluster = await connectTo(server);
  expect(await failure(readPodsAt(cluster, QUESTION), ApiError)).toMatchObject({ code: 404 });
});
