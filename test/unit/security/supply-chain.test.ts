/** What is installed is what was reviewed: exact versions, each with the hash of its contents, and no program that runs by itself. */
import { expect, test } from 'bun:test';
import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../../src/objects/json.ts';
import { isJsonObject, readObject, readText } from '../../../src/objects/json.ts';

function readJson(name: string): JsonObject {
  const value: unknown = JSON.parse(readFileSync(name, 'utf8'));
  return isJsonObject(value) ? value : {};
}

const manifest = readJson('package.json');
const packages = Object.entries(readObject(readJson('package-lock.json'), 'packages') ?? {})
  .filter(([place]) => place !== '')
  .map(([place, entry]) => ({ place, entry: isJsonObject(entry) ? entry : {} }));

test('every dependency is pinned to one version', () => {
  const named = ['dependencies', 'devDependencies'].flatMap((field) =>
    Object.entries(readObject(manifest, field) ?? {}),
  );
  expect(named.length).toBeGreaterThan(0);
  for (const [name, version] of named) expect(`${name} ${version}`).toMatch(/^\S+ \d+\.\d+\.\d+$/);
});

test('every package of the lock file has a hash, and comes by https or from where the hash is found', () => {
  expect(packages.length).toBeGreaterThan(20);
  for (const { place, entry } of packages) {
    expect(`${place} ${readText(entry, 'integrity')}`).toMatch(/^\S+ sha512-[\w+/]{86}==$/);
    expect(`${place} ${readText(entry, 'resolved') || 'https:'}`).toMatch(/^\S+ https:/);
  }
});

test('only bun runs a script when it is installed', () => {
  const running = packages.filter(({ entry }) => entry['hasInstallScript'] === true).map(({ place }) => place);
  expect(running).toEqual(['node_modules/bun']);
  expect(manifest['allowScripts']).toEqual({ bun: true });
  const own = Object.keys(readObject(manifest, 'scripts') ?? {});
  expect(own.filter((name) => /install|prepare|prepublish/.test(name))).toEqual([]);
});
