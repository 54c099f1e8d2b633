import { describe, expect, test } from 'bun:test';
import { posix, win32 } from 'node:path';
import { findExecutable } from '../../src/find-executable.ts';

describe('on Windows', () => {
  const env = { Path: 'C:\\bin;D:\\tools;relative;;.', PATHEXT: '.EXE;cmd' };
  const find = (command: string, files: readonly string[], own: Record<string, string> = env) =>
    findExecutable(
      command,
      { env: own, cwd: 'C:\\work' },
      { paths: win32, isExecutable: async (path: string) => files.includes(path) },
    );

  test('the ending may be left out, and the folders of PATH count before the order of endings', async () => {
    const files = ['C:\\bin\\az.cmd', 'D:\\tools\\az.EXE', 'C:\\bin\\both.cmd', 'C:\\bin\\both.EXE'];
    expect(await find('az', files)).toBe('C:\\bin\\az.cmd');
    expect(await find('both', files)).toBe('C:\\bin\\both.EXE');
    expect(await find('az.cmd', files)).toBe('C:\\bin\\az.cmd');
  });

  test('a file without an ending is no program: it may be a script for another shell', async () => {
    expect(await find('az', ['C:\\bin\\az', 'D:\\tools\\az.cmd'])).toBe('D:\\tools\\az.cmd');
    expect(await find('az', ['C:\\bin\\az'])).toBeUndefined();
  });

  test('an ending of its own is enough, and may be a part of the name', async () => {
    expect(await find('tool.py', ['C:\\bin\\tool.py'])).toBe('C:\\bin\\tool.py');
    expect(await find('tool.v2', ['C:\\bin\\tool.v2.EXE'])).toBe('C:\\bin\\tool.v2.EXE');
  });

  test('neither the working folder nor a relative one is looked into for a bare name', async () => {
    expect(await find('az', ['C:\\work\\az.EXE', 'C:\\work\\relative\\az.EXE'])).toBeUndefined();
  });

  test('a path is followed from the working folder', async () => {
    expect(await find('.\\plugins\\az', ['C:\\work\\plugins\\az.cmd'])).toBe('C:\\work\\plugins\\az.cmd');
    expect(await find('plugins/az', ['C:\\work\\plugins\\az.cmd'])).toBe('C:\\work\\plugins\\az.cmd');
    expect(await find('D:\\tools\\az.EXE', ['D:\\tools\\az.EXE'])).toBe('D:\\tools\\az.EXE');
  });

  test('without PATHEXT there are the usual endings, and without PATH there is nothing', async () => {
    expect(await find('az', ['C:\\bin\\az.bat'], { PATH: 'C:\\bin' })).toBe('C:\\bin\\az.bat');
    expect(await find('az', ['C:\\bin\\az.bat', 'C:\\work\\az.bat'], {})).toBeUndefined();
  });
});

test('elsewhere a name is taken as it is', async () => {
  const files = ['/bin/az', '/bin/az.exe', '/project/az', '/project/bin/az'];
  const system = { paths: posix, isExecutable: async (path: string) => files.includes(path) };
  const setting = { env: { PATH: ':bin:/usr/bin:/bin', PATHEXT: '.exe' }, cwd: '/project' };
  expect(await findExecutable('az', setting, system)).toBe('/bin/az');
  expect(await findExecutable('./az', setting, system)).toBe('/project/az');
  expect(await findExecutable('az.com', setting, system)).toBeUndefined();
});
