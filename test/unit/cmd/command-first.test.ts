import { expect, test } from 'bun:test';
import { putCommandFirst } from '../../../cmd/command-first.ts';
import { buildCommandTree } from '../../support/command-tree.ts';
import { runCommand } from '../../support/run-command.ts';

const program = buildCommandTree();

test.each([
  ['restart -n shop', 'restart -n shop'],
  ['-n shop restart', 'restart -n shop'],
  ['--yes -n shop restart deploy/web', 'restart --yes -n shop deploy/web'],
  ['--dry-run client restart', 'restart --dry-run client'],
  ['--dry-run=client restart', 'restart --dry-run=client'],
  ['-f web.yaml probe --yes inject', 'probe inject -f web.yaml --yes'],
  // A value, and a name, are no commands.
  ['-n status', '-n status'],
  ['-l restart diff', 'diff -l restart'],
  ['deploy status', 'deploy status'],
  ['--all deploy/web', '--all deploy/web'],
  ['-- restart', '-- restart'],
  ['--no-such restart', 'restart --no-such'],
  ['-n', '-n'],
])('%j is taken as %j', (typed, expected) => {
  expect(putCommandFirst(typed.split(' '), program)).toEqual(expected.split(' '));
});

test('a flag of a command may stand before the command', async () => {
  const { code, stderr } = await runCommand('--timeout=-1s restart --server http://127.0.0.1:1');
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('--timeout is negative') });
});
