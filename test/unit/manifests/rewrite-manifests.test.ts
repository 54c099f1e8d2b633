import { describe, expect, test } from 'bun:test';
import { appendObjects, joinTexts, rewriteManifests, toYaml } from '../../../src/manifests/rewrite-manifests.ts';
import type { JsonObject } from '../../../src/objects/json.ts';

const HEAD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: web}\n';

/** The text after a change of its first object; `null` takes it out. */
function rewrite(text: string, change: (raw: ReturnType<typeof JSON.parse>) => unknown): string {
  let isFirst = true;
  return rewriteManifests({ file: 'web.yaml', text }, ({ raw }) => {
    if (!isFirst) return raw;
    isFirst = false;
    const value = JSON.parse(JSON.stringify(raw));
    return change(value) === null ? null : value;
  });
}

/** The text after a change of `spec` of a small object. */
function rewriteSpec(spec: string, change: (spec: ReturnType<typeof JSON.parse>) => unknown): string {
  const text = rewrite(`${HEAD}${spec}`, (raw) => {
    change(raw.spec);
  });
  expect(text.slice(0, HEAD.length)).toBe(HEAD);
  return text.slice(HEAD.length);
}

describe('a change of a manifest', () => {
  test('leaves every other letter as it is', () => {
    const text = `# top
%
---
# Source: web
apiVersion: v1
kind: Pod   # kind
metadata:
    name: "web"
spec:

    containers:
    -   name: app # first
        # before command
        command: [ "sh",   '-c' ]
        text: |
            several

            lines
        mode: 0644
    -   {name: two,image: 'x'}   # flow
    # at the end
---
kind: Service
apiVersion:   v1
metadata: {name: other}
`.replace('%\n', '');
    const changed = rewrite(text, (raw) => {
      raw.spec.containers[0].livenessProbe = { exec: { command: ['a b', 'yes', '--x=y'] } };
      raw.spec.containers[1].ports = [{ name: 'web' }];
      raw.spec.volumes = [{ name: 'config', configMap: { name: '0644', defaultMode: 365 } }];
    });
    expect(changed).toBe(
      text
        .replace(
          '        mode: 0644\n',
          `        mode: 0644
        livenessProbe:
          exec:
            command:
              - "a b"
              - "yes"
              - --x=y
`,
        )
        .replace(
          `'x'}   # flow\n`,
          `'x', "ports": [{"name":"web"}]}   # flow
    volumes:
      - name: config
        configMap:
          name: "0644"
          defaultMode: 365
`,
        ),
    );
  });

  test('adds to lists that are in lines, in brackets, empty, without a value and absent', () => {
    const add = (spec: string) =>
      rewriteSpec(spec, (value) => {
        value.list = [...(value.list ?? []), { name: 'x' }];
      });
    expect(add('spec:\n  list:\n  - name: a # c\n  # end\n  other: 1\n')).toBe(
      'spec:\n  list:\n  - name: a # c\n  - name: x\n  # end\n  other: 1\n',
    );
    expect(add('spec:\n  list: [{name: a}] # c\n')).toBe('spec:\n  list: [{name: a}, {"name":"x"}] # c\n');
    expect(add('spec:\n  list: [] # c\n')).toBe('spec:\n  list: # c\n    - name: x\n');
    expect(add('spec:\n  list: # c\n  other: 1\n')).toBe('spec:\n  list: # c\n    - name: x\n  other: 1\n');
    expect(add('spec:\n  list: null\n')).toBe('spec:\n  list:\n    - name: x\n');
    expect(add('spec: {list: []}\n')).toBe('spec: {list: [{"name":"x"}]}\n');
    expect(add('spec: {a: 1}\n')).toBe('spec: {a: 1, "list": [{"name":"x"}]}\n');
    expect(add('spec: {}')).toBe('spec:\n  list:\n    - name: x');
  });

  test('puts words in front of others', () => {
    const wrap = (spec: string) => rewriteSpec(spec, (value) => value.command.unshift('probe', '--'));
    expect(wrap('spec:\n  command:\n  # why\n  - cat # c\n  - /x\n')).toBe(
      'spec:\n  command:\n  # why\n  - probe\n  - "--"\n  - cat # c\n  - /x\n',
    );
    expect(wrap('spec:\n  command: [cat, /x] # c\n')).toBe('spec:\n  command: ["probe", "--", cat, /x] # c\n');
    expect(
      wrap('spec:\n  - command:\n    - cat\n'.replace('- command', '  command').replace('    - cat', '      - cat')),
    ).toBe('spec:\n    command:\n      - probe\n      - "--"\n      - cat\n');
  });

  test('takes fields and members out', () => {
    const drop = (spec: string, change: (value: ReturnType<typeof JSON.parse>) => unknown) => rewriteSpec(spec, change);
    const dropA = (value: { a?: unknown }) => delete value.a;
    expect(drop('spec:\n  a:\n    b: |\n      text\n  # c\n  c: 1\n', dropA)).toBe('spec:\n  # c\n  c: 1\n');
    expect(drop('spec: {a: 1, c: 2}\n', dropA)).toBe('spec: {c: 2}\n');
    expect(drop('spec: {c: 2, a: [1, 2]}\n', dropA)).toBe('spec: {c: 2}\n');
    expect(drop('spec:\n  a: 1 # c\n', dropA)).toBe('spec: {} # c\n');
    expect(drop('spec:\n- a: 1\n  b: 2\n- c\n', (value) => delete value[0].a)).toBe('spec:\n- b: 2\n- c\n');
    expect(drop('spec:\n- a: 1\n- c\n', (value) => delete value[0].a)).toBe('spec:\n- {}\n- c\n');
    expect(drop('spec:\n  list:\n  - a\n  # b\n  - b\n', (value) => value.list.shift())).toBe(
      'spec:\n  list:\n  # b\n  - b\n',
    );
    expect(drop('spec:\n  list:\n  - a\n', (value) => value.list.shift())).toBe('spec:\n  list: []\n');
    expect(drop('spec: {list: [a, b, c]}\n', (value) => value.list.splice(1, 1))).toBe('spec: {list: [a, c]}\n');
    expect(drop('spec: {list: [a, b, c]}\n', (value) => value.list.pop())).toBe('spec: {list: [a, b]}\n');
  });

  test('gives fields another value, in lines or in brackets', () => {
    const set = (spec: string, a: unknown) => rewriteSpec(spec, (value) => Object.assign(value, { a }));
    expect(set('spec:\n  a: 1 # c\n', 2)).toBe('spec:\n  a: 2 # c\n');
    expect(set('spec:\n  a: 1 # c\n', { b: 'x' })).toBe('spec:\n  a: # c\n    b: x\n');
    expect(set('spec:\n  a:\n    b: 1\n  c: 2\n', null)).toBe('spec:\n  a:\n  c: 2\n');
    expect(set('spec:\n  a: 1 # c\n', null)).toBe('spec:\n  a: # c\n');
    expect(set('spec: {a: 1, c: 2}\n', null)).toBe('spec: {a: null, c: 2}\n');
    expect(set('spec:\n  a:\n  - 1\n  c: 2\n', { b: 'x' })).toBe('spec:\n  a:\n    b: x\n  c: 2\n');
    expect(set('spec: {a: 1, c: 2}\n', { b: ['x'] })).toBe('spec: {a: {"b":["x"]}, c: 2}\n');
  });

  test('keeps the comment in the line of a field that gets a value in lines, and loses it again', () => {
    for (const [spec, a] of [
      ['spec:\n  a:   # c\n  d: 2\n', null],
      ['spec:\n  a: [] # c\n  d: 2\n', []],
      ['spec:\n  a: {} # c\n  d: 2\n', {}],
    ] as const) {
      const set = (text: string, value: unknown) => rewriteSpec(text, (found) => Object.assign(found, { a: value }));
      const filled = set(spec, ['x']);
      expect(filled).toContain('# c');
      expect(filled).toContain('- x');
      expect(set(filled, a)).toBe(spec);
    }
  });

  test('keeps the ends of lines that the text has', () => {
    const text = `${HEAD}spec:\n  list:\n  - a\n`.replaceAll('\n', '\r\n');
    const changed = rewrite(text, (raw) => {
      raw.spec.list.push('b');
      raw.spec.more = { c: 'd' };
    });
    expect(changed).toBe(`${HEAD}spec:\n  list:\n  - a\n  - b\n  more:\n    c: d\n`.replaceAll('\n', '\r\n'));
  });

  test('of a member of a List is made in the List, and a document is taken out whole', () => {
    const list =
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n- kind: Pod\n  apiVersion: v1\n';
    expect(rewrite(list, (raw) => Object.assign(raw, { spec: { x: 'y' } }))).toBe(
      list.replace('{name: a}\n', '{name: a}\n  spec:\n    x: "y"\n'),
    );
    expect(rewrite(list, () => null)).toBe('apiVersion: v1\nkind: List\nitems:\n- kind: Pod\n  apiVersion: v1\n');
    expect(rewrite(`# a\n---\n${HEAD}---\n# b\n${HEAD}`, () => null)).toBe(`# a\n---\n# b\n${HEAD}`);
    expect(rewrite(`${HEAD}...\n${HEAD}`, () => null)).toBe(HEAD);
  });

  test('is refused where it would change another place, or its place is not in the text', () => {
    const push = (raw: { spec: { list: unknown[] } }) => void raw.spec.list.push('x');
    const refused = 'web.yaml: document 1, line 1: it cannot be changed where it stands';
    expect(() => rewrite(`${HEAD}other: &l [a]\nspec:\n  list: *l\n`, push)).toThrow(refused);
    expect(() => rewrite(`${HEAD}other: &s {list: [a]}\nspec:\n  <<: *s\n`, push)).toThrow(refused);
    expect(() => rewrite(`${HEAD}spec:\n  list: &l [a]\nother: *l\n`, push)).toThrow(refused);
  });
});

