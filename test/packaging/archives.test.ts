import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import packageManifest from '../../package.json' with { type: 'json' };
import { nameArchive, namePlatform, nameProgram, PLATFORMS } from '../../scripts/package/platforms.ts';
import { explainBadSignature, signMachO } from '../../scripts/package/sign-mach-o.ts';
import { THIRD_PARTY_LICENSES } from '../../scripts/package/third-party-licenses.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, useCluster, useNamespace } from '../cluster/shared.ts';
import { runCommand } from '../support/run-command.ts';
import { buildPackages, layFreshTree } from './fresh-tree.ts';
import type { KrewManifest } from './krew-rules.ts';
import { findArchiveProblems, findManifestProblems, readKrewManifest } from './krew-rules.ts';
import { findLicenseProblems, listProgramPackages } from './license-rules.ts';
import { readProgram } from './program-structure.ts';
import { linkProgram, runProgram, unpack } from './run-program.ts';
import { DEPLOYMENT } from './workload.ts';

/** A test that runs or reads programs of 100 MB, on a machine that does much else. */
const LONG = 120_000;

const BUN = packageManifest.devDependencies.bun;

let folder: string;
let packages: string;
let cluster: TestCluster;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'packages-'));
  cluster = await useCluster();
  layFreshTree(join(folder, 'first'));
  await buildPackages(join(folder, 'first'), []);
  packages = join(folder, 'first/dist/packages');
  for (const platform of PLATFORMS) unpack(join(packages, nameArchive(platform)), unpackedFolder(platform));
  writeFileSync(join(folder, 'web.yaml'), stringify(DEPLOYMENT));
}, 1_200_000);
afterAll(() => rmSync(folder, { recursive: true }));

const unpackedFolder = (platform: (typeof PLATFORMS)[number]) => join(folder, namePlatform(platform));

test('a second build at another place, in another time zone, gives the same bytes', async () => {
  const second = join(folder, 'somewhere/else/second');
  layFreshTree(second, join(folder, 'first'));
  const chosen = PLATFORMS.filter((platform) => ['darwin/amd64', 'windows/arm64'].includes(namePlatform(platform)));
  await buildPackages(second, [...chosen.map(namePlatform), 'npm'], { TZ: 'Pacific/Kiritimati', LANG: 'C' });
  for (const name of [...chosen.map(nameArchive), `kubectl-reload-${packageManifest.version}.tgz`]) {
    const [one, two] = [join(packages, name), join(second, 'dist/packages', name)].map((file) => readFileSync(file));
    expect(one && two?.equals(one), name).toBe(true);
  }
}, 600_000);

test('the sums are those that sha256sum checks', () => {
  const { status, stdout } = spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], {
    cwd: packages,
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  const names = [...PLATFORMS.map(nameArchive), `kubectl-reload-${packageManifest.version}.tgz`];
  expect(stdout.trim().split('\n')).toEqual(names.map((name) => `${name}: OK`));
  expect(readdirSync(packages).sort()).toEqual([...names, 'SHA256SUMS', 'reload.yaml'].sort());
});

test('the manifest for krew keeps its rules, and so does what it installs', () => {
  const file = join(packages, 'reload.yaml');
  const manifest = readKrewManifest(file);
  expect(findManifestProblems(file, manifest, PLATFORMS.map(namePlatform))).toEqual([]);
  expect(manifest.spec?.version).toBe(`v${packageManifest.version}`);
  for (const entry of manifest.spec?.platforms ?? []) {
    const { os, arch } = entry.selector?.matchLabels ?? {};
    const archive = join(packages, entry.uri?.split('/').at(-1) ?? '');
    expect(findArchiveProblems(entry, archive, join(folder, `${os}/${arch}`))).toEqual([]);
  }
});

test('the manifest in the repository is the one that was built, but for the sums', () => {
  const strip = (text: string): KrewManifest => parse(text.replace(/sha256: .*/g, 'sha256: ""'));
  const repository = readFileSync(join(import.meta.dirname, '../../krew-manifest.yaml'), 'utf8');
  expect(strip(readFileSync(join(packages, 'reload.yaml'), 'utf8'))).toEqual(strip(repository));
  expect(readFileSync(join(folder, 'first/krew-manifest.yaml'))).toEqual(readFileSync(join(packages, 'reload.yaml')));
});

describe.each(PLATFORMS.map((platform) => [namePlatform(platform), platform] as const))('%s', (_, platform) => {
  test(
    'the archive holds the program for this machine, with our code in it, and all licenses',
    () => {
      const unpacked = unpackedFolder(platform);
      const completion = platform.os === 'windows' ? [] : ['kubectl_complete-reload'];
      expect(readdirSync(unpacked).sort()).toEqual(
        ['LICENSE', THIRD_PARTY_LICENSES, nameProgram(platform), ...completion].sort(),
      );
      for (const name of completion) expect(statSync(join(unpacked, name)).mode & 0o777).toBe(0o755);
      const program = readFileSync(join(unpacked, nameProgram(platform)));
      const { os, arch, embedded } = readProgram(program);
      expect({ os, arch }).toEqual({ ...platform });
      expect(embedded.includes('kubectl-reload.dev/')).toBe(true);
      expect(embedded.includes(folder)).toBe(false);
      const licenses = readFileSync(join(unpacked, THIRD_PARTY_LICENSES), 'utf8');
      const packages = listProgramPackages(readFileSync('package-lock.json', 'utf8'));
      expect(findLicenseProblems(licenses, [...packages, { name: 'bun', version: BUN }])).toEqual([]);
      expect(licenses).toContain('GNU LIBRARY GENERAL PUBLIC LICENSE');
    },
    LONG,
  );
});

