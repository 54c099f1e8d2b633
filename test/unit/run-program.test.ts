import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProgramSetting } from '../../src/run-program.ts';
import { isSystemError, runProgram } from '../../src/run-program.ts';
import { waitFor } from '../cluster/wait-for.ts';
import type { TestFolder } from '../support/connection.ts';
import { makeFolder } from '../support/connection.ts';

const PATH = process.env['PATH'];
const LONG = 60_000;

/** Runs a shell script in a folder, and keeps what it prints. */
async function runScript(folder: TestFolder, script: string, changes: Partial<ProgramSetting> = {}) {
  const printed = { stdout: '', stderr: '' };
  const keep = (name: keyof typeof printed) => (chunk: Buffer) => {
    printed[name] += chunk;
  };
  const outputs = { stdout: keep('stdout'), stderr: keep('stderr') };
  const setting = { env: { PATH }, cwd: folder.path, ...outputs, ...changes };
  return { ...(await runProgram('sh', ['-c', script], setting)), ...printed };
}

const reasonOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'it ended well',
    (reason: unknown) => reason,
  );

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The id that a script has written into the file `pid`. */
async function readPid(folder: TestFolder): Promise<number> {
  const file = join(folder.path, 'pid');
  await waitFor(() => existsSync(file), LONG, 'the script to begin');
  return Number(readFileSync(file, 'utf8'));
}

const TELL = 'echo $$ > part && mv part pid';
const WAIT = 'while :; do sleep 0.1; done';

test('a program leaves its outputs and its exit code behind, and nothing is at its standard input', async () => {
  await using folder = await makeFolder();
  const script = 'cat; head -c 300000 /dev/zero | tr "\\\\0" x; echo oops >&2; exit 3';
  const { exitCode, signal, stdout, stderr } = await runScript(folder, script);
  expect([exitCode, signal, stdout, stderr]).toEqual([3, null, 'x'.repeat(300_000), 'oops\n']);
});

test('a program has the environment and the folder that it is given, and no others', async () => {
  await using folder = await makeFolder();
  const { stdout } = await runScript(folder, 'echo "$GIVEN-$HOME-$PWD"', { env: { PATH, GIVEN: 'yes' } });
  expect(stdout).toBe(`yes--${folder.path}\n`);
});

test('a program that a signal ends has no exit code', async () => {
  await using folder = await makeFolder();
  expect(await runScript(folder, 'kill -9 $$')).toMatchObject({ exitCode: null, signal: 'SIGKILL' });
});

test('a program that is not there is an error of the system', async () => {
  await using folder = await makeFolder();
  const setting = { env: { PATH }, cwd: folder.path, stdout: () => undefined, stderr: () => undefined };
  const error = await reasonOf(runProgram('no-such-program-anywhere', [], setting));
  expect([isSystemError(error), error]).toMatchObject([true, { code: 'ENOENT' }]);
});

test('a bare name is looked for in PATH alone, never in the current folder', async () => {
  await using folder = await makeFolder();
  await folder.write('kubectl', '#!/bin/sh\ntouch executed\n', 0o755);
  const setting = { cwd: folder.path, stdout: () => {}, stderr: () => {} };
  for (const path of [undefined, '', ':.', './']) {
    const reason = await reasonOf(runProgram('kubectl', [], { ...setting, env: { PATH: path } }));
    expect(isSystemError(reason) && reason.code).toBe('ENOENT');
  }
  expect(existsSync(join(folder.path, 'executed'))).toBe(false);
  await runProgram('./kubectl', [], { ...setting, env: { PATH } });
  expect(existsSync(join(folder.path, 'executed'))).toBe(true);
});

test('a word that no program can be given is an error of the system', async () => {
  await using folder = await makeFolder();
  const setting = { env: { PATH }, cwd: folder.path, stdout: () => {}, stderr: () => {} };
  const reason = await reasonOf(runProgram('sh', ['-c', 'exit\0'], setting));
  expect(isSystemError(reason) && reason.message).toContain('null bytes');
});

test('a program whose output nobody wants any more is ended', async () => {
  await using folder = await makeFolder();
  let taken = 0;
  const stdout = () => {
    if (++taken === 3) throw new Error('enough');
  };
  expect(await reasonOf(runScript(folder, `${TELL}; exec cat /dev/zero`, { stdout }))).toMatchObject({
    message: 'enough',
  });
  expect([taken, isAlive(await readPid(folder))]).toEqual([3, false]);
});

describe('an abort', () => {
  const abort = new AbortController();
  abort.abort('before');

  test('that came before starts nothing', async () => {
    await using folder = await makeFolder();
    expect(await reasonOf(runScript(folder, TELL, { signal: abort.signal }))).toBe('before');
    expect(existsSync(join(folder.path, 'pid'))).toBe(false);
  });

  test('asks the program to end, which may tidy up', async () => {
    await using folder = await makeFolder();
    const aborting = new AbortController();
    const script = `trap 'echo tidy > tidied; exit 0' TERM; ${TELL}; ${WAIT}`;
    const ended = reasonOf(runScript(folder, script, { signal: aborting.signal }));
    const pid = await readPid(folder);
    aborting.abort('enough');
    expect(await ended).toBe('enough');
    expect([isAlive(pid), existsSync(join(folder.path, 'tidied'))]).toEqual([false, true]);
  });

  test(
    'ends a program that refuses, and is answered only when it is gone',
    async () => {
      await using folder = await makeFolder();
      const aborting = new AbortController();
      const script = `trap 'echo no > refused' TERM INT HUP; ${TELL}; ${WAIT}`;
      const ended = reasonOf(runScript(folder, script, { signal: aborting.signal }));
      const pid = await readPid(folder);
      aborting.abort('enough');
      await waitFor(() => existsSync(join(folder.path, 'refused')), LONG, 'the refusal');
      expect(isAlive(pid)).toBe(true);
      expect(await ended).toBe('enough');
      expect(isAlive(pid)).toBe(false);
    },
    LONG,
  );

  test.each([
    ['while it runs', WAIT],
    ['after it has ended', 'exit 0'],
  ])('does not wait for what the program itself started, which holds its outputs (%s)', async (_, rest) => {
    await using folder = await makeFolder();
    const aborting = new AbortController();
    const ended = reasonOf(
      runScript(folder, `sleep 1000 & echo $! > child; ${TELL}; ${rest}`, { signal: aborting.signal }),
    );
    const pid = await readPid(folder);
    const child = Number(readFileSync(join(folder.path, 'child'), 'utf8'));
    if (rest !== WAIT) await waitFor(() => !isAlive(pid), LONG, 'its end');
    aborting.abort('enough');
    expect(await ended).toBe('enough');
    expect(isAlive(child)).toBe(true);
    process.kill(child);
  });
});
