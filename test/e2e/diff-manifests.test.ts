/** What applying a manifest would change, against `kubectl diff`, and whom it touches. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyPatch } from 'diff';
import { parse } from 'yaml';
import type { DiffItem } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, askKubectl, kubectl, useCluster, useNamespace } from '../cluster/shared.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import type { Random } from '../support/random.ts';
import { makeRandom } from '../support/random.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
const folder = mkdtempSync(join(tmpdir(), 'reload-diff-'));
const showBoth = join(folder, 'show-both');
beforeAll(async () => {
  cluster = await useCluster();
  // In the place of the program that kubectl has compare its two folders: it prints their files, each behind a line with its name.
  const script = `#!/bin/sh
for side in "$1" "$2"; do for file in "$side"/*; do echo "@@@ $(basename "$file")"; cat "$file"; done; done
diff -r "$1" "$2" >/dev/null; exit $?
`;
  writeFileSync(showBoth, script, { mode: 0o755 });
}, 1_800_000);
afterAll(() => rmSync(folder, { recursive: true }));

const diff = (namespace: string, ...words: string[]) =>
  runCommand(['diff', '-n', namespace, ...words], { kubeconfig: cluster.kubeconfig, cwd: folder });

const run = (args: string[], stdin?: string): Promise<string> =>
  askKubectl(cluster, args, stdin === undefined ? {} : { stdin });

type Content = Record<string, string>;

/** The `data` and `binaryData` of a config before and after, as kubectl shows them. */
interface Sides {
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

async function diffByKubectl(
  namespace: string,
  manifest: object,
): Promise<{ code: number; sides: Sides; stderr: string }> {
  process.env['KUBECTL_EXTERNAL_DIFF'] = showBoth;
  const result = kubectl(cluster, ['diff', '-n', namespace, '-f', '-'], { stdin: JSON.stringify(manifest) });
  delete process.env['KUBECTL_EXTERNAL_DIFF'];
  const { code, stdout, stderr } = await result;
  const [, before = '', after = ''] = stdout.split(/^@@@ .*\n/m);
  return { code, stderr, sides: { before: parse(before), after: parse(after) } };
}

const contentOf = (side: Sides['before']): Content => ({ ...Object(side?.['data']), ...Object(side?.['binaryData']) });

const LINES = [
  'worker 1;',
  'listen 80;',
  '  root /srv;',
  '',
  'é ü',
  '"quoted"',
  "it's",
  '# not a comment',
  'a: b',
  '\ttab',
  'cr\r',
];

function makeValue({ pick, some, once }: Random): string {
  const words: [string, ...string[]] = [
    'info',
    'debug',
    '',
    ' ',
    'true',
    '0644',
    '1e3',
    '-',
    '*** (before)',
    'a\rb',
    '{{ x }}',
    'é',
  ];
  if (once(2)) return pick(words);
  const lines = some(12, () => pick(['x', ...LINES]));
  return lines.join('\n') + (once(3) ? '' : '\n');
}

/** A manifest with some keys changed, some gone and some new. */
function edit(before: Content, random: Random): Content {
  const kept = Object.entries(before).filter(() => !random.once(5));
  const edited = kept.map(([key, value]): [string, string] => {
    if (!random.once(2)) return [key, value];
    const lines = value.split('\n');
    if (lines.length < 3) return [key, makeValue(random)];
    lines.splice(random.below(lines.length - 1), random.below(2), random.pick(['new', ...LINES]));
    return [key, lines.join('\n')];
  });
  const added = random.some(2, (index): [string, string] => [`new-${index}`, makeValue(random)]);
  return Object.fromEntries([...edited, ...added]);
}

const base64 = (content: Content): Content =>
  Object.fromEntries(Object.entries(content).map(([key, value]) => [key, Buffer.from(value).toString('base64')]));

describe('against kubectl diff', () => {
  const random = makeRandom(20260101);
  const before = {
    level: 'info',
    conf: `${LINES.slice(0, 9).join('\n')}\n`,
    cut: 'a\nb',
    empty: '',
    crlf: 'a\r\nb\r\n',
  };
  const secret = { user: 'admin', password: 'hunter2-old' };
  const config = (fields: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, ...fields });
  const login = (fields: object) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, ...fields });
  const edits: [string, object][] = [
    ...Array.from({ length: 16 }, (_, index): [string, object] => [
      `edit ${index} of a ConfigMap`,
      config({ data: edit(before, random), binaryData: { blob: random.once(2) ? 'AP8=' : 'AAD/' } }),
    ]),
    ...Array.from({ length: 6 }, (_, index): [string, object] => [
      `edit ${index} of a Secret`,
      login({ data: base64(edit(secret, random)) }),
    ]),
    ['nothing new', config({ data: before, binaryData: { blob: 'AP8=' } })],
    ['data that is gone', config({ binaryData: { blob: 'AP8=' } })],
    ['data that is written as nothing', config({ data: null })],
    ['a key that becomes binary', config({ data: { level: 'info' }, binaryData: { conf: 'AP8=' } })],
    ['immutable', config({ data: before, binaryData: { blob: 'AP8=' }, immutable: true })],
    ['stringData', login({ data: base64(secret), stringData: { password: 'hunter2-new', extra: 'hunter2-extra' } })],
    ['a new ConfigMap', { ...config({ data: before }), metadata: { name: 'fresh' } }],
    ['a new Secret', { ...login({ stringData: secret }), metadata: { name: 'fresh' } }],
    ['another type', login({ data: base64(secret), type: 'example.com/other' })],
    ['a key with a name that is none', config({ data: { 'no/key': 'x' } })],
    ['a value that is no base64', login({ data: { password: 'hunter2-new!' } })],
  ];

  test(`${edits.length} edits: the same exit code, the same keys with the same values, and the same masks`, async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await apply(cluster, name, [
      config({ data: before, binaryData: { blob: 'AP8=' } }),
      login({ data: base64(secret) }),
    ]);
    await run(['patch', 'configmap', 'web', '-n', name, '-p', '{"data":{"foreign":"by another"}}']);
    await run(['patch', 'secret', 'login', '-n', name, '-p', '{"stringData":{"foreign":"hunter2-foreign"}}']);
    const codes = new Set<number>();
    for (const [title, manifest] of edits) {
      const isSecret = 'kind' in manifest && manifest.kind === 'Secret';
      const file = join(folder, 'edit.json');
      writeFileSync(file, JSON.stringify(manifest));
      const [theirs, ours, text] = await Promise.all([
        diffByKubectl(name, manifest),
        diff(name, '-f', file, '-o', 'json'),
        diff(name, '-f', file),
      ]);
      codes.add(theirs.code);
      expect([title, ours.code, text.code]).toEqual([title, theirs.code, theirs.code]);
      if (isSecret) expect(`${ours.stdout}${ours.stderr}${text.stdout}${text.stderr}`).not.toMatch(/hunter2|aHVudGVyM/);
      if (theirs.code > 1) continue;
      const [item]: DiffItem[] = JSON.parse(ours.stdout).items;
      const [from, to] = [contentOf(theirs.sides.before), contentOf(theirs.sides.after)];
      const changed = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((key) => from[key] !== to[key]);
      expect([title, ...(item?.keys.map(({ key }) => key) ?? [])]).toEqual([title, ...changed.sort()]);
      for (const { key, change, diff: hunks, note } of item?.keys ?? []) {
        expect([title, key, change]).toEqual([
          title,
          key,
          from[key] === undefined ? 'added' : to[key] === undefined ? 'removed' : 'changed',
        ]);
        if (note !== '') expect(note).toMatch(/^(moved from data to binaryData; )?binary, /);
        else expectSameValues(hunks, from[key] ?? '', to[key] ?? '');
      }
      const immutable = item?.fields.map(({ field, from: old, to: now }) => [field, old, now]) ?? [];
      expect(immutable).toEqual(title === 'immutable' ? [['immutable', 'false', 'true']] : []);
    }
    expect([...codes].sort()).toEqual([0, 1, 2]);
  }, 600_000);

  /** The hunks make one value out of the other. */
  function expectSameValues(hunks: string, from: string, to: string): void {
    if (from.includes('\n') || to.includes('\n')) {
      const options = { autoConvertLineEndings: false };
      expect(applyPatch(from, `--- a\n+++ b\n${hunks}\n`, options)).toBe(to);
      return;
    }
    const lines = hunks.split('\n').slice(1);
    const old = lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1));
    const now = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
    expect([old.join(), now.join()]).toEqual([from, to]);
  }

  test('the lines of a file are the same that diff shows kubectl', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const file = Array.from({ length: 40 }, (_, index) => `line ${index}\n`).join('');
    await apply(cluster, name, [config({ data: { conf: file } })]);
    const manifest = config({
      data: { conf: file.replace('line 7\n', '').replace('line 20', 'twenty').replace('line 21', 'more\nline 21') },
    });
    const [theirs, ours] = await Promise.all([
      kubectl(cluster, ['diff', '-n', name, '-f', '-'], { stdin: JSON.stringify(manifest) }),
      runCommand(['diff', '-n', name, '-f', '-'], { kubeconfig: cluster.kubeconfig, stdin: JSON.stringify(manifest) }),
    ]);
    const bodyOf = (text: string) =>
      text
        .split('\n')
        .filter((line) => /^[-+ ] {4}line|^[-+] {4}/.test(line))
        .map((line) => line[0] + line.slice(5));
    expect(ours.stdout.split('\n').filter((line) => /^[-+ ](line|twenty|more)/.test(line))).toEqual(
      bodyOf(theirs.stdout),
    );
    expect(ours.stdout).toStartWith('--- configmap/web conf  now, written ');
    expect(ours.stdout).toContain('\n+++ configmap/web conf  as stdin has it\n@@ -5,7 +5,6 @@\n');
  }, 60_000);
});

