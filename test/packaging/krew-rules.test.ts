import { afterAll, beforeAll, expect, test } from 'bun:test';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fillKrewManifest } from '../../scripts/package/krew-manifest.ts';
import type { Packed } from '../../scripts/package/pack-archive.ts';
import { packTarGz, packZip } from '../../scripts/package/pack-archive.ts';
import { namePlatform, PLATFORMS } from '../../scripts/package/platforms.ts';
import type { KrewManifest, KrewPlatform } from './krew-rules.ts';
import { findArchiveProblems, findManifestProblems, readKrewManifest } from './krew-rules.ts';
import { unpack } from './run-program.ts';

const MANIFEST = join(import.meta.dirname, '../../krew-manifest.yaml');
const SUPPORTED = PLATFORMS.map(namePlatform);
const FILES: Packed[] = [
  { path: 'kubectl-reload', mode: 0o755, content: Buffer.from('program') },
  { path: 'LICENSE', mode: 0o644, content: Buffer.from('text') },
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'krew-rules-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const find = (change: (manifest: KrewManifest) => void, file = 'reload.yaml') => {
  const manifest = structuredClone(readKrewManifest(MANIFEST));
  change(manifest);
  return findManifestProblems(file, manifest, SUPPORTED);
};
const first = (manifest: KrewManifest): KrewPlatform => manifest.spec?.platforms?.[0] ?? {};

test('the manifest of the repository keeps the rules, under the name of its plugin', () => {
  expect(find(() => {})).toEqual([]);
  expect(find(() => {}, 'krew-manifest.yaml')).toEqual(['the name is not that of the file']);
});

test.each<[string, (manifest: KrewManifest) => void]>([
  ['another apiVersion', (manifest) => Object.assign(manifest, { apiVersion: 'v1' })],
  ['another kind', (manifest) => Object.assign(manifest, { kind: 'Plug' })],
  ['the name is not that of the file', (manifest) => Object.assign(manifest, { metadata: { name: 'load' } })],
  ['no short description', ({ spec }) => Object.assign(spec ?? {}, { shortDescription: '' })],
  ['a short description of several lines', ({ spec }) => Object.assign(spec ?? {}, { shortDescription: 'a\nb' })],
  [
    'a short description of more than 50 characters',
    ({ spec }) => Object.assign(spec ?? {}, { shortDescription: 'x'.repeat(51) }),
  ],
  ['no description', ({ spec }) => Object.assign(spec ?? {}, { description: ' ' })],
  ['no homepage', ({ spec }) => Object.assign(spec ?? {}, { homepage: 'here' })],
  ['a version that is not vX.Y.Z', ({ spec }) => Object.assign(spec ?? {}, { version: '0.1.0' })],
  ['no platforms', ({ spec }) => Object.assign(spec ?? {}, { platforms: [] })],
  ['platform 0: no uri by https', (manifest) => Object.assign(first(manifest), { uri: 'x/v0.1.0/y' })],
  ['platform 0: a uri of another version', (manifest) => Object.assign(first(manifest), { uri: 'https://x/v9/y' })],
  [
    'platform 0: a sum that is not 64 lower hexadecimal digits',
    (manifest) => Object.assign(first(manifest), { sha256: 'A'.repeat(64) }),
  ],
  ['platform 0: no bin', (manifest) => Object.assign(first(manifest), { bin: '' })],
  ['platform 0: empty files', (manifest) => Object.assign(first(manifest), { files: [] })],
  ['platform 0: an empty selector', (manifest) => Object.assign(first(manifest), { selector: {} })],
  [
    'platform 0: a selector by other than os and arch',
    (manifest) => Object.assign(first(manifest).selector?.matchLabels ?? {}, { libc: 'musl' }),
  ],
  [
    'platform 0: a selector by expressions',
    (manifest) => Object.assign(first(manifest).selector ?? {}, { matchExpressions: [] }),
  ],
  [
    'linux/arm64 is selected by 2 platforms, not 1',
    (manifest) => Object.assign(first(manifest), { selector: { matchLabels: { os: 'linux' } } }),
  ],
  ['linux/amd64 is selected by 0 platforms, not 1', ({ spec }) => spec?.platforms?.shift()],
])('the rules find %s', (problem, change) => {
  expect(find(change)).toContain(problem);
});

test.each([
  ['tar.gz', packTarGz],
  ['zip', packZip],
] as const)('the rules look into a %s, which keeps the modes of its files', async (extension, pack) => {
  const archive = join(folder, `kubectl-reload.${extension}`);
  const lay = async (name: string, files: readonly Packed[]) => {
    const content = await pack(files);
    writeFileSync(archive, content);
    const unpacked = join(folder, `${extension}-${name}`);
    unpack(archive, unpacked);
    return { unpacked, sha256: createHash('sha256').update(content).digest('hex') };
  };
  const { unpacked, sha256 } = await lay('good', FILES);
  const platform: KrewPlatform = { uri: `https://x/kubectl-reload.${extension}`, sha256, bin: 'kubectl-reload' };
  expect(findArchiveProblems(platform, archive, unpacked)).toEqual([]);
  expect(findArchiveProblems({ uri: 'https://x/y.zip', sha256: 'ab', bin: 'program' }, archive, unpacked)).toEqual([
    'the uri names another file',
    'another sum',
    'no bin in the archive',
    'bin is not executable for everybody',
  ]);
  symlinkSync('LICENSE', join(unpacked, 'COPYING'));
  expect(findArchiveProblems(platform, archive, unpacked)).toEqual(['neither file nor folder']);

  const bad = await lay('bad', [{ path: 'kubectl-reload', mode: 0o644, content: Buffer.from('program') }]);
  expect(findArchiveProblems({ ...platform, sha256: bad.sha256 }, archive, bad.unpacked)).toEqual([
    'bin is not executable for everybody',
    'no license',
  ]);
});

test('filling the manifest says which platform or archive is missing, and keeps what else is written', () => {
  const text = [
    '# kept',
    'spec:',
    '  version: v0',
    '  platforms:',
    '  - selector: {matchLabels: {os: linux, arch: amd64}}',
  ];
  const fill = (sums: ReadonlyMap<string, string>) => fillKrewManifest(text.join('\n'), 'v1.2.3', 'https://x', sums);
  expect(() => fill(new Map())).toThrow('kubectl-reload-linux-amd64.tar.gz is not built');
  expect(() => fill(new Map([['kubectl-reload-linux-amd64.tar.gz', 'ab']]))).toThrow(
    '0 entries for linux/arm64, not 1',
  );
  expect(() => fillKrewManifest('spec: {}', 'v1.2.3', 'https://x', new Map())).toThrow('is not a list');
});
