import { describe, expect, test } from 'bun:test';
import type { JsonObject } from '../../../src/objects/json.ts';
import type { KnownContent } from '../../../src/staleness/expected-content.ts';
import { readConfigContent } from '../../../src/staleness/expected-content.ts';
import { expectEnvironment } from '../../../src/staleness/expected-environment.ts';
import { expectMount } from '../../../src/staleness/expected-files.ts';
import type { ConfigRef } from '../../../src/types.ts';
import { makeRef, makeUse } from '../../support/make-objects.ts';

const CONFIGS: Record<string, KnownContent> = {
  'ConfigMap/web': readConfigContent({ data: { a: '1', b: '22' }, binaryData: { raw: 'AAH/' } }, 'ConfigMap'),
  'ConfigMap/other': readConfigContent({ data: { b: '333', c: '4444' } }, 'ConfigMap'),
  'Secret/hidden': 'unseen',
};
const find = (kind: string, name: string): KnownContent => CONFIGS[`${kind}/${name}`] ?? 'absent';

const VOLUMES: Record<string, object> = {
  whole: { configMap: { name: 'web' } },
  items: {
    configMap: {
      name: 'web',
      items: [
        { key: 'a', path: 'd/./x' },
        { key: 'gone', path: 'd/gone' },
        { key: 'b', path: 'y' },
      ],
    },
  },
  both: {
    projected: {
      sources: [
        { configMap: { name: 'web' } },
        { configMap: { name: 'other' } },
        { downwardAPI: { items: [{ path: 'labels' }] } },
      ],
    },
  },
  token: { projected: { sources: [{ configMap: { name: 'web' } }, { serviceAccountToken: { path: 'a' } }] } },
  none: { configMap: { name: 'web', optional: true, items: [{ key: 'old', path: 'x' }] } },
  partly: {
    projected: {
      sources: [
        { configMap: { name: 'web', items: [{ key: 'a', path: 'a' }] } },
        { secret: { name: 'hidden' } },
        { configMap: { name: 'web', items: [{ key: 'b', path: 'b' }] } },
      ],
    },
  },
  part: { projected: { sources: [{ configMap: { name: 'web' } }, { secret: { name: 'hidden' } }] } },
};

/** What a use of ConfigMap web at /etc/x gives: files with their sizes, and what else is told. */
function expectAt(volume: string, mount: object = {}, options: { use?: Partial<ConfigRef>; container?: object } = {}) {
  const use = makeUse({ via: 'volume', at: '/etc/x', keys: null, ...options.use });
  const container: JsonObject = {
    volumeMounts: [
      { name: 'v', mountPath: '/etc/x', ...mount },
      { name: 'w', mountPath: '/etc/x/nested/deep' },
    ],
    ...options.container,
  };
  const spec = { volumes: [{ name: 'v', ...VOLUMES[volume] }] };
  const environment = expectEnvironment(container, { metadata: { name: 'a' } }, find);
  const expected = expectMount(use, container, spec, environment, find);
  if (expected === null) return null;
  const { files, names, ...rest } = expected;
  return {
    ...rest,
    names: names && [...names].sort(),
    files: files.map(({ path, key, value }) => `${path} ${key} ${value?.size ?? '?'}`),
  };
}

