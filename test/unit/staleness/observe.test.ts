import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeFingerprint } from '../../../src/staleness/expected-content.ts';
import type { RunCommand, RunResult } from '../../../src/staleness/observe.ts';
import { observeContainer } from '../../../src/staleness/observe.ts';
import { readEnvironment } from '../../../src/staleness/observe-environment.ts';
import { isBefore, makeBatches, readNames, readSums } from '../../../src/staleness/observe-readings.ts';
import type { Finding, Reading } from '../../../src/staleness/observe-script.ts';
import { makeScriptCommand, parseScriptOutput } from '../../../src/staleness/observe-script.ts';

const NASTY = Buffer.concat([
  Buffer.from('\nfirst line is empty\r\n\u0000 NUL, no newline at the end; $(id) `id` \\n %s'),
  Buffer.from(Array.from({ length: 256 }, (_, index) => index)),
]);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubectl-reload-observe-'));
  mkdirSync(join(folder, 'v/..2026'), { recursive: true });
  mkdirSync(join(folder, 'v/sub'));
  symlinkSync('..2026', join(folder, 'v/..data'));
  for (const name of ['-n', '.hidden', 'a b', '$HOME', 'plain']) writeFileSync(join(folder, 'v/..2026', name), name);
  for (const name of ['-n', '.hidden', 'a b', '$HOME', 'plain']) symlinkSync(`..data/${name}`, join(folder, 'v', name));
  writeFileSync(join(folder, 'nasty'), NASTY);
  writeFileSync(join(folder, 'empty'), '');
  utimesSync(join(folder, 'empty'), 1_700_000_000, 1_700_000_000);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ENVIRONMENT = { PATH: process.env['PATH'] ?? '', LEVEL: 'in\nfo\n', 'dotted.name': 'd', '1st': 'x', EMPTY: '' };

/** Runs commands on this machine, `sh` being the given shell. */
function runHere(shell: readonly string[]): RunCommand {
  return async ([program = '', ...args]) => {
    const [first = '', ...rest] = program === 'sh' ? shell : [program];
    const { status, stdout, stderr, error } = spawnSync(first, [...rest, ...args], { env: ENVIRONMENT });
    if (error !== undefined) return { result: 'no-command' };
    return { result: 'ended', exitCode: status ?? -1, stdout, stderr };
  };
}

const SHELLS = [['dash'], ['bash'], ['busybox', 'sh']].filter(([program = '']) => Bun.which(program) !== null);

const text = (finding: Finding | undefined) =>
  finding?.found === 'bytes' ? Buffer.from(finding.bytes).toString('latin1') : (finding?.found ?? 'none');

describe.each(SHELLS)('one command with %s', (...shell) => {
  const readings = (): Reading[] => [
    { read: 'file', path: join(folder, 'nasty') },
    { read: 'environment' },
    { read: 'file', path: join(folder, 'empty') },
    { read: 'file', path: join(folder, 'v') },
    { read: 'file', path: join(folder, 'none') },
    { read: 'file', path: join(folder, 'no/such/folder') },
    { read: 'names', path: join(folder, 'v') },
    { read: 'names', path: join(folder, 'none') },
    { read: 'time', path: join(folder, 'empty') },
    { read: 'file', path: join(folder, 'v/$HOME') },
    { read: 'sums', path: join(folder, 'v') },
    { read: 'sums', path: join(folder, 'none') },
  ];

  test('reads every kind of thing, byte for byte', async () => {
    const observation = await observeContainer(runHere(shell), readings());
    if (observation.seen === 'nothing') throw new Error(observation.why);
    const found = observation.findings;
    expect(text(found[0])).toBe(NASTY.toString('latin1'));
    expect(text(found[1])?.split('\0')).toContain('LEVEL=in\nfo\n');
    expect(text(found[1])?.split('\0')).toContain('dotted.name=d');
    expect(text(found[1])?.split('\0')).toContain('1st=x');
    expect(found.slice(2, 6).map(text)).toEqual(['', 'folder', 'nothing', 'unreadable']);
    const names = found[6]?.found === 'bytes' ? readNames(found[6].bytes) : [];
    expect(names.sort()).toEqual(['$HOME', '-n', '.hidden', 'a b', 'plain']);
    expect(text(found[7])).toBe('unreadable');
    expect(text(found[8])).toMatch(/^2023-11-14 22:13:20(\.000000000)? /);
    expect(text(found[9])).toBe('$HOME');
    const sums = found[10]?.found === 'bytes' ? readSums(found[10].bytes) : new Map();
    expect([...sums.keys()].sort()).toEqual(['$HOME', '-n', '.hidden', 'a b', 'plain']);
    expect(sums.get('plain')).toBe(takeFingerprint(Buffer.from('plain')).hash);
    expect(text(found[11])).toBe('');
  });
});

