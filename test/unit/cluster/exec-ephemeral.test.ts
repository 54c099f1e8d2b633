import { describe, expect, test } from 'bun:test';
import { ApiError } from '../../../src/cluster/api-error.ts';
import type { AddedState } from '../../../src/cluster/exec-ephemeral.ts';
import { addEphemeralContainer } from '../../../src/cluster/exec-ephemeral.ts';
import { ExecError } from '../../../src/cluster/exec-error.ts';
import { connectTo, failure } from '../../support/connection.ts';
import { makeRef } from '../../support/make-objects.ts';
import type { Respond } from '../../support/recording-server.ts';
import { sendJson, sendStatus, startRecordingServer } from '../../support/recording-server.ts';

async function add(handler: Respond, states: AddedState[] = [{ state: 'running' }], patience = 10_000) {
  const server = await startRecordingServer(handler);
  const cluster = await connectTo(server);
  let asked = 0;
  const adding = addEphemeralContainer(cluster, {
    pod: makeRef('Pod', 'web-1'),
    uid: 'uid-1',
    container: { name: 'look' },
    readState: async () => states[Math.min(asked++, states.length - 1)] ?? { state: 'running' },
    patience,
    signal: new AbortController().signal,
  }).finally(async () => {
    cluster.close();
    await server[Symbol.asyncDispose]();
  });
  return { adding, server, asked: () => asked };
}

const accept: Respond = (_, response) => sendJson(response, {});
const waiting = (why: string, final = false): AddedState => ({ state: 'waiting', final, why });

describe('an ephemeral container', () => {
  test('is added to the pod that was meant, by a patch of its own subresource, and waited for', async () => {
    const { adding, server, asked } = await add(accept, [waiting('a'), waiting('b'), { state: 'running' }]);
    await adding;
    expect(asked()).toBe(3);
    const [request] = server.requests;
    expect(request).toMatchObject({ method: 'PATCH', path: '/api/v1/namespaces/shop/pods/web-1/ephemeralcontainers' });
    expect(request?.query).toEqual({ fieldManager: 'config-reload' });
    expect(request?.headers['content-type']?.[0]).toBe('application/strategic-merge-patch+json');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      metadata: { uid: 'uid-1' },
      spec: { ephemeralContainers: [{ name: 'look' }] },
    });
  });

  test('that will never run, or does not run in time, is told with what the kubelet says', async () => {
    const never = await add(accept, [waiting('pulling'), waiting('ImagePullBackOff: no such image', true)]);
    expect(await failure(never.adding, ExecError)).toMatchObject({
      kind: 'failed',
      message: 'ImagePullBackOff: no such image',
    });
    const late = await add(accept, [waiting('ErrImagePull: no such host')], 1);
    expect(await failure(late.adding, ExecError)).toMatchObject({
      kind: 'timeout',
      message: expect.stringMatching(/^it does not run after [\d.]+ s: ErrImagePull: no such host$/),
    });
  });

  test.each([
    [
      403,
      'Forbidden',
      'pods "web-1" is forbidden: User "ann" cannot patch resource "pods/ephemeralcontainers"',
      'forbidden',
    ],
    // Admission refuses this pod, and not the user.
    [
      403,
      'Forbidden',
      'pods "web-1" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true',
      'failed',
    ],
    [404, 'NotFound', 'pods "web-1" not found', 'gone'],
  ] as const)('that is refused with %d (%s: %s) is %s', async (code, reason, message, kind) => {
    const { adding } = await add((_, response) => sendStatus(response, code, reason, message));
    const error = await failure(adding, ExecError);
    expect(error.kind).toBe(kind);
    expect(error.message).toContain(message);
  });

  test('is no reason to go on without a login', async () => {
    const { adding } = await add((_, response) => sendStatus(response, 401, 'Unauthorized', 'Unauthorized'));
    expect(await failure(adding, ApiError)).toMatchObject({ code: 401 });
  });
});
