import { describe, expect, test } from 'bun:test';
import type { ApiRequest } from '../../../src/cluster/cluster.ts';
import { makeReadConfigs } from '../../../src/restart/read-configs.ts';
import { makeRef } from '../../support/make-objects.ts';
import { makeApiError, makeFakeClock, makeFakeCluster } from '../rollout/fake-cluster.ts';

const CONFIG_MAP = '/api/v1/namespaces/shop/configmaps/web';
const SECRET = '/api/v1/namespaces/shop/secrets/db';
const metadata = { uid: 'u-1', resourceVersion: '7' };
const map = makeRef('ConfigMap', 'web');
const secret = makeRef('Secret', 'db');

function reader(answer: (request: ApiRequest) => unknown) {
  const cluster = makeFakeCluster(answer);
  const clock = makeFakeClock();
  const warnings: string[] = [];
  return {
    cluster,
    clock,
    warnings,
    read: makeReadConfigs(cluster, { clock, onWarning: (text) => warnings.push(text) }),
  };
}

describe('reading configs for a stamp', () => {
  test('gives text and binary keys of a ConfigMap as bytes', async () => {
    const { read } = reader(() => ({ metadata, data: { a: 'é' }, binaryData: { b: 'AP8=' } }));
    const [source] = await read([map]);
    expect(source).toMatchObject({ kind: 'ConfigMap', name: 'web', uid: 'u-1', resourceVersion: '7' });
    expect(source?.content).toEqual(
      new Map([
        ['a', Buffer.from([0xc3, 0xa9])],
        ['b', Buffer.from([0, 255])],
      ]),
    );
  });

  test('decodes the values of a Secret', async () => {
    const { read } = reader(() => ({ metadata, data: { p: 'aHVudGVyMg==' } }));
    const [source] = await read([secret]);
    expect(source?.content).toEqual(new Map([['p', Buffer.from('hunter2')]]));
  });

  test('asks for the metadata where the values may not be read', async () => {
    const { cluster, read, warnings } = reader(({ path }) => {
      if (path === SECRET) throw makeApiError(403, 'Forbidden', 'no');
      return [{ metadata }];
    });
    expect(await read([secret])).toEqual([
      { kind: 'Secret', name: 'db', uid: 'u-1', resourceVersion: '7', content: null },
    ]);
    expect(cluster.requests.at(-1)).toMatchObject({
      path: '/api/v1/namespaces/shop/secrets',
      query: { fieldSelector: 'metadata.name=db' },
    });
    expect(cluster.requests.at(-1)?.signal).toBeInstanceOf(AbortSignal);
    expect(warnings).toHaveLength(1);
  });

  test('says once what it means that values may not be read, with the first refusal', async () => {
    const { read, warnings } = reader(({ path }) => {
      if (path === CONFIG_MAP) throw makeApiError(403, 'Forbidden', 'User "ci" cannot get resource "configmaps"');
      if (path === SECRET) throw makeApiError(403, 'Forbidden', 'another');
      return [{ metadata }];
    });
    await read([map, secret]);
    await read([makeRef('ConfigMap', 'other'), map]);
    expect(warnings).toEqual([
      'User "ci" cannot get resource "configmaps": the restart records no hashes of what it may not read, so that later only times can tell whether the pods run it as it is then',
    ]);
  });

  test('says nothing where all values are read', async () => {
    const { read, warnings } = reader(() => ({ metadata, data: { a: 'b' } }));
    await read([map, secret]);
    expect(warnings).toEqual([]);
  });

  test('notes what does not exist as absent, and leaves out what may not be seen', async () => {
    const { read } = reader(({ path }) => {
      throw path === CONFIG_MAP ? makeApiError(404, 'NotFound', 'gone') : makeApiError(403, 'Forbidden', 'no');
    });
    expect(await read([map, secret])).toEqual([
      { kind: 'ConfigMap', name: 'web', uid: '', resourceVersion: '', content: 'absent' },
    ]);
  });

  test('reads once for those that restart together and anew for those that restart later', async () => {
    const { cluster, clock, read } = reader(() => ({ metadata }));
    await Promise.all([read([map]), read([map])]);
    expect(cluster.requests).toHaveLength(1);
    await clock.advance(2000);
    await read([map]);
    expect(cluster.requests).toHaveLength(2);
  });

  test('throws what is no answer about the config, and asks again the next time', async () => {
    let fails = true;
    const { read } = reader(() => {
      if (fails) throw makeApiError(401, 'Unauthorized', 'expired');
      return { metadata };
    });
    await expect(read([map])).rejects.toMatchObject({ code: 401 });
    fails = false;
    expect(await read([map])).toHaveLength(1);
  });
});