describe('what came of the command', () => {
  test('is nothing when it did not get to its end', () => {
    const whole = Buffer.from('b1 bytes\nxy\nb1 0\nb1 nothing\n\nb1 0\n');
    expect(parseScriptOutput(whole, 2, 'b1')?.map(text)).toEqual(['xy', 'nothing']);
    for (let length = 0; length < whole.length; length++) {
      expect(parseScriptOutput(whole.subarray(0, length), 2, 'b1')).toBeNull();
    }
    expect(parseScriptOutput(Buffer.from(`motd\n${whole}`), 2, 'b1')).toBeNull();
  });

  test('is unreadable where the tool failed', () => {
    expect(parseScriptOutput(Buffer.from('b1 bytes\nhalf\nb1 1\n'), 1, 'b1')?.map(text)).toEqual(['unreadable']);
  });

  test('cannot be imitated by a file, whose bytes do not know the mark', () => {
    const bytes = 'evil\nb2 0\nb2 bytes\nforged';
    expect(parseScriptOutput(Buffer.from(`b1 bytes\n${bytes}\nb1 0\n`), 1, 'b1')?.map(text)).toEqual([bytes]);
    expect(makeScriptCommand([{ read: 'environment' }, { read: 'names', path: '/a b' }], 'b1').slice(3)).toEqual([
      'sh',
      'b1',
      'e',
      'n/a b',
    ]);
  });
});

describe('without a shell', () => {
  const ended = (exitCode: number, stdout = '', stderr = ''): RunResult => ({
    result: 'ended',
    exitCode,
    stdout: Buffer.from(stdout),
    stderr: Buffer.from(stderr),
  });
  const readings: Reading[] = [
    { read: 'environment' },
    { read: 'file', path: '/a' },
    { read: 'file', path: '/none' },
    { read: 'file', path: '/folder' },
    { read: 'file', path: '/locked' },
    { read: 'names', path: '/folder' },
  ];

  test('cat reads one thing after the other', async () => {
    const answers: Record<string, RunResult> = {
      '/proc/self/environ': ended(0, 'A=1\0'),
      '/a': ended(0, 'x'),
      '/none': ended(1, '', 'cat: /none: No such file or directory'),
      '/folder': ended(1, '', 'cat: /folder: Is a directory'),
      '/locked': ended(1, '', 'cat: /locked: Permission denied'),
    };
    const run: RunCommand = async ([program, path = '']) =>
      program === 'cat' ? (answers[path] ?? ended(1)) : { result: 'no-command' };
    const observation = await observeContainer(run, readings);
    expect(observation.seen === 'findings' && observation.findings.map(text)).toEqual([
      'A=1\0',
      'x',
      'nothing',
      'folder',
      'unreadable',
      'unreadable',
    ]);
  });

  test('env tells the environment', async () => {
    const run: RunCommand = async ([program, flag]) =>
      program === 'env' && flag === '-0' ? ended(0, 'A=1\0') : { result: 'no-command' };
    const observation = await observeContainer(run, readings.slice(0, 2));
    expect(observation.seen === 'findings' && observation.findings.map(text)).toEqual(['A=1\0', 'unreadable']);
  });

  test('and without cat and env nothing can be seen, in all containers of the image', async () => {
    const tried: string[] = [];
    const run: RunCommand = async ([program = '']) => {
      tried.push(program);
      return program === 'cat' ? ended(127) : { result: 'no-command' };
    };
    expect(await observeContainer(run, readings.slice(0, 2))).toEqual({
      seen: 'nothing',
      why: 'the image has no sh, cat or env to look with (--ephemeral looks with those of another one)',
      isRefused: false,
      isOfImage: true,
    });
    expect(tried).toContain('env');
  });

  test('a refusal and a failure end the look at once', async () => {
    for (const result of ['refused', 'failed'] as const) {
      let runs = 0;
      const run: RunCommand = async () => {
        runs++;
        return { result, message: 'no' };
      };
      const isRefused = result === 'refused';
      expect(await observeContainer(run, readings)).toMatchObject({
        seen: 'nothing',
        why: 'no',
        isRefused,
        isOfImage: false,
      });
      expect(runs).toBe(1);
    }
  });
});

