import { describe, expect, test } from 'bun:test';
import { describeSides, nameDiffFile, parseExternalDiff } from '../../../src/diff/external-diff.ts';
import { makeRef } from '../../support/make-objects.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const login = { kind: 'Secret' as const, ref: makeRef('Secret', 'login') };
const web = { kind: 'ConfigMap' as const, ref: makeRef('ConfigMap', 'web') };

describe('the command of an external diff', () => {
  test.each([
    ['colordiff -N -u', 'colordiff', ['-N', '-u']],
    ['diff --color=always', 'diff', ['--color=always']],
    ['/usr/bin/my.diff  -u', '/usr/bin/my.diff', ['-u']],
    ['diff -u; rm -rf /tmp/x $(id) `id` |cat --label=a/b', 'diff', ['rm', '-rf']],
    ['diff -u\t-N', 'diff', []],
    [' diff', '', ['diff']],
  ])('%j is split at blanks, and odd words are dropped', (text, program, args) => {
    expect(parseExternalDiff(text)).toEqual({ program, args });
  });
});

test('files are named as those of kubectl', () => {
  expect(nameDiffFile(login.ref)).toBe('v1.Secret.shop.login');
});

test.each([
  ['../../../etc/cron.d/x', 'v1.Secret.shop...%2F..%2F..%2Fetc%2Fcron.d%2Fx'],
  ['a\\b', 'v1.Secret.shop.a%5Cb'],
  ['a\0b\n\x1b[2J', 'v1.Secret.shop.a%00b%0A%1B%5B2J'],
  ['\u{1f642}\ud800', 'v1.Secret.shop.%F0%9F%99%82%EF%BF%BD'],
])('the file of %j lies in its folder', (name, file) => {
  expect(nameDiffFile(makeRef('Secret', name))).toBe(file);
});

test('the longest names that Kubernetes allows have files of their own', () => {
  const names = ['a', 'b'].map((last) =>
    nameDiffFile(makeRef('ConfigMap', `${'x'.repeat(252)}${last}`, 'n'.repeat(63))),
  );
  expect(names.map(({ length }) => length)).toEqual([255, 255]);
  expect(new Set(names).size).toBe(2);
});

describe('the sides of a config', () => {
  const raw = (fields: object) => ({
    apiVersion: 'v1',
    metadata: {
      name: 'login',
      annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"stringData":{"a":"hunter2"}}' },
      managedFields: [{ manager: 'kubectl' }],
    },
    ...fields,
  });

  test('of a Secret are masked as kubectl masks them, and nothing else of it is there', () => {
    const from = raw({ type: 'Opaque', data: { same: base64('a'), changed: base64('hunter2'), gone: base64('b') } });
    const to = raw({
      type: 'Opaque',
      data: { same: base64('a'), changed: base64('old') },
      stringData: { changed: 'hunter3', fresh: 'hunter4' },
    });
    const head = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace: 'shop' }, type: 'Opaque' };
    const sides = describeSides(login, { from, to }, { showSecrets: false });
    expect(sides).toEqual({
      from: { ...head, data: { same: '***', changed: '*** (before)', gone: '***' } },
      to: { ...head, data: { same: '***', changed: '*** (after)', fresh: '***' } },
    } as typeof sides);
    expect(JSON.stringify(sides)).not.toMatch(/hunter|aHVudGVy/);
  });

  test('of a Secret that is new has one side', () => {
    const { from, to } = describeSides(
      login,
      { from: null, to: raw({ data: { a: base64('x') } }) },
      { showSecrets: false },
    );
    expect([from, to.data]).toEqual([null, { a: '***' }]);
  });

  test('of a Secret are shown encoded when asked for', () => {
    const { to } = describeSides(login, { from: null, to: raw({ stringData: { a: 'x' } }) }, { showSecrets: true });
    expect(to.data).toEqual({ a: base64('x') });
  });

  test('of a ConfigMap are text and encoded bytes', () => {
    const fields = { data: { a: 'x\r\n\x1b[2J' }, binaryData: { b: 'AP8=' }, immutable: true };
    expect(describeSides(web, { from: raw({}), to: raw(fields) }, { showSecrets: false })).toEqual({
      from: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web', namespace: 'shop' } },
      to: {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'web', namespace: 'shop' },
        ...fields,
        immutable: true,
      },
    });
  });
});