describe('a text that is changed', () => {
  const MAP = 'kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\n';
  const remove = (raw: { spec: { probe?: object } }) => {
    delete raw.spec.probe;
  };

  test.each(['\n', '\r\n'])('keeps its byte order mark and has no line feed at its end that it had not: %j', (eol) => {
    const write = (text: string) => `\ufeff${text}`.replaceAll('\n', eol);
    const text = `${HEAD}spec:\n  a: 1\n  probe: {b: 2}`;
    expect(rewrite(write(text), remove)).toBe(write(`${HEAD}spec:\n  a: 1`));
    expect(rewrite(write(`${text}\n`), remove)).toBe(write(`${HEAD}spec:\n  a: 1\n`));
    expect(rewrite(write(`${MAP}---\n${text}`), () => null)).toBe(write(`---\n${text}`));
    expect(rewrite(write(`${text}\n---\n${MAP}`.trimEnd()), remove)).toBe(
      write(`${HEAD}spec:\n  a: 1\n---\n${MAP}`.trimEnd()),
    );
    expect(rewrite(write(text), () => null)).toBe('');
  });

  test('keeps the column of a first line behind a byte order mark', () => {
    const changed = rewrite('\ufeffkind: Pod\napiVersion: v1\nmetadata: {name: a}\n', (raw) => {
      raw.spec = { a: 1 };
    });
    expect(changed).toBe('\ufeffkind: Pod\napiVersion: v1\nmetadata: {name: a}\nspec:\n  a: 1\n');
  });

  test('is left as it is where nothing changes, whatever it holds', () => {
    const text = `\ufeff${HEAD}spec: {odd: .nan}`;
    expect(rewriteManifests({ file: 'web.yaml', text }, ({ raw }) => raw)).toBe(text);
  });
});