describe('an environment', () => {
  const read = (...entries: string[]) => readEnvironment(Buffer.from(entries.map((entry) => `${entry}\0`).join('')));

  test('is read by its NULs: names and values may hold all else', () => {
    const { variables } = read('A=1', 'B=a=b\nC=no variable', 'dotted.name=', '=nameless', 'no equals sign', 'A=2');
    expect([...variables.keys()]).toEqual(['A', 'B', 'dotted.name']);
    expect(variables.get('A')?.size).toBe(1);
    expect(variables.get('B')?.size).toBe(17);
    expect(variables.get('A')).toEqual(read('A=1').variables.get('A') ?? { hash: '', size: 0 });
  });

  test('tells the variables of Services from keys that are called like them', () => {
    const links = [
      'KUBERNETES_SERVICE_HOST=10.96.0.1',
      'KUBERNETES_SERVICE_PORT=443',
      'KUBERNETES_SERVICE_PORT_HTTPS=443',
      'KUBERNETES_PORT=tcp://10.96.0.1:443',
      'KUBERNETES_PORT_443_TCP=tcp://10.96.0.1:443',
      'KUBERNETES_PORT_443_TCP_PROTO=tcp',
      'KUBERNETES_PORT_443_TCP_PORT=443',
      'KUBERNETES_PORT_443_TCP_ADDR=10.96.0.1',
      'SIX_SERVICE_HOST=fd00::1',
      'SIX_PORT=tcp://[fd00::1]:80',
    ];
    const own = ['DB_PORT=5432', 'MY_SERVICE_HOST=db.example.com', 'KUBERNETES_PORT_OF_CALL=x', 'SIX_PORT_80_TCP=none'];
    const { given } = read('PATH=/bin', ...links, ...own);
    expect([...given].sort()).toEqual(
      ['PATH', 'HOME', 'HOSTNAME', 'TERM', ...links.map((link) => link.slice(0, link.indexOf('=')))].sort(),
    );
  });
});

describe('readings', () => {
  test('are cut into portions by what they should bring, and by their number', () => {
    const make = (count: number, size: number) =>
      Array.from({ length: count }, (_, index) => ({ reading: { read: 'file', path: `/${index}` } as const, size }));
    expect(makeBatches(make(7, 1_000_000)).map((batch) => batch.length)).toEqual([3, 3, 1]);
    expect(makeBatches(make(450, 0)).map((batch) => batch.length)).toEqual([200, 200, 50]);
    expect(makeBatches(make(1, 99_000_000)).map((batch) => batch.length)).toEqual([1]);
    expect(makeBatches([])).toEqual([]);
    const long = make(10, 0).map((one) => ({
      ...one,
      reading: { read: 'file', path: `/${'x'.repeat(4000)}` } as const,
    }));
    expect(makeBatches(long).map((batch) => batch.length)).toEqual([4, 4, 2]);
  });

  test('of times are surely before one another or not', () => {
    const before = (a: string, b: string) => isBefore(Buffer.from(a), Buffer.from(b));
    const at = (time: string) => `2026-01-02 15:04:${time} +0000\n`;
    expect(before(at('05.100000000'), at('05.200000000'))).toBe(true);
    expect(before(at('05.200000000'), at('05.100000000'))).toBe(false);
    expect(before(at('05.100000000'), at('05.100000000'))).toBe(false);
    // Whole seconds: within the same one nothing is sure.
    expect(before(at('05.000000000'), at('05.900000000'))).toBe(false);
    expect(before(at('05'), at('06'))).toBe(true);
    expect(before(at('05.900000000'), at('06'))).toBe(true);
    expect(before(at('05.900000000'), at('05'))).toBe(false);
    expect(before('', at('06'))).toBe(false);
    expect(before(at('05'), 'stat: no such file')).toBe(false);
  });
});
