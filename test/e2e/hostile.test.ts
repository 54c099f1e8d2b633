/** Hostile contents and huge ones on a real cluster: nothing reaches the terminal as it is, and nothing takes all memory. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import type { DiffItem, StatusItem } from '../../src/types.ts';
import { stripStyles } from '../../src/view/style.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, callAdmin, kubectl, useCluster, useNamespace } from '../cluster/shared.ts';
import { makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import type { CommandResult } from '../support/run-command.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
const folder = mkdtempSync(join(tmpdir(), 'reload-hostile-'));
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Times are whole seconds: a config that is written in the second in which a container starts may be newer or older. */
const PAST_THE_SECOND = 2000;
const PAST_THE_MARGIN = 4000;
const MIB = 2 ** 20;

const HOSTILE =
  '\x1b[2J\x1b]8;;http://x\x07a\x9b31mb\x9d0;c\x9cd\x85e\rf\x08g\u202eh\u2066i\u2069j\u2028k\u200bl\ufeffm\u{e0041}n\x7f';
/** All of these but newlines, and the tabs of a diff. */
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

function expectHarmless(line: string, { stdout, stderr }: Pick<CommandResult, 'stdout' | 'stderr'>): void {
  expect([line, UNSAFE.exec(stripStyles(stdout))?.[0], UNSAFE.exec(stripStyles(stderr))?.[0]]).toEqual([
    line,
    undefined,
    undefined,
  ]);
}