test(
  'the signatures for macOS hold, and say it when a byte is another',
  () => {
    for (const arch of ['amd64', 'arm64'] as const) {
      const program = readFileSync(join(unpackedFolder({ os: 'darwin', arch }), 'kubectl-reload'));
      expect(explainBadSignature(program)).toBeUndefined();
      const place = 5 * 4096 + 17;
      program[place] = (program[place] ?? 0) ^ 1;
      expect(explainBadSignature(program)).toBe('the hash of page 5 does not hold');
      expect(explainBadSignature(program.subarray(0, -1))).toContain('the signature ends at');
      expect(explainBadSignature(signMachO(program, 'again'))).toBeUndefined();
    }
  },
  LONG,
);

test(
  'our signature is, byte for byte, the one that bun makes for arm64',
  () => {
    const program = readFileSync(join(unpackedFolder({ os: 'darwin', arch: 'arm64' }), 'kubectl-reload'));
    const forged = Buffer.from(program);
    forged.fill(0, forged.length - 64);
    expect(signMachO(forged, 'a.out').equals(program)).toBe(true);
  },
  LONG,
);

test(
  'the program of linux/amd64 works with nothing but kubectl beside it',
  async () => {
    const own = unpackedFolder({ os: 'linux', arch: 'amd64' });
    linkProgram(cluster.kubectl, join(folder, 'bin/kubectl'));
    const home = mkdtempSync(join(folder, 'home-'));
    const env = { PATH: `${join(folder, 'bin')}:${own}`, HOME: home, KUBECONFIG: cluster.kubeconfig };
    const run = (...args: string[]) =>
      runProgram([join(folder, 'bin/kubectl'), 'reload', ...args], { cwd: folder, env });

    const help = await run('--help');
    expect(help).toMatchObject({ code: 0, stderr: '' });
    expect(help.stdout).toStartWith('Usage: kubectl reload');
    const expected = await runCommand(`deps -f ${folder}/web.yaml`);
    expect(await run('deps', '-f', 'web.yaml')).toEqual({ ...expected, code: 0, stderr: '' });

    await using namespace = await useNamespace(cluster);
    await apply(cluster, namespace.name, [DEPLOYMENT]);
    const status = await run('status', '-n', namespace.name);
    expect(status).toMatchObject({ code: 0, stderr: '\n1 reference is broken.\n' });
    expect(status.stdout).toMatch(/deployment\/web +app +configmap\/web +envFrom +missing/);
    expect(readdirSync(home)).toEqual([]);
  },
  LONG,
);

test(
  'under the name that kubectl looks for, the program completes',
  async () => {
    const links = join(folder, 'links');
    linkProgram(join(unpackedFolder({ os: 'linux', arch: 'amd64' }), 'kubectl-reload'), join(links, 'kubectl-reload'));
    linkProgram('kubectl-reload', join(links, 'kubectl_complete-reload'));
    const env = { PATH: links, HOME: folder, KUBECONFIG: cluster.kubeconfig };
    const complete = (...words: string[]) =>
      runProgram([cluster.kubectl, '__complete', 'reload', ...words], { cwd: folder, env });

    expect((await complete('resta')).stdout).toBe(
      'restart\trestart just the stale workloads, and follow each to the end\n:4\n',
    );
    expect((await complete('no-such', '')).stdout).toBe(':4\n');
    const own = { cwd: folder, env };
    const nothing = await runProgram([join(links, 'kubectl_complete-reload'), '--kubeconfig=none', 'cm/'], own);
    expect(nothing).toEqual({ code: 0, stdout: ':4\n', stderr: '' });
  },
  LONG,
);

test(
  'the program of linux/arm64 works',
  async () => {
    const program = join(unpackedFolder({ os: 'linux', arch: 'arm64' }), 'kubectl-reload');
    // -L: where the C library of that machine is, which comes with the compiler for it.
    const run = (...args: string[]) =>
      runProgram(['qemu-aarch64-static', '-L', '/usr/aarch64-linux-gnu', program, ...args], {
        cwd: folder,
        env: { PATH: process.env['PATH'] ?? '', HOME: folder },
      });
    expect(await run('version', '--client')).toEqual({
      code: 0,
      stdout: `Client Version: v${packageManifest.version}\n`,
      stderr: '',
    });
    const expected = await runCommand(`deps -f ${folder}/web.yaml`);
    expect(await run('deps', '-f', 'web.yaml')).toEqual({ ...expected, code: 0, stderr: '' });
  },
  LONG,
);
