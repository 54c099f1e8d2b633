import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findStaticBusybox } from '../cluster/busybox.ts';
import { findProgram } from '../cluster/path.ts';
import { SetupError } from '../cluster/setup-error.ts';

export const probeFolder = resolve(import.meta.dirname, '../../probe');

/** What the conformance suite needs and where Debian has it. */
const packages: Readonly<Record<string, string>> = {
  make: 'make',
  gcc: 'gcc libc6-dev',
  'aarch64-linux-gnu-gcc': 'gcc-aarch64-linux-gnu',
  'qemu-aarch64-static': 'qemu-user-static',
  readelf: 'binutils',
  dash: 'dash',
  bash: 'bash',
  shellcheck: 'shellcheck',
};

/** The path of a program of the suite; throws a SetupError that names the package to install. */
export function needProgram(name: string): string {
  const file = findProgram(name);
  if (file !== undefined) return file;
  throw new SetupError(`The tests of the probe need ${name}: apt-get install ${packages[name] ?? name}.`);
}

/** Builds the probe in all its forms, unless it is built; throws a SetupError for what is missing to do so. */
export function buildProbe(...targets: readonly string[]): void {
  for (const program of ['make', 'gcc', 'readelf', 'aarch64-linux-gnu-gcc']) needProgram(program);
  mkdirSync(join(probeFolder, 'build'), { recursive: true });
  // Test files run side by side: only one of them builds at a time.
  run('flock', [join(probeFolder, 'build/lock'), 'make', '--silent', '--directory', probeFolder, ...targets]);
}

/** A program of the tests from its C source; the path of it. */
export function compileHelper(source: string, ...flags: readonly string[]): string {
  const program = join(temporaryFolder('probe-helper-'), 'program');
  run(needProgram('gcc'), ['-O1', '-g', '-Wall', '-Wextra', '-Werror', ...flags, '-o', program, source]);
  return program;
}

/** A folder with a static busybox and a link for each of its programs. */
export function busyboxFolder(): string {
  const folder = temporaryFolder('probe-busybox-');
  const busybox = findStaticBusybox();
  run('cp', [busybox, join(folder, 'busybox')]);
  for (const applet of run(busybox, ['--list']).split('\n').filter(Boolean)) {
    if (applet !== 'busybox') symlinkSync('busybox', join(folder, applet));
  }
  return folder;
}

const folders: string[] = [];

/** A folder for the tests of one file, in memory where that is possible: the tests make some 100,000 small files. */
export function temporaryFolder(prefix: string): string {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), prefix));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

/** Removes them all; for afterAll. */
export function removeTemporaryFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The output of a program of the setup; throws with all it said when it fails. */
export function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  throw new SetupError(`${program} ${args.join(' ')} failed:\n${stdout}${stderr}`);
}

/** How many bytes a built program has. */
export function sizeOf(name: string): number {
  return readFileSync(join(probeFolder, 'build', name)).length;
}