async function send(method: string, path: string, body: object): Promise<void> {
  const { status, text } = await callAdmin(cluster, method, path, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${text.slice(0, 1000)}`);
}

/** Writes a whole ConfigMap or Secret, without what a client-side apply leaves. */
async function put(
  namespace: string,
  kind: 'ConfigMap' | 'Secret',
  name: string,
  fields: object,
  isNew = false,
): Promise<void> {
  const plural = `/api/v1/namespaces/${namespace}/${kind === 'Secret' ? 'secrets' : 'configmaps'}`;
  const object = { apiVersion: 'v1', kind, metadata: { name }, ...fields };
  await send(isNew ? 'POST' : 'PUT', isNew ? plural : `${plural}/${name}`, object);
}

async function rollOut(namespace: string, manifests: object[]): Promise<void> {
  await sleep(PAST_THE_SECOND);
  await apply(cluster, namespace, manifests);
  const { code, stderr } = await kubectl(cluster, [
    'rollout',
    'status',
    'deployment/web',
    '-n',
    namespace,
    '--timeout=120s',
  ]);
  if (code !== 0) throw new Error(stderr);
  await sleep(PAST_THE_MARGIN);
}

const file = (mountPath: string, volume: string, subPath?: string) => ({
  name: volume,
  mountPath,
  ...(subPath === undefined ? {} : { subPath }),
});

/** Runs the program as a process of its own. */
async function runChild(...words: string[]): Promise<CommandResult & { mebibytes: number }> {
  const child = Bun.spawn([process.execPath, resolve('cmd/kubectl-reload.ts'), ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], KUBECONFIG: cluster.kubeconfig },
    stdout: 'pipe',
    stderr: 'pipe',
  });
  const [stdout, stderr, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  return { code, stdout, stderr, mebibytes: (child.resourceUsage()?.maxRSS ?? Number.NaN) / MIB };
}

describe('hostile contents', () => {
  test('are spelt out by every command and in every format, and programs read them as they are', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const old = { LEVEL: `old ${HOSTILE}`, 'app.conf': `one\r\ntwo ${HOSTILE}\nno newline at the end` };
    const now = { LEVEL: `new ${HOSTILE}`, 'app.conf': `one\r\ntwo ${HOSTILE}\tthree\nno newline at the end` };
    const blob = Buffer.from([0x66, 0xc3, 0x28, 0x1b, 0x5b, 0x32, 0x4a]).toString('base64');
    await put(name, 'ConfigMap', 'web', { data: old, binaryData: { blob: 'AAAA' } }, true);
    await put(name, 'Secret', 'login', { type: `x${HOSTILE}`, data: { key: blob } }, true);
    const hostilePath = `/etc/${HOSTILE}`;
    const volumes = [{ name: 'files', configMap: { name: 'web' } }];
    const env = [
      { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'web', key: 'LEVEL' } } },
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'login', key: 'key' } } },
    ];
    const idle = makePodSpec({ volumeMounts: [file(hostilePath, 'files')], image: `x/${HOSTILE}y` }, { volumes });
    const annotations = { 'kubectl-reload.dev/wave': HOSTILE, 'kubectl-reload.dev/ignore': HOSTILE };
    await rollOut(name, [
      makeWorkloadManifest(
        'Deployment',
        'web',
        makePodSpec({ env, volumeMounts: [file('/etc/web', 'files', 'app.conf')] }, { volumes }),
        { annotations },
      ),
      makeWorkloadManifest('Deployment', 'idle', idle, { replicas: 0, annotations }),
    ]);
    await put(name, 'ConfigMap', 'web', { data: now, binaryData: { blob } });
    await put(name, 'Secret', 'login', { type: `x${HOSTILE}`, data: { key: 'AP8=' } });

    const { kubeconfig } = cluster;
    const manifest = join(folder, 'hostile.json');
    const items = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'web' }, data: old },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `bad${HOSTILE}` }, data: { a: HOSTILE } },
    ];
    writeFileSync(manifest, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    const lines = [
      ...['table', 'wide', 'json', 'yaml', 'name'].map((format) => `status --all -o ${format}`),
      ...['tree', 'table', 'wide', 'json', 'yaml', 'name', 'dot', 'mermaid'].map((format) => `deps -o ${format}`),
      ...['diff', 'json', 'yaml', 'name'].map((format) => `diff -o ${format}`),
      'diff --show-secrets',
      ...['table', 'json', 'yaml'].map((format) => `restart --dry-run=client --force -o ${format}`),
      ...['diff', 'json', 'yaml', 'name'].map((format) => `diff -f ${manifest} -o ${format}`),
      'status --color always -v',
      'diff --color always',
    ];
    const results = new Map<string, CommandResult>();
    for (const line of lines) {
      const result = await runCommand(`${line} -n ${name}`, { kubeconfig });
      expectHarmless(line, result);
      expect([line, result.stdout !== '']).toEqual([line, true]);
      results.set(line, result);
    }
    const read = (line: string) => results.get(line)?.stdout ?? '';
    const status: StatusItem[] = JSON.parse(read('status --all -o json')).items;
    expect(status.find(({ workload }) => workload.name === 'idle')?.at).toBe(hostilePath);
    expect(parse(read('status --all -o yaml')).items).toEqual(status);
    const diffs: DiffItem[] = JSON.parse(read('diff -o json')).items;
    const keys = diffs.flatMap((item) => item.keys);
    expect(keys.find(({ key }) => key === 'LEVEL')?.diff).toBe(`@@ -1 +1 @@\n-${old.LEVEL}\n+${now.LEVEL}`);
    expect(keys.find(({ key }) => key === 'app.conf')?.diff).toBe(
      `@@ -1,3 +1,3 @@\n one\r\n-two ${HOSTILE}\n+two ${HOSTILE}\tthree\n no newline at the end\n\\ No newline at end of file`,
    );
    // Of bytes that are no text nothing is shown but their number.
    expect(read('diff --show-secrets')).toMatch(/binary, 7 bytes -> 2 bytes/);
    expect(read('status --color always -v')).toContain('\x1b[');
  }, 240_000);
});

describe('huge contents', () => {
  /** Of about so many bytes, in lines that are never the same in two of them. */
  const makeText = (word: string, bytes: number): string =>
    Array.from({ length: bytes / 20 }, (_, index) => `${word} ${index}`.padEnd(19)).join('\n');

  test('of a megabyte that differ in every line are told apart, within bounds of memory', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const SIZE = 1_000_000;
    await put(name, 'ConfigMap', 'web', { data: { 'big.txt': makeText('old', SIZE) } }, true);
    const volumes = [{ name: 'files', configMap: { name: 'web' } }];
    const mounts = { volumeMounts: [file('/etc/big.txt', 'files', 'big.txt')] };
    await rollOut(name, [makeWorkloadManifest('Deployment', 'web', makePodSpec(mounts, { volumes }))]);
    await put(name, 'ConfigMap', 'web', { data: { 'big.txt': makeText('new', SIZE) } });

    const running = await runChild('diff', '-n', name);
    expect(running.code).toBe(1);
    expect(running.stdout).toContain('\ntoo much changed to show it as lines: 50000 lines -> 50000 lines\n');
    expect(running.mebibytes).toBeLessThan(900);

    writeFileSync(
      join(folder, 'big.json'),
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'web' },
        data: { 'big.txt': 'x'.repeat(SIZE), 'one.txt': `${makeText('new', 10)}\n` },
      }),
    );
    const line = await runChild('diff', '-n', name, '-f', 'big.json');
    expect(line.code).toBe(1);
    expect(Math.max(...line.stdout.split('\n').map(({ length }) => length))).toBeLessThan(1200);
    expect(line.mebibytes).toBeLessThan(900);

    const status = await runChild('status', '-n', name);
    expect(status.stdout).toContain('/etc/big.txt (subPath)  stale');
    expect(status.mebibytes).toBeLessThan(500);
  }, 240_000);

  test('of ten thousand keys are judged, compared and counted, and not all named', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    const KEYS = 10_000;
    const make = (word: string) =>
      Object.fromEntries(
        Array.from({ length: KEYS }, (_, index) => [`key-${String(index).padStart(5, '0')}`, word.repeat(20)]),
      );
    await put(name, 'ConfigMap', 'web', { data: make('old') }, true);
    const volumes = [{ name: 'files', configMap: { name: 'web' } }];
    const mounts = { volumeMounts: [file('/etc/key', 'files', 'key-00042'), file('/etc/frozen', 'files', '..data')] };
    await rollOut(name, [makeWorkloadManifest('Deployment', 'web', makePodSpec(mounts, { volumes }))]);
    await put(name, 'ConfigMap', 'web', { data: make('new') });

    const wide = await runChild('status', '-n', name, '-o', 'wide');
    expect(wide.stdout).toContain('and 9980 more');
    expect(Math.max(...wide.stdout.split('\n').map(({ length }) => length))).toBeLessThan(1500);
    const json = await runChild('status', '-n', name, '-o', 'json');
    const items: StatusItem[] = JSON.parse(json.stdout).items;
    expect(items.map(({ state, changedKeys }) => [state, changedKeys.length])).toEqual([
      ['stale', KEYS],
      ['stale', 1],
    ]);
    const diff = await runChild('diff', '-n', name);
    expect(diff.code).toBe(1);
    expect(diff.stdout.split('\n').filter((line) => line.startsWith(`+${'new'.repeat(20)}`))).toHaveLength(KEYS);
    const deps = await runChild('deps', '-n', name);
    expect(deps.stdout).toContain('key-00042');
    for (const { mebibytes } of [wide, json, diff, deps]) expect(mebibytes).toBeLessThan(700);
  }, 240_000);
});
