import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parse } from 'yaml';

/** A manifest as somebody may have written it. */
export interface KrewManifest {
  apiVersion?: string;
  kind?: string;
  metadata?: { name?: string };
  spec?: {
    version?: string;
    homepage?: string;
    shortDescription?: string;
    description?: string;
    platforms?: KrewPlatform[];
  };
}

/** What is installed on the machines that the selector selects. */
export interface KrewPlatform {
  selector?: { matchLabels?: Record<string, string>; matchExpressions?: unknown[] };
  uri?: string;
  sha256?: string;
  bin?: string;
  files?: unknown[];
}

/** The machines that krew knows. */
const MACHINES = [
  ...['windows/386', 'windows/amd64', 'windows/arm64', 'darwin/386', 'darwin/amd64', 'darwin/arm64'],
  ...['linux/386', 'linux/amd64', 'linux/arm', 'linux/arm64', 'linux/ppc64le'],
];
const LICENSES = /^(licenses?(\.txt|\.md)?|copying(\.txt)?)$/i;

export function readKrewManifest(file: string): KrewManifest {
  return parse(readFileSync(file, 'utf8'));
}

/**
 * What is wrong with a manifest by the rules of krew's validator, and by those of its guide that the validator leaves
 * to people: https://krew.sigs.k8s.io/docs/developer-guide/develop/naming-guide/
 * @param supported the machines, `linux/amd64`, that must be served
 */
export function findManifestProblems(file: string, manifest: KrewManifest, supported: readonly string[]): string[] {
  const { apiVersion, kind, metadata, spec = {} } = manifest;
  const { version = '', homepage = '', shortDescription = '', description = '', platforms = [] } = spec;
  const name = basename(file, extname(file));
  const rules: [string, boolean][] = [
    ['the file is not a .yaml', extname(file) === '.yaml'],
    ['another apiVersion', apiVersion === 'krew.googlecontainertools.github.com/v1alpha2'],
    ['another kind', kind === 'Plugin'],
    ['the name is not safe', /^[\w-]+$/.test(name) && !/^(con|prn|aux|nul|com\d|lpt\d)$/i.test(name)],
    ['the name is not that of the file', metadata?.name === name],
    ['no short description', shortDescription !== ''],
    ['a short description of several lines', !/[\r\n]/.test(shortDescription)],
    ['a short description of more than 50 characters', shortDescription.length <= 50],
    ['no description', description.trim() !== ''],
    ['no homepage', URL.canParse(homepage)],
    ['a version that is not vX.Y.Z', /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/.test(version)],
    ['no platforms', platforms.length > 0],
  ];
  const problems = rules.filter(([, holds]) => !holds).map(([problem]) => problem);
  for (const [index, platform] of platforms.entries()) {
    problems.push(...findPlatformProblems(platform, version).map((problem) => `platform ${index}: ${problem}`));
  }
  for (const machine of MACHINES) {
    const count = platforms.filter((platform) => selects(platform, machine)).length;
    const wanted = supported.includes(machine) ? 1 : 0;
    if (count !== wanted) problems.push(`${machine} is selected by ${count} platforms, not ${wanted}`);
  }
  return problems;
}

function findPlatformProblems({ selector, uri = '', sha256 = '', bin = '', files }: KrewPlatform, version: string) {
  const keys = Object.keys(selector?.matchLabels ?? {});
  const rules: [string, boolean][] = [
    ['no uri by https', /^https:\/\//.test(uri)],
    ['a uri of another version', uri.includes(`/${version}/`)],
    ['a sum that is not 64 lower hexadecimal digits', /^[a-f0-9]{64}$/.test(sha256)],
    ['no bin', bin !== ''],
    ['empty files', files === undefined || files.length > 0],
    ['an empty selector', keys.length > 0],
    ['a selector by other than os and arch', keys.every((key) => key === 'os' || key === 'arch')],
    ['a selector by expressions', selector?.matchExpressions === undefined],
  ];
  return rules.filter(([, holds]) => !holds).map(([problem]) => problem);
}

function selects({ selector }: KrewPlatform, machine: string): boolean {
  const [os, arch] = machine.split('/');
  const { os: wantedOs = os, arch: wantedArch = arch } = selector?.matchLabels ?? {};
  return wantedOs === os && wantedArch === arch;
}

/**
 * What is wrong with what a platform installs.
 * @param archive the file that lies at its uri
 * @param folder what was in it
 */
export function findArchiveProblems(
  { uri, sha256, bin = '' }: KrewPlatform,
  archive: string,
  folder: string,
): string[] {
  const entries = new Map<string, Stats>();
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    entries.set(path, lstatSync(join(folder, path)));
  }
  const program = entries.get(bin);
  const rules: [string, boolean][] = [
    ['the uri names another file', uri !== undefined && basename(uri) === basename(archive)],
    ['another sum', createHash('sha256').update(readFileSync(archive)).digest('hex') === sha256],
    ['krew cannot unpack this', /\.(zip|tar\.gz)$/.test(archive)],
    ['no bin in the archive', program?.isFile() === true],
    ['bin is not executable for everybody', ((program?.mode ?? 0) & 0o555) === 0o555],
    ['no license', [...entries].some(([path, stats]) => stats.isFile() && LICENSES.test(basename(path)))],
    ['neither file nor folder', [...entries.values()].every((stats) => stats.isFile() || stats.isDirectory())],
  ];
  return rules.filter(([, holds]) => !holds).map(([problem]) => problem);
}
