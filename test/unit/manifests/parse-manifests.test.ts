import { describe, expect, test } from 'bun:test';
import { ReloadError } from '../../../src/error.ts';
import { parseManifests } from '../../../src/manifests/parse-manifests.ts';

/** Objects in short: `Kind/name` with document and line. */
function parse(text: string): string[] {
  return parseManifests(text, 'f.yaml').map(({ raw, document, line }) => {
    const { metadata } = JSON.parse(JSON.stringify(raw));
    return `${raw.kind}/${metadata?.name} ${document}:${line}`;
  });
}

function errorOf(text: string): { message: string; hint: string | undefined } {
  try {
    parseManifests(text, 'f.yaml');
  } catch (error) {
    if (error instanceof ReloadError) return { message: error.message, hint: error.hint };
    throw error;
  }
  throw new Error('it was parsed');
}

const configMap = (name: string, rest = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${rest}`;

describe('YAML', () => {
  test('documents are objects with their places, empty ones are passed over', () => {
    expect(parse(`${configMap('a')}---\n# nothing\n---\n---\n\n${configMap('b')}`)).toEqual([
      'ConfigMap/a 1:1',
      'ConfigMap/b 4:9',
    ]);
  });

  test('an empty text, comments and directives hold nothing', () => {
    for (const text of ['', '\n', '---\n', '# x\n', '---\n---\nnull\n', '%YAML 1.1\n---\n'])
      expect(parse(text)).toEqual([]);
  });

  test('Windows line ends, a byte order mark and document ends are read', () => {
    const text = `\uFEFF${configMap('a', 'data:\n  k: |\n    x\n    y\n')}...\n---\n${configMap('b')}`;
    expect(parse(text)).toEqual(['ConfigMap/a 1:1', 'ConfigMap/b 2:10']);
    expect(parse(text.replaceAll('\n', '\r\n'))).toEqual(['ConfigMap/a 1:1', 'ConfigMap/b 2:10']);
    const [first] = parseManifests(text.replaceAll('\n', '\r\n'), 'f.yaml');
    expect(first?.raw.data).toEqual({ k: 'x\ny\n' });
  });

  test('values are what kubectl takes them for', () => {
    const text = 'data: {a: yes, b: 0644, c: 2001-01-01, d: 1:30, e: "yes", f: ~, g: 1e3, y: z, <<: {m: w}}';
    const [object] = parseManifests(configMap('a', text), 'f.yaml');
    expect(object?.raw.data).toEqual({
      a: true,
      b: 420,
      c: '2001-01-01',
      d: '1:30',
      e: 'yes',
      f: null,
      g: 1000,
      true: 'z',
      m: 'w',
    });
  });

  test('a key that every object has is a key', () => {
    const [object] = parseManifests(configMap('a', 'data: {__proto__: x, constructor: z}'), 'f.yaml');
    expect(Object.entries(object?.raw.data ?? {})).toEqual([
      ['__proto__', 'x'],
      ['constructor', 'z'],
    ]);
  });

  test('anchors are copied', () => {
    const text = `${configMap('a', 'data: &d {k: v}\nbinaryData: *d\n')}`;
    expect(parseManifests(text, 'f.yaml')[0]?.raw.binaryData).toEqual({ k: 'v' });
  });

  test('the object stays as it is, and the text is kept', () => {
    const text = configMap('a', 'immutable: true\nunknown: [1, {x: z}]\n');
    const [object] = parseManifests(text, 'f.yaml');
    expect(object).toMatchObject({ source: { file: 'f.yaml', text }, path: [], raw: { unknown: [1, { x: 'z' }] } });
  });
});

