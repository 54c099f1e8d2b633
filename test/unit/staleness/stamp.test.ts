import { describe, expect, test } from 'bun:test';
import { createHash, createHmac } from 'node:crypto';
import { parseStamp } from '../../../src/staleness/parse-stamp.ts';
import type { StampSource } from '../../../src/staleness/stamp.ts';
import { hashValue, makeStamp, stampUid } from '../../../src/staleness/stamp.ts';

const TIME = '2026-01-01T10:00:00.123Z';
const bytes = (text: string) => new TextEncoder().encode(text);

function makeSource(
  overrides: Partial<StampSource> = {},
  content: Record<string, string> = { LEVEL: 'info' },
): StampSource {
  return {
    kind: 'ConfigMap',
    name: 'web',
    uid: '8c2ce0ea-6b2f-4a4e-b7f3-000000000001',
    resourceVersion: '603',
    content: new Map(Object.entries(content).map(([key, value]) => [key, bytes(value)])),
    ...overrides,
  };
}

const stampOf = (...sources: StampSource[]) => {
  const stamp = parseStamp(makeStamp(sources, TIME));
  if (stamp === null) throw new Error('no stamp');
  return stamp;
};

describe('a stamp', () => {
  test('is compact JSON with time, uid, version and a hash a key', () => {
    const hash = createHash('sha256').update('5:LEVEL4:info').digest().subarray(0, 12).toString('base64url');
    expect(makeStamp([makeSource()], TIME)).toBe(
      `{"v":1,"t":"${TIME}","c":[{"n":"configmap/web","u":"8c2ce0ea-6b2f-4a4e-b7f3-000000000001","r":"603","k":{"LEVEL":"${hash}"}}]}`,
    );
  });

  test('is the same for the same content in another order', () => {
    const a = makeSource({}, { A: '1', B: '2' });
    const b = makeSource({ kind: 'Secret', name: 'db' });
    const swapped = makeSource({}, { B: '2', A: '1' });
    expect(makeStamp([a, b], TIME)).toBe(makeStamp([b, swapped], TIME));
  });

  test('hashes a Secret with a key that a reader of the pod does not have', () => {
    const source = makeSource({ kind: 'Secret', name: 'db' }, { PASS: 'hunter2' });
    const text = makeStamp([source], TIME);
    const keyed = createHmac('sha256', source.uid)
      .update('4:PASS7:hunter2')
      .digest()
      .subarray(0, 12)
      .toString('base64url');
    const plain = createHash('sha256').update('4:PASS7:hunter2').digest().subarray(0, 12).toString('base64url');
    expect(text).toContain(keyed);
    expect(text).not.toContain(plain);
    expect(text).not.toContain(source.uid);
    expect(stampOf(source).configs[0]?.uid).toBe(stampUid('Secret', source.uid));
  });

  test('tells contents apart that only differ in where one part ends', () => {
    const fold = (content: Record<string, string>) => {
      const padding = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`z${index}`, '']));
      return stampOf(makeSource({}, { ...content, ...padding })).configs[0]?.content;
    };
    expect(fold({ a: 'b1:c' })).not.toEqual(fold({ a: 'b', c: '' }));
    expect(hashValue(makeSource(), 'ab', bytes('c'))).not.toBe(hashValue(makeSource(), 'a', bytes('bc')));
  });

  test('holds bytes that are no text', () => {
    const source = makeSource({ content: new Map([['bin', new Uint8Array([0, 255, 128])]]) });
    expect(stampOf(source).configs[0]?.content).toEqual({
      by: 'key',
      hashes: { bin: hashValue(source, 'bin', new Uint8Array([0, 255, 128])) },
    });
  });

  test('folds a config of more than 32 keys to one hash', () => {
    const keys = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`KEY_${index}`, 'x']));
    expect(stampOf(makeSource({}, keys(32))).configs[0]?.content).toMatchObject({ by: 'key' });
    const folded = stampOf(makeSource({}, keys(33))).configs[0]?.content;
    expect(folded).toEqual({ by: 'object', hash: expect.any(String) });
    expect(stampOf(makeSource({}, { ...keys(33), KEY_1: 'y' })).configs[0]?.content).not.toEqual(folded);
  });

  test('says only uid and version of what could not be read', () => {
    expect(stampOf(makeSource({ kind: 'Secret', name: 'db', content: null })).configs).toEqual([
      { kind: 'Secret', name: 'db', uid: expect.any(String), resourceVersion: '603', content: null },
    ]);
  });

  test('says of what was absent that it was', () => {
    expect(stampOf(makeSource({ content: 'absent' })).configs).toEqual([
      { kind: 'ConfigMap', name: 'web', uid: '', resourceVersion: '', content: 'absent' },
    ]);
  });

  test('stays small: the largest configs are folded, then left out', () => {
    const wide = (name: string) =>
      makeSource(
        { name },
        Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${'K'.repeat(200)}${index}`, 'x'])),
      );
    const some = Array.from({ length: 6 }, (_, index) => wide(`config-${index}`));
    const text = makeStamp([...some, makeSource()], TIME);
    expect(text.length).toBeLessThanOrEqual(16_384);
    const stamp = stampOf(...some, makeSource());
    expect(stamp.configs).toHaveLength(7);
    expect(stamp.configs.find(({ name }) => name === 'web')?.content).toMatchObject({ by: 'key' });
    const many = Array.from({ length: 500 }, (_, index) => makeSource({ name: `config-${index}` }));
    expect(makeStamp(many, TIME).length).toBeLessThanOrEqual(16_384);
  });
});

describe('reading a stamp', () => {
  test('gives back what was written, without its configs too', () => {
    expect(stampOf()).toEqual({ time: TIME, configs: [] });
    expect(stampOf(makeSource()).configs[0]).toMatchObject({ kind: 'ConfigMap', name: 'web', resourceVersion: '603' });
  });

  test('passes over what it does not know', () => {
    expect(
      parseStamp(`{"v":1,"t":"${TIME}","x":[1],"c":[{"n":"configmap/web","u":"u","r":"1","z":{}}]}`)?.configs,
    ).toHaveLength(1);
  });

  test.each([
    '',
    'x',
    'null',
    '[]',
    '{}',
    `{"v":2,"t":"${TIME}","c":[]}`,
    '{"v":1,"t":"yesterday","c":[]}',
    `{"v":1,"t":"${TIME}"}`,
    `{"v":1,"t":"${TIME}","c":{}}`,
    `{"v":1,"t":"${TIME}","c":[1]}`,
    `{"v":1,"t":"${TIME}","c":[{"n":"pod/web","u":"u","r":"1"}]}`,
    `{"v":1,"t":"${TIME}","c":[{"n":"configmap","u":"u","r":"1"}]}`,
    `{"v":1,"t":"${TIME}","c":[{"n":"configmap/web","r":"1"}]}`,
    `{"v":1,"t":"${TIME}","c":[{"n":"configmap/web","u":"u","r":"1","k":[]}]}`,
    `{"v":1,"t":"${TIME}","c":[{"n":"configmap/web","u":"u","r":"1","k":{"A":1}}]}`,
    `{"v":1,"t":"${TIME}","c":[{"n":"configmap/web","u":"u","r":"1","h":1}]}`,
    makeStamp([makeSource()], TIME).slice(0, -1),
  ])('gives nothing for a damaged one: %s', (text) => {
    expect(parseStamp(text)).toBeNull();
  });
});
