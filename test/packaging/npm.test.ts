import { afterAll, beforeAll, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import packageManifest from '../../package.json' with { type: 'json' };
import { installRuntimes } from '../../scripts/package/install-runtimes.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, useCluster, useNamespace } from '../cluster/shared.ts';
import { runCommand } from '../support/run-command.ts';
import { buildPackages, layFreshTree } from './fresh-tree.ts';
import { findLicenseProblems, listProgramPackages } from './license-rules.ts';
import { linkProgram, runProgram } from './run-program.ts';
import { DEPLOYMENT } from './workload.ts';

/** A busy machine runs Node.js ten times in this. */
const LONG = 120_000;

let folder: string;
let installed: string;
let cluster: TestCluster;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'npm-package-'));
  cluster = await useCluster();
  const tree = join(folder, 'tree');
  layFreshTree(tree);
  await buildPackages(tree, ['npm']);
  const file = join(tree, `dist/packages/kubectl-reload-${packageManifest.version}.tgz`);
  const prefix = join(folder, 'prefix');
  const args = ['install', '--global', '--offline', '--no-audit', '--no-fund', '--prefix', prefix, file];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm install: ${stderr}`);
  installed = join(prefix, 'lib/node_modules/kubectl-reload');
  const runtimes = await installRuntimes((line) => process.stderr.write(`${line}\n`));
  for (const major of ['16', '24']) {
    linkProgram(join(runtimes, `node-${major}/bin/node`), join(folder, `node-${major}/node`));
    linkProgram(cluster.kubectl, join(folder, `node-${major}/kubectl`));
    // What the shebang of npm's programs asks for.
    linkProgram('/usr/bin/env', join(folder, `node-${major}/env`));
  }
  writeFileSync(join(folder, 'web.yaml'), stringify(DEPLOYMENT));
}, 1_200_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs kubectl with the installed package as a plugin, with this Node.js and no other. */
function runKubectl(major: '16' | '24', ...args: string[]) {
  const bin = join(folder, `node-${major}`);
  const env = { PATH: `${bin}:${join(folder, 'prefix/bin')}`, HOME: folder, KUBECONFIG: cluster.kubeconfig };
  return runProgram([join(bin, 'kubectl'), ...args], { cwd: folder, env });
}

const run = (major: '16' | '24', ...args: string[]) => runKubectl(major, 'reload', ...args);

test('the package holds the program, the probe, the completion, all licenses, and nothing else', () => {
  const files = readdirSync(installed, { recursive: true, withFileTypes: true, encoding: 'utf8' })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(installed.length + 1));
  expect(files.filter((file) => dirname(file) !== 'dist').sort()).toEqual([
    'LICENSE',
    'README.md',
    'THIRD_PARTY_LICENSES',
    'bin/kubectl-reload.cjs',
    'bin/kubectl_complete-reload.cjs',
    'package.json',
    'probe/build/kubectl-reload-http-amd64',
    'probe/build/kubectl-reload-http-arm64',
    'probe/build/kubectl-reload-probe-amd64',
    'probe/build/kubectl-reload-probe-arm64',
    'probe/probe.sh',
  ]);
  expect(files.filter((file) => dirname(file) === 'dist' && !file.endsWith('.js'))).toEqual([]);
  const licenses = readFileSync(join(installed, 'THIRD_PARTY_LICENSES'), 'utf8');
  expect(findLicenseProblems(licenses, listProgramPackages(readFileSync('package-lock.json', 'utf8')))).toEqual([]);
});

test('the package needs no other, whatever it loads', () => {
  const transpiler = new Bun.Transpiler({ loader: 'js' });
  const modules = readdirSync(join(installed, 'dist')).flatMap((name) =>
    transpiler
      .scanImports(readFileSync(join(installed, 'dist', name), 'utf8').replace(/^#!.*/, ''))
      .map(({ path }) => path),
  );
  const foreign = new Set(modules.filter((path) => !path.startsWith('./') && !path.startsWith('node:')));
  // ink asks for it in development only.
  expect([...foreign]).toEqual(['react-devtools-core']);
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  expect(manifest).toMatchObject({ version: packageManifest.version, engines: { node: '>=24' } });
  expect(Object.keys(manifest).filter((key) => /dependencies|scripts|private/i.test(key))).toEqual([]);
});

test(
  'on Node.js 24 it answers as the program does',
  async () => {
    const help = await run('24', '--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toStartWith('Usage: kubectl reload');
    const commands = ['version --client', 'deps -f web.yaml', 'probe manifest', 'probe manifest --form=script'];
    for (const command of commands) {
      const expected = await runCommand(command.replace('web.yaml', join(folder, 'web.yaml')));
      expect(await run('24', ...command.split(' ')), command).toEqual({ ...expected, code: 0, stderr: '' });
    }
  },
  LONG,
);

test(
  'kubectl completes by it, and on an older Node.js offers nothing',
  async () => {
    const words = ['__complete', 'reload', 'resta'];
    expect((await runKubectl('24', ...words)).stdout).toBe(
      'restart\trestart just the stale workloads, and follow each to the end\n:4\n',
    );
    const nothing = await runKubectl('16', ...words);
    expect(nothing.stdout).toBe(':0\n');
    expect(nothing.stderr).not.toContain('Node.js');
  },
  LONG,
);

test(
  'on Node.js 24 it talks to an API server',
  async () => {
    await using namespace = await useNamespace(cluster);
    await apply(cluster, namespace.name, [DEPLOYMENT]);
    const status = await run('24', 'status', '-n', namespace.name);
    expect(status).toMatchObject({ code: 0, stderr: '\n1 reference is broken.\n' });
    expect(status.stdout).toMatch(/deployment\/web +app +configmap\/web +envFrom +missing/);
  },
  LONG,
);

test(
  'on an older Node.js it says what it needs',
  async () => {
    expect(await run('16', 'version', '--client')).toEqual({
      code: 2,
      stdout: '',
      stderr: [
        'error: kubectl reload needs Node.js 24 or newer, and this is v16.20.2',
        `  Install a newer Node.js, or take the program that needs none: ${packageManifest.homepage}/releases`,
        '',
      ].join('\n'),
    });
  },
  LONG,
);