describe('Lists', () => {
  test('are their members, each with its place', () => {
    const text = `kind: List\napiVersion: v1\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: a}\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: b}\n`;
    expect(parse(text)).toEqual(['Secret/a 1:4', 'Pod/b 1:7']);
    expect(parseManifests(text, 'f.yaml')[1]?.path).toEqual(['items', 1]);
  });

  test('of one kind tell their members what they are', () => {
    const text = JSON.stringify({
      apiVersion: 'apps/v1',
      kind: 'DeploymentList',
      items: [{ metadata: { name: 'a' } }],
    });
    expect(parseManifests(text, 'f.json')[0]?.raw).toMatchObject({ apiVersion: 'apps/v1', kind: 'Deployment' });
  });

  test('without members hold nothing', () => {
    expect(parse('{"apiVersion":"v1","kind":"List","items":[]}')).toEqual([]);
  });

  test('a kind that only ends in List is an object', () => {
    expect(parse('apiVersion: example.com/v1\nkind: AllowList\nmetadata: {name: a}\n')).toEqual(['AllowList/a 1:1']);
  });
});

describe('JSON', () => {
  const json = (name: string): string => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });

  test('values may follow each other, on one line or several', () => {
    expect(parse(`${json('a')}${json('b')}\n\n${JSON.stringify(JSON.parse(json('c')), null, 2)}\n`)).toEqual([
      'ConfigMap/a 1:1',
      'ConfigMap/b 2:1',
      'ConfigMap/c 3:3',
    ]);
  });

  test('members of a List have lines', () => {
    const list = { apiVersion: 'v1', kind: 'List', items: [JSON.parse(json('a')), JSON.parse(json('b'))] };
    expect(parse(JSON.stringify(list, null, 1))).toEqual(['ConfigMap/a 1:5', 'ConfigMap/b 1:12']);
  });

  test('strings may hold anything', () => {
    const object = { ...JSON.parse(json('a')), data: { k: '}"{\\"]\\', '"items"': '[{\n', u: '\u2028' } };
    expect(parseManifests(JSON.stringify(object), 'f.json')[0]?.raw).toEqual(object);
  });

  test('values after a string with escaped quotes and slashes are found', () => {
    const odd = JSON.stringify({ ...JSON.parse(json('a')), data: { k: '"}\\', l: '\\\\"' } });
    expect(parse(odd + json('b'))).toEqual(['ConfigMap/a 1:1', 'ConfigMap/b 2:1']);
  });

  test('a byte order mark may come first', () => {
    expect(parse(`\uFEFF${json('a')}${json('b')}`)).toEqual(['ConfigMap/a 1:1', 'ConfigMap/b 2:1']);
  });

  test('values parted as documents of YAML are read too, and so is YAML that begins like JSON', () => {
    expect(parse(`${json('a')}\n---\n${json('b')}\n`)).toEqual(['ConfigMap/a 1:1', 'ConfigMap/b 2:3']);
    expect(parse('{apiVersion: v1, kind: Secret, metadata: {name: a}}')).toEqual(['Secret/a 1:1']);
  });
});

