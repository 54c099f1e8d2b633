import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileProgram } from '../bundle.ts';
import type { Packed } from './pack-archive.ts';
import { packTarGz, packZip } from './pack-archive.ts';
import type { Platform } from './platforms.ts';
import { nameArchive, nameProgram } from './platforms.ts';
import { explainBadSignature, signMachO } from './sign-mach-o.ts';

/** What kubectl runs to complete the words after `kubectl reload`; a shell script, so not for Windows. */
const COMPLETION = 'kubectl_complete-reload';

/**
 * Compiles the program for a machine and writes its archive.
 * @param runtimes the folder that holds the packages of bun
 * @param output the folder for the archive
 * @returns the name of the archive
 */
export async function packageProgram(
  platform: Platform,
  { runtimes, probe, output }: { runtimes: string; probe: string; output: string },
): Promise<string> {
  const files: Packed[] = [
    { path: nameProgram(platform), mode: 0o755, content: await compile(platform, runtimes, probe) },
    ...(platform.os === 'windows'
      ? []
      : [{ path: COMPLETION, mode: 0o755, content: await readFile(join('scripts', COMPLETION)) }]),
    { path: 'LICENSE', mode: 0o644, content: await readFile('LICENSE') },
  ];
  const archive = nameArchive(platform);
  await writeFile(join(output, archive), await (platform.os === 'windows' ? packZip(files) : packTarGz(files)));
  return archive;
}

async function compile(platform: Platform, runtimes: string, probe: string): Promise<Buffer> {
  const { os } = platform;
  const [name, module] = platform.arch === 'amd64' ? ['x64', 'x64'] : ['arm64', 'aarch64'];
  const runtime = join(runtimes, '@oven', `bun-${os}-${module}`, 'bin', os === 'windows' ? 'bun.exe' : 'bun');
  const folder = await mkdtemp('dist/compile-');
  try {
    const outfile = join(folder, nameProgram(platform));
    await compileProgram(outfile, probe, { name: `bun-${os}-${name}`, runtime });
    const program = await readFile(outfile);
    return os === 'darwin' ? mendSignature(program) : program;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** bun signs for arm64, and leaves in a program for amd64 the signature of its own, which does not hold for ours. */
function mendSignature(program: Buffer): Buffer {
  if (explainBadSignature(program) === undefined) return program;
  const signed = signMachO(program, 'kubectl-reload');
  const problem = explainBadSignature(signed);
  if (problem !== undefined) throw new Error(`the program for macOS cannot be signed: ${problem}`);
  return signed;
}
