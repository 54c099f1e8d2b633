import { describe, expect, test } from 'bun:test';
import type { ManifestConfig } from '../../../src/diff/pick-configs.ts';
import type { PreviewServer } from '../../../src/diff/preview-apply.ts';
import { previewApply } from '../../../src/diff/preview-apply.ts';
import type { JsonObject } from '../../../src/objects/json.ts';
import { makeRef } from '../../support/make-objects.ts';

const CONFIG: ManifestConfig = {
  kind: 'ConfigMap',
  ref: makeRef('ConfigMap', 'web'),
  raw: { data: { a: '2' } },
  labels: {},
  file: 'web.yaml',
};
const LIVE = { metadata: { resourceVersion: '7' }, data: { a: '1' } };
const ANSWER = { data: { a: '2', injected: 'x' } };
const fail = () => Promise.reject(new Error('nobody should ask'));
const preview = (server: Partial<PreviewServer>, namespaces: string[] = []) =>
  previewApply(CONFIG, { get: fail, patch: fail, create: fail, ...server }, new Set(namespaces));

describe('an object that is there', () => {
  const get = async () => LIVE;

  test('is as the server would make it', async () => {
    const sent: JsonObject[] = [];
    const patch = async (_config: ManifestConfig, body: JsonObject) => {
      sent.push(body);
      return ANSWER;
    };
    expect(await preview({ get, patch })).toEqual({ live: LIVE, merged: ANSWER, asked: true });
    expect(sent).toEqual([{ data: { a: '2' }, metadata: { resourceVersion: '7' } }]);
  });

  test('needs no question when nothing changes', async () => {
    const same = { data: { a: '2' } };
    expect(await preview({ get: async () => same })).toEqual({ live: same, merged: same, asked: true });
  });

  test('is reckoned here where writes are forbidden', async () => {
    expect(await preview({ get, patch: async () => 'forbidden' })).toEqual({
      live: LIVE,
      merged: { metadata: { resourceVersion: '7' }, data: { a: '2' } },
      asked: false,
    });
  });

  test('is read again when somebody wrote it in between, and in the end compared without a condition', async () => {
    const bodies: JsonObject[] = [];
    const patch = async (_config: ManifestConfig, body: JsonObject) => {
      bodies.push(body);
      return body.metadata === undefined ? ANSWER : ('conflict' as const);
    };
    expect(await preview({ get, patch })).toMatchObject({ merged: ANSWER });
    expect(bodies).toHaveLength(4);
    await expect(preview({ get, patch: async () => 'conflict' })).rejects.toThrow('it keeps changing');
  });
});

describe('an object that is not there', () => {
  const get = async () => null;

  test('is as the server would create it', async () => {
    expect(await preview({ get, create: async () => ANSWER })).toEqual({ live: null, merged: ANSWER, asked: true });
  });

  test('is taken from the manifest where creating is forbidden, or its namespace comes along', async () => {
    const local = { live: null, merged: CONFIG.raw, asked: false };
    expect(await preview({ get, create: async () => 'forbidden' })).toEqual(local);
    expect(await preview({ get, create: async () => 'absent' }, ['shop'])).toEqual(local);
  });

  test('is refused in a namespace that nobody creates', async () => {
    await expect(preview({ get, create: async () => 'absent' }, ['other'])).rejects.toThrow(
      'Error from server (NotFound): namespaces "shop" not found',
    );
  });
});