describe('a mount of a container that starts now', () => {
  test('shows every key of a whole volume, the binary ones too', () => {
    expect(expectAt('whole')).toEqual({
      files: ['/etc/x/a a 1', '/etc/x/b b 2', '/etc/x/raw raw 3'],
      folder: '/etc/x',
      names: ['a', 'b', 'nested', 'raw'],
      isRewritten: true,
      gone: [],
    });
  });

  test('shows the listed keys under their paths, and accounts for no other names', () => {
    expect(expectAt('items')).toMatchObject({
      files: ['/etc/x/d/x a 1', '/etc/x/y b 2'],
      names: null,
      isRewritten: true,
    });
  });

  test('shows one file', () => {
    expect(expectAt('whole', { subPath: 'b' })).toMatchObject({ files: ['/etc/x b 2'], folder: null, gone: [] });
    expect(expectAt('items', { subPath: 'd/x' })).toMatchObject({ files: ['/etc/x a 1'] });
    expect(expectAt('whole', { subPath: '..data/b' })).toMatchObject({ files: ['/etc/x b 2'] });
  });

  test('shows a folder of the volume, or all of it, as it was at the start', () => {
    expect(expectAt('items', { subPath: 'd' })).toMatchObject({
      files: ['/etc/x/x a 1'],
      folder: '/etc/x',
      isRewritten: false,
    });
    expect(expectAt('whole', { subPath: '..data' })).toMatchObject({
      files: ['/etc/x/a a 1', '/etc/x/b b 2', '/etc/x/raw raw 3'],
      folder: '/etc/x',
      isRewritten: false,
    });
  });

  test('shows a file by an expression that the pod itself answers, and nothing by another', () => {
    const env = (fieldPath: string) => ({
      container: { env: [{ name: 'N', valueFrom: { fieldRef: { fieldPath } } }] },
    });
    const mount = { name: 'v', mountPath: '/etc/x', subPathExpr: '$(N)' };
    const withMount = (fieldPath: string) => ({ container: { ...env(fieldPath).container, volumeMounts: [mount] } });
    expect(expectAt('whole', {}, withMount('metadata.name'))).toMatchObject({ files: ['/etc/x a 1'] });
    expect(expectAt('whole', {}, withMount('status.podIP'))).toBeNull();
  });

  test('tells where a key was that is gone', () => {
    expect(expectAt('items')).toMatchObject({ gone: [{ path: '/etc/x/d/gone', key: 'gone' }] });
    expect(expectAt('items', { subPath: 'd' })).toMatchObject({ gone: [{ path: '/etc/x/gone', key: 'gone' }] });
    expect(expectAt('none')).toMatchObject({ files: [], gone: [{ path: '/etc/x/x', key: 'old' }], names: null });
    const use = { via: 'subPath', keys: ['old'] } as const;
    expect(expectAt('whole', { subPath: 'old' }, { use: { ...use, keys: ['old'] } })).toMatchObject({
      files: [],
      gone: [{ path: '/etc/x', key: 'old' }],
    });
    // What a config that may not be read has of it, nobody knows.
    expect(expectAt('part', { subPath: 'old' }, { use: { ...use, keys: ['old'] } })).toBeNull();
  });

  test('shows of several sources the last one with the same path, and leaves that to its own use', () => {
    expect(expectAt('both')).toMatchObject({
      files: ['/etc/x/a a 1', '/etc/x/raw raw 3'],
      names: ['a', 'b', 'c', 'labels', 'nested', 'raw'],
    });
    const other = { use: { config: makeRef('ConfigMap', 'other') } };
    expect(expectAt('both', {}, other)).toMatchObject({ files: ['/etc/x/b b 3', '/etc/x/c c 4'] });
  });

  test('does not know what a token or a config that may not be read puts in the place of a file', () => {
    expect(expectAt('token')).toMatchObject({ files: ['/etc/x/a a ?', '/etc/x/b b 2', '/etc/x/raw raw 3'] });
    expect(expectAt('part')).toBeNull();
    expect(expectAt('partly')).toMatchObject({ files: ['/etc/x/a a ?', '/etc/x/b b 2'], names: null });
  });

  test('leaves out what another mount covers', () => {
    const over = (mountPath: string) => ({
      container: {
        volumeMounts: [
          { name: 'v', mountPath: '/etc/x' },
          { name: 'w', mountPath },
        ],
      },
    });
    expect(expectAt('whole', {}, over('/etc/x/b'))).toMatchObject({ files: ['/etc/x/a a 1', '/etc/x/raw raw 3'] });
    expect(expectAt('items', {}, over('/etc/x/d/'))).toMatchObject({ files: ['/etc/x/y b 2'] });
    expect(expectAt('items', {}, over('/etc/x/dd'))).toMatchObject({ files: ['/etc/x/d/x a 1', '/etc/x/y b 2'] });
  });

  test('is none where the pod has no such mount', () => {
    expect(expectAt('whole', {}, { use: { at: '/other' } })).toBeNull();
  });
});
