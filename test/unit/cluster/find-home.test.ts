import { expect, test } from 'bun:test';
import { posix, win32 } from 'node:path';
import { findHome } from '../../../src/cluster/find-home.ts';

const ENV = { HOME: 'D:\\git', HOMEDRIVE: 'H:', HOMEPATH: '\\me', USERPROFILE: 'C:\\Users\\me' };

/** The home on a Windows machine with these files. */
const find = (env: Record<string, string>, files: readonly string[]) =>
  findHome({ env, homedir: 'C:\\Users\\me' }, { paths: win32, exists: async (path: string) => files.includes(path) });

test('on Windows it is the first home that holds a kubeconfig', async () => {
  const [home, drive, profile] = ['D:\\git', 'H:\\me', 'C:\\Users\\me'].map((folder) => `${folder}\\.kube\\config`);
  expect(await find(ENV, [`${profile}`, `${drive}`, `${home}`])).toBe('D:\\git');
  expect(await find(ENV, [`${profile}`, `${drive}`])).toBe('H:\\me');
  expect(await find(ENV, [`${profile}`])).toBe('C:\\Users\\me');
  expect(await find({ ...ENV, HOMEPATH: '' }, [`${drive}`])).toBe('C:\\Users\\me');
});

test('where none holds one, it is that of the system', async () => {
  expect(await find(ENV, [])).toBe('C:\\Users\\me');
  expect(await find({}, [])).toBe('C:\\Users\\me');
});

test('elsewhere there is one home', async () => {
  const system = { paths: posix, exists: async () => true };
  expect(await findHome({ env: { ...ENV, USERPROFILE: '/other' }, homedir: '/home/me' }, system)).toBe('/home/me');
});
