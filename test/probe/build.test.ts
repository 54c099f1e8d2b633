import { afterAll, describe, expect, test } from 'bun:test';
import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildProbe,
  needProgram,
  probeFolder,
  removeTemporaryFolders,
  run,
  sizeOf,
  temporaryFolder,
} from './build-probe.ts';

const programs = ['probe-amd64', 'probe-arm64', 'http-amd64', 'http-arm64'].map((name) => `kubectl-reload-${name}`);

describe('the build of the probe', () => {
  afterAll(removeTemporaryFolders);

  test('each program has at most 12 KiB', () => {
    buildProbe();
    for (const name of programs) expect(sizeOf(name)).toBeWithin(1000, 12 * 1024 + 1);
  }, 120_000);

  test('gives the same bytes in another folder', () => {
    buildProbe();
    const copy = join(temporaryFolder('probe-copy-'), 'somewhere/else');
    cpSync(probeFolder, copy, { recursive: true, filter: (path) => !path.startsWith(join(probeFolder, 'build')) });
    run('make', ['--silent', '--directory', copy]);
    for (const name of programs) {
      const bytes = readFileSync(join(probeFolder, 'build', name));
      expect(bytes.equals(readFileSync(join(copy, 'build', name)))).toBeTrue();
      expect(bytes.includes(probeFolder)).toBeFalse();
    }
  }, 120_000);

  test('the programs need no loader and have no memory that is both written and executed', () => {
    buildProbe();
    for (const name of programs) {
      const segments = run(needProgram('readelf'), ['--program-headers', '--wide', join(probeFolder, 'build', name)]);
      expect(segments).not.toContain('INTERP');
      expect(segments).not.toContain('DYNAMIC');
      expect(segments).toMatch(/GNU_STACK.* RW /);
      expect(segments).not.toContain(' RWE ');
      expect(segments.match(/^ {2}LOAD .*$/gm)).toHaveLength(2);
    }
  }, 120_000);

  test('the scripts pass shellcheck', () => {
    const scripts = ['probe.sh', 'shorten.sh'].map((name) => join(probeFolder, name));
    const { stdout, status } = spawnSync(needProgram('shellcheck'), ['--enable=quote-safe-variables', ...scripts], {
      encoding: 'utf8',
    });
    expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
  });

  test('a program that is missing is named with the package that has it', () => {
    const path = process.env['PATH'];
    process.env['PATH'] = '/nowhere';
    try {
      expect(() => needProgram('aarch64-linux-gnu-gcc')).toThrow('apt-get install gcc-aarch64-linux-gnu.');
      expect(() => needProgram('qemu-aarch64-static')).toThrow('apt-get install qemu-user-static.');
      expect(() => buildProbe()).toThrow('The tests of the probe need make: apt-get install make.');
    } finally {
      process.env['PATH'] = path;
    }
  });

  test('the script says the version of the contract and the help that the binary says', () => {
    buildProbe();
    for (const argument of ['--version', '--help']) {
      const binary = run(join(probeFolder, 'build/kubectl-reload-probe-amd64'), [argument]);
      expect(run('sh', [join(probeFolder, 'probe.sh'), argument])).toBe(binary);
    }
  }, 120_000);
});
