import { expect, test } from 'bun:test';
import { tmpdir } from 'node:os';
import { runProgram } from '../../../src/manifests/run-program.ts';

const script = (text: string) => runProgram(process.execPath, ['-e', text], tmpdir());

test('a program leaves its output and exit code behind', async () => {
  const text = 'process.stdout.write("x".repeat(300000)); console.error("oops"); process.exitCode = 3;';
  const { exitCode, stdout, stderr } = await script(text);
  expect([exitCode, stdout.length, stderr]).toEqual([3, 300_000, 'oops\n']);
});

test('a program that a signal ends has no exit code', async () => {
  expect((await script('process.kill(process.pid, "SIGKILL")')).exitCode).toBeNull();
});

test('a program that is not there is an error of the system', async () => {
  const error = await runProgram('no-such-program-anywhere', [], tmpdir()).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'ENOENT' });
});

test('a program without end is ended', async () => {
  const endless = 'const write = () => process.stdout.write("x".repeat(1 << 20), write); write();';
  expect(await script(endless).catch((reason: unknown) => String(reason))).toContain('is larger than 64 MiB');
});