describe('whom it touches', () => {
  test('by keys and by the way of use; other kinds are left out with a word', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const env = (key: string) => ({ env: [{ name: 'V', valueFrom: { configMapKeyRef: { name: 'web', key } } }] });
    const volume = { volumes: [{ name: 'config', configMap: { name: 'web' } }] };
    const mount = { volumeMounts: [{ name: 'config', mountPath: '/etc/web' }] };
    const annotations = { 'kubectl-reload.dev/rereads': 'true' };
    const workload = makeWorkloadManifest('Deployment', 'by-env', makePodSpec(env('level')));
    await apply(cluster, name, [
      makeConfigMap('web', { level: 'info', other: 'x', needed: 'y' }),
      workload,
      makeWorkloadManifest('Deployment', 'by-file', makePodSpec(mount, volume)),
      makeWorkloadManifest('Deployment', 'by-file-rereads', makePodSpec(mount, volume), { annotations }),
      makeWorkloadManifest('Deployment', 'by-other', makePodSpec(env('other'))),
      makeWorkloadManifest('Deployment', 'by-needed', makePodSpec(env('needed'))),
      makeWorkloadManifest('Deployment', 'off', makePodSpec(env('level')), { replicas: 0 }),
    ]);
    for (const one of ['by-env', 'by-file', 'by-file-rereads', 'by-other', 'by-needed']) {
      await run(['rollout', 'status', `deployment/${one}`, '-n', name, '--timeout=120s']);
    }
    const file = join(folder, 'impact.json');
    const items = [makeConfigMap('web', { level: 'debug', other: 'x' }), workload];
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const { code, stdout, stderr } = await diff(name, '-f', 'impact.json');
    expect(code).toBe(1);
    expect(stdout.split('\n\n')[1]).toBe(
      [
        'WORKLOAD                    ACTION   CONFIG         WHY',
        'deployment/by-env           restart  configmap/web  env V: old content until a restart',
        'deployment/by-file          refresh  configmap/web  /etc/web: new files within 90 s, and a restart if it does not read them again',
        'deployment/by-file-rereads  refresh  configmap/web  /etc/web: new files within 90 s, and it reads them again',
        'deployment/by-needed        restart  configmap/web  env V: its next start will fail for want of needed',
        'deployment/by-other         none     configmap/web  it uses only other',
        'deployment/off              none     configmap/web  no container runs it now, and the next one starts with the new content',
        '',
      ].join('\n'),
    );
    expect(stderr).toBe('left out: 1 Deployment; kubectl diff compares other kinds than ConfigMap and Secret\n');
    expect((await diff(name, '-f', 'impact.json', '-o', 'name')).stdout).toBe('configmap/web\n');
    expect(await run(['get', 'configmap', 'web', '-n', name, '-o', 'jsonpath={.data.level}'])).toBe('info');
  }, 180_000);

  test('a config with a hash in its name is compared with the one that its workload uses now', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const make = (configName: string, level: string) => [
      makeConfigMap(configName, { level }),
      makeWorkloadManifest('Deployment', 'web', makePodSpec({ envFrom: [{ configMapRef: { name: configName } }] })),
    ];
    await apply(cluster, name, make('web-4b6k8ctg2m', 'info'));
    writeFileSync(
      join(folder, 'renamed.json'),
      JSON.stringify({ apiVersion: 'v1', kind: 'List', items: make('web-mt5gk9h7d2', 'debug') }),
    );
    const { code, stdout } = await diff(name, '-f', 'renamed.json');
    expect(code).toBe(1);
    expect(stdout.replace(/written \d+s ago/, 'written Ns ago')).toBe(
      [
        '--- configmap/web-4b6k8ctg2m level  now, written Ns ago by kubectl-client-side-apply',
        '+++ configmap/web-mt5gk9h7d2 level  as renamed.json has it',
        '@@ -1 +1 @@',
        '-info',
        '+debug',
        '',
        'WORKLOAD        ACTION   CONFIG                    WHY',
        'deployment/web  restart  configmap/web-mt5gk9h7d2  its template names web-mt5gk9h7d2',
        '',
      ].join('\n'),
    );
  }, 60_000);
});

