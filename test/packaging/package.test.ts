import { expect, test } from 'bun:test';
import { join } from 'node:path';
import { runProgram } from './run-program.ts';

const ROOT = join(import.meta.dirname, '../..');

test('a package that there is none of is refused, with those that there are', async () => {
  const setting = { cwd: ROOT, env: { PATH: process.env['PATH'] ?? '' } };
  expect(await runProgram([process.execPath, 'scripts/package.ts', 'npm', 'linux/riscv'], setting)).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'error: there is no package linux/riscv; there are linux/amd64, linux/arm64, darwin/amd64, darwin/arm64, windows/amd64, windows/arm64, npm\n',
  });
});