describe('an object that cannot be changed where it stands', () => {
  const SHARED = `${HEAD}a: &a {list: []}\nspec: *a\n`;
  const REPEATED = `${HEAD}spec: &a {list: []}\nb: *a\n`;
  const LIST = `kind: List\napiVersion: v1\nitems:\n- ${HEAD.replace(/\n(?!$)/g, '\n  ')}  spec: &a {list: []}\n- kind: Pod\n  apiVersion: v1\n  metadata: {name: two}\n  spec: *a\n`;
  const GOOD = `${HEAD}spec: {list: []}\n`;
  const change = (texts: string[]) => {
    const stuck: string[] = [];
    const text = rewriteManifests(
      { file: 'web.yaml', text: texts.join('---\n') },
      ({ raw }) => ({ ...raw, spec: { list: ['x'] } }),
      (_, { message }) => stuck.push(message.replace(/: it cannot.*/, '')),
    );
    return { parts: text.split('---\n'), stuck };
  };
  const changed = `${HEAD}spec: {list: ["x"]}\n`;

  test.each([
    ['its field is an alias', SHARED, 1],
    ['an alias repeats its field', REPEATED, 1],
    ['an alias of its neighbour in a List repeats its field', LIST, 2],
  ])('is told and stays, and the others are changed: %s', (_, odd, count) => {
    const { parts, stuck } = change([GOOD, odd, GOOD]);
    expect(parts).toEqual([changed, odd, changed]);
    expect(stuck).toHaveLength(count);
    for (const place of stuck) expect(place).toMatch(/^web\.yaml: document 2, line \d+$/);
  });
});

describe('texts', () => {
  test('of JSON become YAML, with their fields in their order', () => {
    const text =
      '{"kind": "Pod", "apiVersion": "v1", "data": {"10": "yes", "9": "0644", "8": [], "7": ["a", {}]}}\n{"kind": "Pod", "apiVersion": "v2"}\n';
    expect(toYaml({ file: 'x', text }).text).toBe(
      'kind: Pod\napiVersion: v1\ndata:\n  "10": "yes"\n  "9": "0644"\n  "8": []\n  "7":\n    - a\n    - {}\n---\nkind: Pod\napiVersion: v2\n',
    );
    expect(toYaml({ file: 'x', text: '# {\na: 1\n' }).text).toBe('# {\na: 1\n');
  });

  test('get objects behind them, whatever they end with', () => {
    const object: JsonObject = { kind: 'ConfigMap', data: { a: '#!/bin/sh\necho "x"\n' } };
    const yaml = 'kind: ConfigMap\ndata:\n  a: |\n    #!/bin/sh\n    echo "x"\n';
    expect(appendObjects('a: 1', [object])).toBe(`a: 1\n---\n${yaml}`);
    expect(appendObjects('a: 1\n', [object, object])).toBe(`a: 1\n---\n${yaml}---\n${yaml}`);
    expect(appendObjects('', [object])).toBe(yaml);
    expect(joinTexts(['a: 1\n', '---\nb: 2', '\n', 'c: 3\n'])).toBe('a: 1\n---\nb: 2\n---\nc: 3\n');
    expect(joinTexts(['\ufeffa: 1\r\n', '\ufeff---\r\nb: 2', '\ufeffc: 3'])).toBe(
      '\ufeffa: 1\r\n---\r\nb: 2\r\n---\r\nc: 3',
    );
  });
});