describe('errors name file, document and line', () => {
  test.each([
    [
      'wrong indentation',
      `${configMap('a')}---\napiVersion: v1\nkind: X\n metadata: {}\n`,
      'document 2, line 7: not valid YAML',
    ],
    ['a tab', 'apiVersion: v1\nmetadata:\n\tname: a\n', 'document 1, line 3: not valid YAML'],
    ['an open bracket', 'apiVersion: v1\nkind: [\n', 'document 1, line'],
    [
      'broken JSON',
      '{"apiVersion": "v1",\n "kind": "Secret",\n "data": {"a": "b" "c"}}',
      'document 1, line 3: not valid YAML',
    ],
    ['JSON that ends early', '{"apiVersion": "v1",\n "kind": "Secret"', 'document 1, line 2: not valid YAML'],
    [
      'a key twice',
      configMap('a', 'data:\n  x: 1\n  y: 2\n  x: 3\n'),
      'document 1, line 7: the key "x" is there twice',
    ],
    [
      'a key twice in JSON',
      '{"a": {"x": 1},\n"b": {"x": 1,\n"x": 2}}',
      'document 1, line 3: the key "x" is there twice',
    ],
    ['a text', 'hello\n', 'document 1, line 1: not a Kubernetes object, but a text'],
    ['a list', '---\n---\n- a\n', 'document 2, line 3: not a Kubernetes object, but a list'],
    ['a number', '7', 'document 1, line 1: not a Kubernetes object, but a number'],
    ['no kind', 'apiVersion: v1\n', 'document 1, line 1: not a Kubernetes object: kind is missing'],
    ['no apiVersion', 'kind: Secret\n', 'document 1, line 1: not a Kubernetes object: apiVersion is missing'],
    [
      'an apiVersion that is a number',
      '\napiVersion: 1\nkind: Secret\n',
      'document 1, line 2: not a Kubernetes object: apiVersion is not a text',
    ],
    [
      'a List with a text in it',
      'apiVersion: v1\nkind: List\nitems:\n- x\n',
      'document 1, line 4: not a Kubernetes object, but a text',
    ],
    ['an alias of nothing', configMap('a', 'data: *x\n'), 'document 1, line'],
  ])('%s', (_, text, message) => {
    expect(errorOf(text).message).toStartWith(`f.yaml: ${message}`);
  });

  test('and repeat nothing of a value, which may be secret', () => {
    for (const text of [
      'apiVersion: v1\nkind: Secret\nstringData:\n  pass: "hunter2" hunter2\n',
      'apiVersion: v1\nkind: Secret\nstringData:\n  pass: hunter2: x\n',
      'apiVersion: v1\nkind: Secret\nstringData:\n  pass: "\\hunter2"\n',
      'apiVersion: v1\nkind: Secret\nstringData:\n  pass: *hunter2\n',
      'apiVersion: v1\nkind: Secret\nstringData:\n  pass: {hunter2]\n',
      '{"apiVersion":"v1","kind":"Secret","stringData":{"pass":"x" hunter2}}',
      'hunter2',
    ]) {
      expect(JSON.stringify(errorOf(text))).not.toContain('hunter2');
    }
  });

  test('and tell of a template that it must be rendered', () => {
    expect(errorOf('kind: Deployment\nmetadata:\n  {{- include "x" . }}\n').hint).toContain('helm template');
  });
});

describe('hostile texts', () => {
  test('aliases of aliases that would fill the memory are refused', () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`,
    );
    expect(errorOf(configMap('a', `l0: &l0 [x]\n${levels.join('\n')}\n`)).message).toContain(
      'its aliases make it too large',
    );
  });

  test('aliases that hold themselves are refused', () => {
    expect(errorOf(configMap('a', 'data: &d {k: *d}\n')).message).toContain('its aliases make it too large');
  });

  test('more aliases than anyone writes are refused', () => {
    expect(errorOf(configMap('a', `a: &a x\nb: [${'*a,'.repeat(20_000)}]\n`)).message).toContain('aliases exceeded');
  });

  test('an anchor that is used a thousand times is read', () => {
    const [object] = parseManifests(configMap('a', `a: &a {x: z}\nb: [${'*a,'.repeat(1000)}]\n`), 'f.yaml');
    expect(object?.raw.b).toHaveLength(1000);
  });

  test.each([
    ['JSON', `{"a": ${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
    ['flow', `a: ${'['.repeat(100_000)}`],
    ['blocks', `a:\n${Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}- \n`).join('')}`],
  ])('values nested very deep are an error and no crash (%s)', (_, text) => {
    expect(errorOf(text).message).toMatch(/^f.yaml: document 1, line \d+: the values are nested too deep$/);
  });

  test('a ConfigMap of many thousands of keys is read', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => `  k${i}: v\n`).join('');
    const [object] = parseManifests(configMap('a', `data:\n${keys}`), 'f.yaml');
    expect(Object.keys(object?.raw.data ?? {})).toHaveLength(20_000);
  });
});
