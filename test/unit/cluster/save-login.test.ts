/** A refreshed login is written into the kubeconfig at once or not at all, and nobody else gets to read it. */
import { expect, test } from 'bun:test';
import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { saveLogin } from '../../../src/cluster/save-login.ts';
import { makeEnvironment, makeFolder } from '../../support/connection.ts';

const KUBECONFIG = `# mine
users:
- name: me
  user: {auth-provider: {name: oidc, config: {client-id: a, id-token: old, refresh-token: r1}}}
`;
const LOGIN = { 'id-token': 'new', 'refresh-token': 'r2' };

test.each([0o600, 0o640, 0o644])('the file keeps its mode %o, and is another one', async (mode) => {
  await using folder = await makeFolder();
  const file = await folder.write('config', KUBECONFIG);
  chmodSync(file, mode);
  const { ino } = statSync(file);
  const environment = makeEnvironment(folder.path);
  await saveLogin(file, 'me', LOGIN, environment);
  expect(parse(readFileSync(file, 'utf8')).users[0].user['auth-provider'].config).toEqual({
    'client-id': 'a',
    ...LOGIN,
  });
  expect(statSync(file).mode & 0o777).toBe(mode);
  // Written beside and renamed: whoever has the old one open reads it to its end.
  expect(statSync(file).ino).not.toBe(ino);
  expect([readdirSync(folder.path), environment.printed()]).toEqual([['config'], '']);
});

test('a link to the file stays one', async () => {
  await using folder = await makeFolder();
  const file = await folder.write('real/config', KUBECONFIG);
  const link = join(folder.path, 'config');
  symlinkSync(file, link);
  await saveLogin(link, 'me', LOGIN, makeEnvironment(folder.path));
  expect(lstatSync(link).isSymbolicLink()).toBeTrue();
  expect(readFileSync(file, 'utf8')).toContain('refresh-token: r2');
  expect(readdirSync(join(folder.path, 'real'))).toEqual(['config']);
});

test('a file that cannot be written stays as it is, and the warning holds no token', async () => {
  await using folder = await makeFolder();
  const file = join(folder.path, 'config');
  mkdirSync(file);
  const environment = makeEnvironment(folder.path);
  await saveLogin(file, 'me', LOGIN, environment);
  expect(environment.printed()).toBe(`warning: could not save the new login in ${file}: is a directory\n`);
  expect(readdirSync(folder.path)).toEqual(['config']);
});
