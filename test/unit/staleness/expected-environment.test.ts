import { describe, expect, test } from 'bun:test';
import type { KnownContent } from '../../../src/staleness/expected-content.ts';
import { readConfigContent, takeFingerprint, toVariable } from '../../../src/staleness/expected-content.ts';
import type { ExpectedVariable } from '../../../src/staleness/expected-environment.ts';
import { expectEnvironment } from '../../../src/staleness/expected-environment.ts';

const CONFIGS: Record<string, KnownContent> = {
  'ConfigMap/a': readConfigContent(
    { data: { A: '1', B: 'two\n', 'dotted.key': 'd' }, binaryData: { RAW: 'AAH/' } },
    'ConfigMap',
  ),
  'ConfigMap/b': readConfigContent({ data: { A: '9', C: 'c' } }, 'ConfigMap'),
  'Secret/s': readConfigContent({ data: { A: Buffer.from('secret').toString('base64'), CAFE: 'Y2Fm6Q==' } }, 'Secret'),
  'Secret/hidden': 'unseen',
};
const find = (kind: string, name: string): KnownContent => CONFIGS[`${kind}/${name}`] ?? 'absent';

/** The values by the names of those that they could be. */
const NAMES = new Map(
  ['1', '9', 'two\n', 'd', 'c', 'secret', 'caf\ufffd'].map((text) => [takeFingerprint(Buffer.from(text)).hash, text]),
);

function show({ value, text, source, mayBeHidden }: ExpectedVariable): string {
  const shown = value === null ? (text ?? '?') : (NAMES.get(value.hash) ?? 'another');
  return `${shown}${source === null ? '' : ` of ${source.name}`}${mayBeHidden ? ' perhaps' : ''}`;
}

function expectTexts(container: object): Record<string, string> {
  const pod = { metadata: { name: 'web-1' }, spec: { nodeName: 'n' } };
  const { variables } = expectEnvironment({ ...container }, pod, find);
  return Object.fromEntries([...variables].map(([name, variable]) => [name, show(variable)]).sort());
}

const from = (name: string, key: string, optional = false) => ({
  valueFrom: { configMapKeyRef: { name, key, optional } },
});
const all = (name: string, prefix = '') => ({ prefix, configMapRef: { name } });

/** One line each: what the kubelet makes of it. */
const TABLE: [title: string, container: object, environment: Record<string, string>][] = [
  ['a key as it stands, its newline at the end too', { env: [{ name: 'X', ...from('a', 'B') }] }, { X: 'two\n of a' }],
  ['all keys but the binary ones', { envFrom: [all('a')] }, { A: '1 of a', B: 'two\n of a', 'dotted.key': 'd of a' }],
  ['all keys with a prefix', { envFrom: [all('b', 'P_')] }, { P_A: '9 of b', P_C: 'c of b' }],
  [
    'the later envFrom over the earlier',
    { envFrom: [all('a'), all('b')] },
    { A: '9 of b', B: 'two\n of a', C: 'c of b', 'dotted.key': 'd of a' },
  ],
  ['env over envFrom', { env: [{ name: 'A', value: '5' }], envFrom: [all('b')] }, { A: '5', C: 'c of b' }],
  [
    'the later env over the earlier',
    {
      env: [
        { name: 'X', ...from('a', 'A') },
        { name: 'X', ...from('b', 'A') },
      ],
    },
    { X: '9 of b' },
  ],
  ['an optional key that is missing leaves it out', { env: [{ name: 'X', ...from('a', 'NONE', true) }] }, {}],
  [
    'an optional config that is missing leaves it out',
    { env: [{ name: 'X', ...from('none', 'A', true) }], envFrom: [all('none')] },
    {},
  ],
  [
    'an optional key that is missing leaves what was there',
    { env: [{ name: 'A', ...from('a', 'NONE', true) }], envFrom: [all('b')] },
    { A: '9 of b', C: 'c of b' },
  ],
  ['a binary key is no key for a variable', { env: [{ name: 'X', ...from('a', 'RAW', true) }] }, {}],
  [
    'bytes of a Secret that are no UTF-8 are replaced',
    { envFrom: [{ secretRef: { name: 's' } }] },
    { A: 'secret of s', CAFE: 'caf\ufffd of s' },
  ],
  [
    '$(VAR) in literals, and in nothing else',
    {
      env: [
        { name: 'N', value: 'n' },
        { name: 'X', value: '$(N)-$$(N)-$$' },
        { name: 'Y', ...from('a', 'A') },
      ],
    },
    { N: 'n', X: 'n-$(N)-$', Y: '1 of a' },
  ],
  [
    'a literal with what only the kubelet knows is not known',
    { env: [{ name: 'X', value: '$(KUBERNETES_PORT)' }] },
    { X: '?' },
  ],
  [
    'a literal with a value of a config is not known',
    {
      env: [
        { name: 'L', ...from('a', 'A') },
        { name: 'X', value: '$(L)!' },
      ],
    },
    { L: '1 of a', X: '?' },
  ],
  ['an empty literal is a value', { env: [{ name: 'A', value: '' }], envFrom: [all('b')] }, { A: '', C: 'c of b' }],
  [
    'fields of the pod',
    {
      env: [
        { name: 'N', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'I', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
      ],
    },
    { I: '?', N: 'web-1' },
  ],
  [
    'a config that may not be read may hide what came before',
    { envFrom: [all('b', 'P_'), { secretRef: { name: 'hidden' } }, all('b')] },
    { A: '9 of b', C: 'c of b', P_A: '9 of b perhaps', P_C: 'c of b perhaps' },
  ],
  [
    'a key of a config that may not be read has a name and no value',
    { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'hidden', key: 'k' } } }] },
    { X: '? of hidden' },
  ],
];

