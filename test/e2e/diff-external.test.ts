/** `diff -f` with a program of the user's, as `kubectl diff` runs it: the folders, the arguments, the masks, the exit code, and nothing left behind. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, kubectl, useCluster, useNamespace, waitFor } from '../cluster/shared.ts';
import { makeConfigMap } from '../support/manifests.ts';
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
const folder = mkdtempSync(join(tmpdir(), 'reload-external-'));
const temporary = join(folder, 'tmp');
beforeAll(async () => {
  cluster = await useCluster();
  writeFileSync(join(folder, 'show'), SHOW, { mode: 0o755 });
  writeFileSync(join(folder, 'hang'), HANG, { mode: 0o755 });
  await Bun.$`mkdir ${temporary}`;
}, 1_800_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Prints its arguments but for the folders, and the files of these; ends as diff does. */
const SHOW = `#!/bin/sh
live=$1 merged=$2; shift 2
echo "arguments: $*"
for side in "$live" "$merged"; do for file in "$side"/*; do echo "@@@ $(basename "$file")"; cat "$file"; done; done
diff -r "$live" "$merged" >/dev/null
`;
/** Tells where the folders are and who may read them, and goes on until it is ended. */
const HANG = `#!/bin/sh
{ echo "$1"; stat -c %a "$(dirname "$1")" "$1"/*; } > "$HANG_FILE.part" && mv "$HANG_FILE.part" "$HANG_FILE"
exec sleep 600
`;

const manifests = (password: string, level: string): object[] => [
  { ...makeConfigMap('web', { level, conf: 'a\nb\n' }), binaryData: { blob: 'AP8=' } },
  { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, stringData: { password, user: 'hunter2-user' } },
];

