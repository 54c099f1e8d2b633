import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Licensed } from './bundled-licenses.ts';
import { readStandardText } from './standard-text.ts';

/** What bun's own list of its parts names, but those whose text it links to. */
const TEXTS = [
  'MIT',
  'LGPL-2.0-only',
  'LGPL-2.1-only',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Zlib',
  'Unicode-3.0',
];

/**
 * The license of bun, which is the greater part of a compiled program. Its packages hold none: what it says of itself and of the libraries in
 * it stands in the documentation that comes with its types.
 * @param runtimes the folder that holds the packages of bun, all of one version, and the usual texts of licenses
 * @throws where they are not of one version, or a text is missing
 */
export function readRuntimeLicense(runtimes: string, runtime: string): Licensed {
  const version = readVersion(join(runtimes, runtime));
  const described = readVersion(join(runtimes, 'bun-types'));
  if (described !== version) throw new Error(`${runtime} is of version ${version}, but bun-types of ${described}`);
  const page = readFileSync(join(runtimes, 'bun-types/docs/project/license.mdx'), 'utf8');
  const texts = TEXTS.map((id) => {
    const text = readStandardText(id, runtimes);
    if (text === undefined) throw new Error(`there is no text of the license ${id}`);
    return `${'-'.repeat(80)}\n${id}\n\n${text}`;
  });
  return {
    name: 'bun',
    version,
    license: 'MIT, and those of the libraries in it',
    text: [
      page.replace(/^---\n.*?\n---\n/s, '').trim(),
      `The source of this version is the tag bun-v${version} of https://github.com/oven-sh/bun. To put kubectl-reload\non another build of bun, run "bun scripts/build.ts" with that one in the source of kubectl-reload.`,
      ...texts,
    ].join('\n\n'),
  };
}

function readVersion(folder: string): string {
  const { version }: { version: string } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return version;
}
