/** Completion in real shells, and through kubectl's own completion, with names of a real cluster. */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { TestCluster } from '../cluster/cluster.ts';
import type { TestNamespace } from '../cluster/shared.ts';
import { apply, useCluster, useNamespace } from '../cluster/shared.ts';
import type { TestFolder } from '../support/connection.ts';
import { makeFolder } from '../support/connection.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
import { runCommand } from '../support/run-command.ts';
import type { ShellSession, TestShell } from '../support/start-shell.ts';
import { startShell } from '../support/start-shell.ts';

let cluster: TestCluster;
let namespace: TestNamespace;
let folder: TestFolder;
let kubeconfig: string;

/** Names that hold what shells act upon. */
const CONTEXTS = [
  'admin@kind',
  'arn:aws:eks:x:1:cluster/prod',
  'my context',
  "o'clock",
  'zz$(touch pwned)',
  'zz`touch pwned`;',
];

beforeAll(async () => {
  cluster = await useCluster();
  namespace = await useNamespace(cluster);
  await apply(cluster, namespace.name, [
    makeConfigMap('settings', { LEVEL: 'info' }),
    makeWorkloadManifest('Deployment', 'web', makePodSpec(), { replicas: 0 }),
    makeWorkloadManifest('StatefulSet', 'worker', makePodSpec(), { replicas: 0 }),
  ]);
  folder = await makeFolder();
  const names = CONTEXTS.map((name) => ({ name, context: { cluster: 'none', user: 'none' } }));
  const odd = await folder.write('odd-contexts', JSON.stringify({ apiVersion: 'v1', kind: 'Config', contexts: names }));
  kubeconfig = `${cluster.kubeconfig}:${odd}`;
}, 1_800_000);
afterAll(async () => {
  await namespace[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

describe.each(['bash', 'zsh', 'fish'] satisfies TestShell[])('%s', (shell) => {
  let session: ShellSession;
  beforeAll(async () => {
    session = await startShell(shell, { kubeconfig });
  }, 180_000);
  afterAll(() => session[Symbol.asyncDispose]());
  const run = (keys: string): Promise<string[]> => session.run(`kubectl-reload ${keys}`);

  test('completes commands, flags and their values, and goes on after a blank', async () => {
    expect(await run('resta\t--dry\tcl\t')).toEqual(['restart', '--dry-run', 'client']);
    expect(await run('deps -od\t')).toEqual(['deps', '-odot']);
    expect(await run('probe inj\t--form=scr\tx')).toEqual(['probe', 'inject', '--form=script', 'x']);
  }, 180_000);

  test('completes live names: of namespaces, objects, pairs and lists of types', async () => {
    const n = namespace.name;
    expect(await run(`-n ${n.slice(0, -1)}\tstatus`)).toEqual(['-n', n, 'status']);
    expect(await run(`restart -n ${n} deploy/w\tcm/set\t`)).toEqual(['restart', '-n', n, 'deploy/web', 'cm/settings']);
    expect(await run(`restart -n ${n} deploy,sts wo\twe\t`)).toEqual([
      'restart',
      '-n',
      n,
      'deploy,sts',
      'worker',
      'web',
    ]);
    expect(await run(`-n ${n} probe inject --config=cm/set\t`)).toEqual([
      '-n',
      n,
      'probe',
      'inject',
      '--config=cm/settings',
    ]);
    expect(await run(`-n ${n} probe inject deploy/web -c a\t`)).toEqual([
      '-n',
      n,
      'probe',
      'inject',
      'deploy/web',
      '-c',
      'app',
    ]);
  }, 180_000);

  test('leaves no blank after a type that a name follows', async () => {
    expect(await run('restart deploy/web statef\tx')).toEqual(['restart', 'deploy/web', 'statefulsets/x']);
  }, 180_000);

  test('reads quotes and variables of the line, and completes within quotes', async () => {
    const n = namespace.name;
    await session.run(shell === 'fish' ? `set N ${n}; kubectl-reload` : `N=${n}; kubectl-reload`);
    expect(await run('diff -n $N deploy/w\t')).toEqual(['diff', '-n', n, 'deploy/web']);
    expect(await run(`diff -n "${n}" 'deploy/w\t`)).toEqual(['diff', '-n', n, 'deploy/web']);
  }, 180_000);

  test('quotes what the shell would act upon, wherever the shell takes words apart', async () => {
    expect(await run('--context adm\tx')).toEqual(['--context', 'admin@kind', 'x']);
    expect(await run('--context admin@k\tx')).toEqual(['--context', 'admin@kind', 'x']);
    expect(await run('--context=arn:aws:e\tx')).toEqual(['--context=arn:aws:eks:x:1:cluster/prod', 'x']);
    expect(await run('--context my\tx')).toEqual(['--context', 'my context', 'x']);
    expect(await run('--context=my\tx')).toEqual(['--context=my context', 'x']);
    expect(await run('--context "my c\tx')).toEqual(['--context', 'my context', 'x']);
    expect(await run('--context o\tx')).toEqual(['--context', "o'clock", 'x']);
  }, 180_000);

  test('runs nothing: neither what a name says nor what stands in the line', async () => {
    expect(await run('--context zz$\x15kubectl-reload x')).toEqual(['x']);
    expect(await run('--context zz\t\x15kubectl-reload x')).toEqual(['x']);
    expect(await run("--context 'zz$\t\x15kubectl-reload x")).toEqual(['x']);
    expect(await run('-n $(touch pwned) deploy/\t\x15kubectl-reload x')).toEqual(['x']);
    expect(await run('-n "$(touch pwned)" deploy/\t\x15kubectl-reload x')).toEqual(['x']);
    if (shell !== 'fish') expect(await run('-n `touch pwned` deploy/\t\x15kubectl-reload x')).toEqual(['x']);
    expect(existsSync(join(session.folder, 'pwned'))).toBe(false);
  }, 180_000);

  test('leaves files and directories to the shell', async () => {
    writeFileSync(join(session.folder, 'only-file.yaml'), '');
    mkdirSync(join(session.folder, 'only-folder/base'), { recursive: true });
    expect(await run('deps -f only-fi\t')).toEqual(['deps', '-f', 'only-file.yaml']);
    expect(await run('deps --filename=only-fi\t')).toEqual(['deps', '--filename=only-file.yaml']);
    const [, , directory] = await run('deps -k only-\tba\t');
    // zsh takes a slash at the end back.
    expect(directory?.replace(/\/$/, '')).toBe('only-folder/base');
  }, 180_000);

  test('shows what each command does', async () => {
    // fish lists on a better terminal only; it can be asked.
    const keys = shell === 'fish' ? "complete -C 'kubectl-reload re'; kubectl-reload\r" : 'kubectl-reload re\t';
    await session.show(keys, /restart\s.*restart just the stale workloads/s);
  }, 180_000);

  test('offers no file where a name belongs, and says nothing without a cluster', async () => {
    expect(await run('restart only\tx')).toEqual(['restart', 'onlyx']);
    expect(await run('--kubeconfig nothing restart deploy/w\tx')).toEqual([
      '--kubeconfig',
      'nothing',
      'restart',
      'deploy/wx',
    ]);
  }, 180_000);
});

describe('kubectl', () => {
  /** Asks as the scripts of `kubectl completion` do, with the completion of the plugin in PATH. */
  async function ask(words: string[], programs: string): Promise<string> {
    const { stdout, status } = spawnSync(cluster.kubectl, ['__complete', ...words], {
      env: {
        PATH: `${programs}:${process.env['PATH']}`,
        KUBECONFIG: cluster.kubeconfig,
        BUN: process.execPath,
        SOURCE: join(process.cwd(), 'cmd/kubectl-reload.ts'),
        KUBECTL_RELOAD_COMPLETION_TIMEOUT: '60s',
      },
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    return stdout;
  }

  test('finds the completion of the plugin, its descriptions and directives', async () => {
    await using session = await startShell('bash', { kubeconfig });
    const programs = join(session.folder, 'bin');
    expect(await ask(['reload', 'resta'], programs)).toBe(
      'restart\trestart just the stale workloads, and follow each to the end\n:4\n',
    );
    expect(await ask(['reload', 'deps', '-k', ''], programs)).toBe(':16\n');
    expect(await ask(['reload', 'restart', '--dry-run='], programs)).toBe('none\nclient\nserver\n:4\n');
    expect(await ask(['reload', 'restart', 'sts/x', 'cm'], programs)).toBe('cm/\tConfigMap\n:6\n');
    expect(await ask(['reload', '-n', namespace.name, 'sts/'], programs)).toBe('sts/worker\n:4\n');
    expect(await ask(['reload', 'no-such'], programs)).toBe(':4\n');
  }, 180_000);

  test('completes "kubectl reload" in a shell that has loaded the completion of kubectl alone', async () => {
    await using session = await startShell('zsh', {
      kubeconfig,
      path: dirname(cluster.kubectl),
      setup: 'autoload -U compinit && compinit -u -D; source <(kubectl completion zsh)',
    });
    const n = namespace.name;
    expect(await session.run(`kubectl reload resta\t-n ${n} deploy/w\t`)).toEqual(['restart', '-n', n, 'deploy/web']);
  }, 180_000);
});

describe('the scripts', () => {
  const print = async (shell: string): Promise<string> => (await runCommand(['completion', shell])).stdout;

  test('pass shellcheck', async () => {
    const check = (dialect: string, script: string) =>
      spawnSync('shellcheck', ['-s', dialect, '-'], { input: script, encoding: 'utf8' }).stdout;
    expect(check('bash', await print('bash'))).toBe('');
    expect(check('sh', readFileSync('scripts/kubectl_complete-reload', 'utf8'))).toBe('');
  });

  test('for PowerShell call the program, never its words as code', async () => {
    const script = await print('powershell');
    expect(script).toContain('Register-ArgumentCompleter -Native');
    expect(script).toContain('& $Program __complete @Arguments');
    expect(script.replaceAll(/^#.*$/gm, '')).not.toMatch(/Invoke-Expression|iex/);
    const unquoted = script.replaceAll(/#.*$|'[^']*'|"[^"]*"/gm, '');
    for (const [open, close] of ['{}', '()', '[]']) {
      expect(unquoted.split(open ?? '').length).toBe(unquoted.split(close ?? '').length);
    }
  });

  test('are for a shell that we know', async () => {
    const { code, stderr } = await runCommand('completion tcsh');
    expect(code).toBe(2);
    expect(stderr).toContain('bash, zsh, fish, powershell');
  });
});