describe('what it answers when it cannot', () => {
  test('one config that the server refuses does not hide the others', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const items = [makeConfigMap('bad', { 'no/key': 'x' }), makeConfigMap('good', { level: 'info' })];
    writeFileSync(join(folder, 'bad.json'), JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const { code, stdout, stderr } = await diff(name, '-f', 'bad.json');
    expect(code).toBe(2);
    expect(stdout).toContain('+++ configmap/good level  as bad.json has it\n@@ -0,0 +1 @@\n+info\n');
    expect(stderr).toStartWith(
      'error: bad.json: configmap/bad: The ConfigMap "bad" is invalid: data[no/key]: Invalid value',
    );
  }, 60_000);

  test('a namespace that is not there, unless the manifests bring it', async () => {
    const manifest = { ...makeConfigMap('web', { level: 'info' }), metadata: { name: 'web', namespace: 'not-there' } };
    const bring = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'not-there' } };
    const ask = (objects: object[]) =>
      runCommand('diff -f -', {
        kubeconfig: cluster.kubeconfig,
        stdin: objects.map((object) => JSON.stringify(object)).join('\n'),
      });
    const alone = await ask([manifest]);
    expect([alone.code, alone.stdout]).toEqual([2, '']);
    expect(alone.stderr).toContain('namespaces "not-there" not found');
    const together = await ask([bring, manifest]);
    expect([together.code, together.stdout.split('\n')[3]]).toEqual([1, '+info']);
  }, 60_000);

  test('without the right to write it reckons by itself, and says so', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const apiGroup = 'rbac.authorization.k8s.io';
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
    await apply(cluster, name, [
      { apiVersion: `${apiGroup}/v1`, kind: 'Role', metadata: { name: 'getter' }, rules },
      {
        apiVersion: `${apiGroup}/v1`,
        kind: 'RoleBinding',
        metadata: { name: 'getter' },
        roleRef: { apiGroup, kind: 'Role', name: 'getter' },
        subjects: [{ kind: 'User', name: 'diff-getter' }],
      },
      makeConfigMap('web', { level: 'info', gone: 'x' }),
    ]);
    writeFileSync(join(folder, 'read-only.json'), JSON.stringify(makeConfigMap('web', { level: 'debug' })));
    const { code, stdout, stderr } = await diff(name, '-f', 'read-only.json', '--as', 'diff-getter', '-o', 'json');
    expect(code).toBe(1);
    const items: DiffItem[] = JSON.parse(stdout).items;
    expect(items.map(({ keys }) => keys.map(({ key, change }) => [key, change]))).toEqual([
      [
        ['gone', 'removed'],
        ['level', 'changed'],
      ],
    ]);
    expect(stderr).toContain('warning: whom it touches cannot be told: Error from server (Forbidden)');
    expect(stderr).toContain('note: read-only.json: configmap/web: the server was not asked for a dry run');
  }, 60_000);

  test('labels alone are no difference of content, and a word says so', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await apply(cluster, name, [makeConfigMap('web', { level: 'info' })]);
    const manifest = { ...makeConfigMap('web', { level: 'info' }), metadata: { name: 'web', labels: { team: 'red' } } };
    writeFileSync(join(folder, 'label.json'), JSON.stringify(manifest));
    expect(await diff(name, '-f', 'label.json')).toEqual({
      code: 0,
      stdout: '',
      stderr: 'note: label.json: configmap/web: only its labels or annotations change: no container sees that\n',
    });
  }, 60_000);

  test.each([
    ['diff deploy/web -f a.json', 'error: targets cannot be used with -f or -k'],
    ['diff -A -f a.json', 'error: -A cannot be used with -f or -k'],
    ['diff -f none.json', 'error: the path "none.json" does not exist'],
    ['diff -U x', "error: option '-U, --unified <n>' argument 'x' is invalid"],
  ])('%j is refused', async (line, start) => {
    const { code, stdout, stderr } = await runCommand(line, { kubeconfig: cluster.kubeconfig, cwd: folder });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toStartWith(start);
  });
});