function write(name: string, objects: object[]): string {
  writeFileSync(join(folder, name), JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
  return name;
}

const diff = (namespace: string, command: string, ...words: string[]) =>
  runCommand(['diff', '-n', namespace, ...words], {
    kubeconfig: cluster.kubeconfig,
    cwd: folder,
    env: { KUBECTL_EXTERNAL_DIFF: command, TMPDIR: temporary },
  });

async function askKubectl(namespace: string, command: string, file: string) {
  const before = process.env['KUBECTL_EXTERNAL_DIFF'];
  process.env['KUBECTL_EXTERNAL_DIFF'] = command;
  const result = kubectl(cluster, ['diff', '-n', namespace, '-f', join(folder, file)]);
  if (before === undefined) delete process.env['KUBECTL_EXTERNAL_DIFF'];
  else process.env['KUBECTL_EXTERNAL_DIFF'] = before;
  return result;
}

/** What the program printed: its arguments, and the content of each file, by its name and in order. */
function readShown(stdout: string) {
  const [head = '', ...files] = stdout.split(/^@@@ /m);
  const contents = files.map((text) => {
    const [name = '', ...lines] = text.split('\n');
    const object: unknown = parse(lines.join('\n').split('\n\nWORKLOAD')[0] ?? '');
    const { data, binaryData } = Object(object);
    return { name, data, binaryData };
  });
  return { head, contents };
}

describe('a program of the user', () => {
  test('gets the folders and arguments that it would get from kubectl, with the same values and masks', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await apply(cluster, name, manifests('hunter2-old', 'info'));
    const edit = write('edit.json', [
      ...manifests('hunter2-new', 'debug'),
      { ...makeConfigMap('fresh', { text: 'two\nlines\n' }) },
    ]);
    const command = `${join(folder, 'show')} -u --color=always a;b $HOME -N`;
    const [theirs, ours] = await Promise.all([askKubectl(name, command, edit), diff(name, command, '-f', edit)]);
    expect([ours.code, theirs.code]).toEqual([1, 1]);
    expect(readShown(ours.stdout)).toEqual(readShown(theirs.stdout));
    expect(readShown(ours.stdout).head).toBe('arguments: -u --color=always -N\n');
    expect(readShown(ours.stdout).contents.map((file) => file.name)).toEqual([
      `v1.ConfigMap.${name}.fresh`,
      ...[`v1.ConfigMap.${name}.web`, `v1.Secret.${name}.login`, `v1.ConfigMap.${name}.fresh`],
      ...[`v1.ConfigMap.${name}.web`, `v1.Secret.${name}.login`],
    ]);
    expect(`${ours.stdout}${ours.stderr}`).not.toMatch(/hunter2|aHVudGVyM/);
    expect(ours.stdout).toContain('password: "*** (after)"\n');
    const shown = await diff(name, command, '-f', edit, '--show-secrets');
    expect(shown.stdout).toContain(`password: ${Buffer.from('hunter2-new').toString('base64')}\n`);
    expect(readdirSync(temporary)).toEqual([]);
  }, 60_000);

  test('decides on the exit code', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await apply(cluster, name, manifests('hunter2-old', 'info'));
    const same = write('same.json', manifests('hunter2-old', 'info'));
    const other = write('other.json', manifests('hunter2-old', 'debug'));
    const commands = ['diff -r', 'true', 'false', 'sh -c', 'no-such-program-here', 'diff --no-such-flag', ' diff'];
    for (const command of commands) {
      for (const file of [same, other]) {
        const [theirs, ours] = await Promise.all([askKubectl(name, command, file), diff(name, command, '-f', file)]);
        expect([command, file, ours.code]).toEqual([command, file, theirs.code > 1 ? 2 : theirs.code]);
        if (ours.code === 2) {
          expect(ours.stderr).toContain(`failed to run "${command.split(' ')[0]}": `);
          expect(ours.stderr).toContain('KUBECTL_EXTERNAL_DIFF');
        }
      }
    }
    expect(readdirSync(temporary)).toEqual([]);
  }, 120_000);

  test('is not asked by -o json', async () => {
    await using namespace = await useNamespace(cluster);
    const { name } = namespace;
    await apply(cluster, name, manifests('hunter2-old', 'info'));
    const other = write('json.json', manifests('hunter2-old', 'debug'));
    const { code, stdout } = await diff(name, 'no-such-program-here', '-f', other, '-o', 'json');
    expect([code, JSON.parse(stdout).kind]).toEqual([1, 'DiffReport']);
  }, 60_000);

  test.each(['SIGINT', 'SIGTERM'] as const)(
    'is ended by %s, and the folders that only we could read are gone',
    async (signal) => {
      await using namespace = await useNamespace(cluster);
      const { name } = namespace;
      await apply(cluster, name, manifests('hunter2-old', 'info'));
      const file = write(`${signal}.json`, manifests('hunter2-new', 'debug'));
      const told = join(folder, `told-${signal}`);
      const program = resolve('cmd/kubectl-reload.ts');
      const child = Bun.spawn([process.execPath, program, 'diff', '-n', name, '-f', file], {
        cwd: folder,
        env: {
          PATH: process.env['PATH'],
          KUBECONFIG: cluster.kubeconfig,
          KUBECTL_EXTERNAL_DIFF: join(folder, 'hang'),
          HANG_FILE: told,
          TMPDIR: temporary,
        },
        stdout: 'pipe',
        stderr: 'pipe',
      });
      await waitFor(() => statSync(told, { throwIfNoEntry: false }) !== undefined, 60_000, 'the program to run');
      const [live = '', ...modes] = readFileSync(told, 'utf8').trim().split('\n');
      expect(live).toStartWith(temporary);
      expect(modes).toEqual(['700', '600', '600']);
      expect(readFileSync(join(live, `v1.Secret.${name}.login`), 'utf8')).toContain('*** (before)');
      child.kill(signal);
      expect(await child.exited).toBe(130);
      expect(await new Response(child.stderr).text()).toBe('interrupted\n');
      expect(readdirSync(temporary)).toEqual([]);
    },
    120_000,
  );
});
