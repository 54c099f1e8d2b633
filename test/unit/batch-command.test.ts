import { expect, test } from 'bun:test';
import { posix, win32 } from 'node:path';
import { makeSystemCommand } from '../../src/batch-command.ts';

const env = { ComSpec: 'D:\\system\\cmd.exe' };

test('a batch file is started by its shell, each of its words within quotes', () => {
  expect(makeSystemCommand('C:\\Program Files (x86)\\code.CMD', ['--diff', 'a b', 'C:\\c\\'], env, win32)).toEqual({
    file: 'D:\\system\\cmd.exe',
    args: ['/d', '/v:off', '/s', '/c', '""C:\\Program Files (x86)\\code.CMD" "--diff" "a b" "C:\\c\\\\""'],
    windowsVerbatimArguments: true,
  });
  expect(makeSystemCommand('C:\\plug.bat', [], {}, win32)).toMatchObject({ file: 'C:\\Windows\\System32\\cmd.exe' });
});

test.each(['a&calc', '%PATH%', 'a"b', '!x!', 'a^b', 'a|b', 'a<b', 'a>b', 'a\nb', 'a\rb', 'a\0b'])(
  'no word that its shell would act upon is handed to a batch file: %j',
  (word) => {
    const problem = expect.objectContaining({ code: 'ERR_INVALID_ARG_VALUE' });
    expect(() => makeSystemCommand('C:\\plug.cmd', ['fine', word], env, win32)).toThrow(problem);
    expect(() => makeSystemCommand(`C:\\${word}\\plug.cmd`, [], env, win32)).toThrow(problem);
  },
);

test('any other program is started as it is', () => {
  const args = ['a&b', '%PATH%'];
  for (const [path, paths] of [
    ['C:\\code.exe', win32],
    ['/bin/code.cmd', posix],
  ] as const) {
    expect(makeSystemCommand(path, args, env, paths)).toEqual({ file: path, args, windowsVerbatimArguments: false });
  }
});
