import { afterEach, beforeEach, expect, test } from 'bun:test';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Licensed } from '../../scripts/package/bundled-licenses.ts';
import { readBundledLicenses } from '../../scripts/package/bundled-licenses.ts';
import { readRuntimeLicense } from '../../scripts/package/runtime-license.ts';

const STANDARD = 'The Usual License\n\nCopyright (c) <year> <copyright holders>\n\nPermission is granted.\n';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'licenses-'));
  write('runtimes/spdx-license-list/licenses/MIT.json', JSON.stringify({ licenseText: STANDARD }));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Lays out a package; gives the path of its module. */
function lay(path: string, manifest: object, files: Record<string, string> = {}): string {
  write(`${path}/package.json`, JSON.stringify({ name: path.replace(/^.*node_modules\//, ''), ...manifest }));
  for (const [name, text] of Object.entries({ 'index.js': '', ...files })) write(`${path}/${name}`, text);
  return join(folder, path, 'index.js');
}

const read = (...modules: string[]): Licensed[] => readBundledLicenses(modules, join(folder, 'runtimes'));

test('each package is read once, whatever number of its modules is bundled, also where one lies within another', () => {
  const outer = lay('node_modules/outer', { version: '2.0.0', license: 'MIT' }, { LICENSE: 'outer text\r\n' });
  const deep = { version: '1.0.0', license: 'ISC' };
  const inner = lay('node_modules/outer/node_modules/@scope/inner', deep, { 'license.md': 'inner text' });
  const again = lay('node_modules/@scope/inner', deep, { 'license.md': 'inner text' });
  const own = join(folder, 'cmd/status.ts');
  expect(read(own, outer, outer.replace('index', 'other'), inner, again)).toEqual([
    { name: '@scope/inner', version: '1.0.0', license: 'ISC', text: 'inner text' },
    { name: 'outer', version: '2.0.0', license: 'MIT', text: 'outer text' },
  ]);
});

test('a notice is handed on with the license', () => {
  const manifest = { version: '1.0.0', license: 'Apache-2.0' };
  const module = lay('node_modules/a', manifest, {
    NOTICE: 'the notice',
    LICENSE: 'the license',
    'licenses.js': 'code',
  });
  expect(read(module)).toMatchObject([{ text: 'the license\n\nthe notice' }]);
});

test('a package without the text of its license has the usual one, with the notices of its bundled modules', () => {
  const module = lay(
    'node_modules/bare',
    { version: '1.0.0', license: 'MIT' },
    { 'index.js': '/**\n * Copyright (c) Somebody and others.\n */', 'left-out.js': '// Copyright (c) Nobody' },
  );
  expect(read(module)).toMatchObject([
    { text: 'Copyright (c) Somebody and others.\n\nThe Usual License\n\nPermission is granted.' },
  ]);
});

test.each<[string, object, Record<string, string>]>([
  ['is in the program, but names no license', {}, { LICENSE: 'text' }],
  [
    'is in the program, but has no text of its license MIT, and its modules say nothing of a copyright',
    { license: 'MIT' },
    { LICENSE: ' \n' },
  ],
  [
    'is in the program, but has no text of its license (MIT OR ../x), and that is none with a usual text',
    { license: '(MIT OR ../x)' },
    { 'index.js': '// Copyright (c) Somebody' },
  ],
])('nothing is published of a package that %s', (problem, manifest, files) => {
  const module = lay('node_modules/bare', { version: '1.0.0', ...manifest }, files);
  expect(() => read(module)).toThrow(`bare 1.0.0 ${problem}`);
});

test('the texts for bun are those of the same version', () => {
  const page = { 'docs/project/license.mdx': '---\ntitle: License\n---\n\nBun itself is free.\n' };
  lay('runtimes/@oven/bun-linux-x64', { version: '1.4.5' });
  lay('runtimes/bun-types', { version: '1.4.4' }, page);
  const readRuntime = () => readRuntimeLicense(join(folder, 'runtimes'), '@oven/bun-linux-x64');
  expect(readRuntime).toThrow('@oven/bun-linux-x64 is of version 1.4.5, but bun-types of 1.4.4');
  lay('runtimes/bun-types', { version: '1.4.5' }, page);
  expect(readRuntime).toThrow('there is no text of the license LGPL-2.0-only');
});
