import { describe, expect, test } from 'bun:test';
import { applyMergePatch, makeMergePatch } from '../../../src/diff/merge-patch.ts';
import type { JsonObject } from '../../../src/objects/json.ts';

const live = (content: JsonObject, last?: JsonObject): JsonObject => ({
  kind: 'ConfigMap',
  metadata: {
    name: 'web',
    annotations: last === undefined ? {} : { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(last) },
  },
  ...content,
});

describe('the patch of an apply', () => {
  test.each<[string, JsonObject, JsonObject | undefined, JsonObject, JsonObject]>([
    ['sets what differs', { data: { a: '1', b: '2' } }, undefined, { data: { a: '1', b: '3' } }, { data: { b: '3' } }],
    ['is empty for the same', { data: { a: '1' } }, { data: { a: '1' } }, { data: { a: '1' } }, {}],
    ['leaves what others wrote', { data: { a: '1', b: '2' } }, { data: { a: '1' } }, { data: { a: '1' } }, {}],
    [
      'takes away what it wrote before',
      { data: { a: '1', b: '2' } },
      { data: { a: '1', b: '2' } },
      { data: { a: '1' } },
      { data: { b: null } },
    ],
    [
      'takes away nothing that an apply did not write',
      { data: { a: '1', b: '2' } },
      undefined,
      { data: { a: '1' } },
      {},
    ],
    ['takes the whole field away', { data: { a: '1' } }, { data: { a: '1' } }, {}, { data: null }],
    ['takes a field away that is written as nothing', { data: { a: '1' } }, undefined, { data: null }, { data: null }],
    ['adds a field', {}, undefined, { binaryData: { a: 'AA==' } }, { binaryData: { a: 'AA==' } }],
    [
      'always sends stringData',
      { data: { a: 'MQ==' } },
      undefined,
      { stringData: { a: '1' } },
      { stringData: { a: '1' } },
    ],
    ['sets immutable', { data: { a: '1' } }, undefined, { data: { a: '1' }, immutable: true }, { immutable: true }],
    ['takes immutable away', { immutable: true }, { immutable: true }, {}, { immutable: null }],
    [
      'looks at content only',
      { data: { a: '1' } },
      undefined,
      { data: { a: '1' }, metadata: { labels: { x: 'y' } } },
      {},
    ],
  ])('%s', (_title, content, last, manifest, patch) => {
    expect(makeMergePatch(live(content, last), manifest)).toEqual(patch);
  });

  test('does without a last apply that cannot be read', () => {
    const broken = {
      metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{' } },
      data: { a: '1' },
    };
    expect(makeMergePatch(broken, { data: {} })).toEqual({});
  });
});

test('what a patch makes of an object', () => {
  const object = { kind: 'ConfigMap', data: { a: '1', b: '2' }, immutable: true };
  expect(applyMergePatch(object, { data: { b: null, c: '3' }, immutable: null })).toEqual({
    kind: 'ConfigMap',
    data: { a: '1', c: '3' },
  });
  expect(applyMergePatch(object, { data: null })).toEqual({ kind: 'ConfigMap', immutable: true });
  expect(object.data).toEqual({ a: '1', b: '2' });
});

test('a key that is called like something that every object has is a key like others', () => {
  const parse = (text: string): JsonObject => JSON.parse(text);
  const before = parse('{"data":{"constructor":"1","__proto__":"1","toString":"1"}}');
  const after = parse('{"data":{"__proto__":"2","valueOf":"3"}}');
  const object = live(before, before);
  const patch = makeMergePatch(object, after);
  expect(JSON.stringify(patch)).toBe('{"data":{"constructor":null,"toString":null,"__proto__":"2","valueOf":"3"}}');
  expect(JSON.stringify(applyMergePatch(object, patch).data)).toBe('{"__proto__":"2","valueOf":"3"}');
});
