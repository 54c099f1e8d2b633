import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARCHITECTURES } from '../../src/probe/probe-options.ts';
import { bundleForNode } from '../bundle.ts';
import { readBundledLicenses } from './bundled-licenses.ts';
import { formatThirdPartyLicenses, THIRD_PARTY_LICENSES } from './third-party-licenses.ts';

/** What the package says of itself as the repository does. */
export interface RepositoryManifest {
  name: string;
  version: string;
  description: string;
  license: string;
  homepage: string;
}

const STAGE = 'dist/npm';

/** The oldest Node.js that the program is tried with. */
const NODE = '>=24';

/** Where each file of the repository has its place in the package; `cmd/probe-files.ts` finds those of the probe beside `dist/`. */
const FILES: Record<string, string> = {
  'README.md': 'README.md',
  LICENSE: 'LICENSE',
  'packaging/kubectl-reload.cjs': 'bin/kubectl-reload.cjs',
  'packaging/kubectl_complete-reload.cjs': 'bin/kubectl_complete-reload.cjs',
  'probe/probe.sh': 'probe/probe.sh',
  ...Object.fromEntries(
    ARCHITECTURES.flatMap((arch) =>
      ['probe', 'http'].map((name) => `probe/build/kubectl-reload-${name}-${arch}`).map((file) => [file, file]),
    ),
  ),
};

/**
 * Bundles the program for Node.js and packs it for the registry of npm.
 * @param runtimes the folder that holds the texts of licenses
 * @param output the folder for the package
 * @returns the name of its file
 * @throws with the words of npm
 */
export async function packageForNpm(
  manifest: RepositoryManifest,
  { runtimes, output }: { runtimes: string; output: string },
): Promise<string> {
  rmSync(STAGE, { recursive: true, force: true });
  mkdirSync(STAGE, { recursive: true });
  const modules = await bundleForNode(join(STAGE, 'dist'));
  const licenses = formatThirdPartyLicenses(readBundledLicenses(modules, runtimes));
  writeFileSync(join(STAGE, THIRD_PARTY_LICENSES), licenses);
  for (const [from, to] of Object.entries(FILES)) cpSync(from, join(STAGE, to));
  writeFileSync(join(STAGE, 'package.json'), `${JSON.stringify(makeManifest(manifest), null, 2)}\n`);
  const { error, status, stdout, stderr } = spawnSync(
    'npm',
    ['pack', `./${STAGE}`, '--json', '--ignore-scripts', '--pack-destination', output],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`npm pack failed: ${error?.message ?? stderr.trim()}`);
  const packed: { filename: string }[] = JSON.parse(stdout);
  return packed[0]?.filename ?? '';
}

function makeManifest({ name, version, description, license, homepage }: RepositoryManifest) {
  return {
    name,
    version,
    description,
    keywords: ['kubectl', 'kubectl-plugin', 'kubernetes', 'configmap', 'secret', 'restart', 'rollout'],
    homepage,
    license,
    repository: { type: 'git', url: `git+${homepage}.git` },
    type: 'module',
    engines: { node: NODE },
    bin: { 'kubectl-reload': 'bin/kubectl-reload.cjs', 'kubectl_complete-reload': 'bin/kubectl_complete-reload.cjs' },
    files: ['bin', 'dist', 'probe', THIRD_PARTY_LICENSES],
  };
}