describe('the environment of a container that starts now', () => {
  for (const [title, container, environment] of TABLE) {
    test(title, () => expect(expectTexts(container)).toEqual(environment));
  }

  test('knows what a literal was made of', () => {
    const env = [
      { name: 'L', ...from('a', 'A') },
      { name: 'M', value: '$(L)' },
      { name: 'X', value: '<$(M)>' },
    ];
    const { variables } = expectEnvironment({ env }, undefined, find);
    expect([...(variables.get('X')?.madeOf ?? [])]).toEqual([
      { kind: 'ConfigMap', name: 'a', key: 'A', via: 'env', at: 'L' },
    ]);
    const doubling = Array.from({ length: 40 }, (_, index) => ({
      name: `V${index + 1}`,
      value: `$(V${index})$(V${index})`,
    }));
    const doubled = expectEnvironment({ env: [{ name: 'V0', ...from('a', 'A') }, ...doubling] }, undefined, find);
    expect(doubled.variables.get('V40')?.madeOf.size).toBe(1);
  });

  test('is empty for a container of another shape', () => {
    expect(expectTexts({ env: 'x', envFrom: [null, {}, { configMapRef: {} }] })).toEqual({});
  });
});

describe('a value on its way into an environment', () => {
  test('stays as it is when it is UTF-8', () => {
    for (const text of ['', 'plain', 'a\r\n\tb', 'ä€😀', '\u0000']) {
      expect(Buffer.from(toVariable(Buffer.from(text))).toString()).toBe(text);
    }
  });

  test('gets U+FFFD for each byte that is not', () => {
    const cases: [number[], string][] = [
      [[0x63, 0xe9], 'c\ufffd'],
      [[0xe2, 0x82], '\ufffd\ufffd'],
      [[0xe2, 0x82, 0x41], '\ufffd\ufffdA'],
      [[0xf0, 0x9f, 0x98, 0x80, 0xff], '😀\ufffd'],
      [[0xc0, 0x80, 0xed, 0xa0, 0x80], '\ufffd\ufffd\ufffd\ufffd\ufffd'],
    ];
    for (const [bytes, text] of cases) {
      expect(Buffer.from(toVariable(Uint8Array.from(bytes))).toString()).toBe(text);
    }
  });
});

test('the content of a config keeps no value', () => {
  const content = readConfigContent({ data: { A: 'hunter2', B: 7 }, binaryData: { C: 'AAH/' } }, 'ConfigMap');
  expect([...content.variables.keys(), ...content.files.keys()]).toEqual(['A', 'A', 'C']);
  expect(JSON.stringify([...content.files, ...content.variables])).not.toContain('hunter2');
  expect(content.files.get('C')).toEqual(takeFingerprint(Uint8Array.from([0, 1, 255])));
});
