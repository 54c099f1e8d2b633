import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Image } from './image.ts';
import { findProgram } from './path.ts';
import { SetupError } from './setup-error.ts';
import type { TarEntry } from './tar.ts';

const folders = ['bin', 'dev', 'etc', 'proc', 'root', 'sys', 'tmp', 'var'];

/**
 * The images of a test node: `local/busybox:1`; `local/bare:1`, which has nothing but one static program, `/busybox`, and no shell; and the
 * pause image that holds a pod's namespaces.
 */
export function busyboxImages(): Image[] {
  const file = findStaticBusybox();
  const entries = busyboxEntries(file);
  const program: TarEntry = { kind: 'file', path: 'busybox', mode: 0o755, content: readFileSync(file) };
  return [
    { name: 'docker.io/local/busybox:1', entries, cmd: ['sh'] },
    { name: 'docker.io/local/bare:1', entries: [program], entrypoint: ['/busybox'] },
    { name: 'docker.io/local/pause:1', entries, entrypoint: ['/bin/sleep', '2147483647'] },
  ];
}

/** The path of a busybox that needs no shared libraries; throws a SetupError when there is none. */
export function findStaticBusybox(): string {
  const file = findProgram('busybox');
  if (file !== undefined && isStatic(readFileSync(file))) return file;
  throw new SetupError(
    'A statically linked busybox is needed to make the images of the test node: apt-get install busybox-static.',
  );
}

function busyboxEntries(file: string): TarEntry[] {
  const applets = spawnSync(file, ['--list'], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
  return [
    ...folders.map((path): TarEntry => ({ kind: 'folder', path, mode: path === 'tmp' ? 0o1777 : 0o755 })),
    { kind: 'file', path: 'etc/passwd', mode: 0o644, content: Buffer.from('root:x:0:0:root:/root:/bin/sh\n') },
    { kind: 'file', path: 'etc/group', mode: 0o644, content: Buffer.from('root:x:0:\n') },
    { kind: 'file', path: 'bin/busybox', mode: 0o755, content: readFileSync(file) },
    ...applets
      .filter((applet) => applet !== 'busybox')
      .map((applet): TarEntry => ({ kind: 'link', path: `bin/${applet}`, target: 'busybox' })),
  ];
}

// A program header of type PT_INTERP names the dynamic linker; a static program has none. 64-bit little-endian ELF.
function isStatic(elf: Buffer): boolean {
  const start = Number(elf.readBigUInt64LE(0x20));
  const size = elf.readUInt16LE(0x36);
  const types = Array.from({ length: elf.readUInt16LE(0x38) }, (_, index) => elf.readUInt32LE(start + index * size));
  return !types.includes(3);
}
