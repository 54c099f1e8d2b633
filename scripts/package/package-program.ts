import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileProgram } from '../bundle.ts';
import { readBundledLicenses } from './bundled-licenses.ts';
import type { Packed } from './pack-archive.ts';
import { packTarGz, packZip } from './pack-archive.ts';
import type { Platform } from './platforms.ts';
import { nameArchive, nameProgram } from './platforms.ts';
import { readRuntimeLicense } from './runtime-license.ts';
import { explainBadSignature, signMachO } from './sign-mach-o.ts';
import { formatThirdPartyLicenses, THIRD_PARTY_LICENSES } from './third-party-licenses.ts';

/** What kubectl runs to complete the words after `kubectl reload`; a shell script, so not for Windows (`cmd/kubectl-reload.ts`). */
const COMPLETION = 'kubectl_complete-reload';

/**
 * Compiles the program for a machine and writes its archive.
 * @param runtimes the folder that holds the packages of bun, and the texts of licenses
 * @param output the folder for the archive
 * @returns the name of the archive
 */
export async function packageProgram(
  platform: Platform,
  { runtimes, probe, output }: { runtimes: string; probe: string; output: string },
): Promise<string> {
  const runtime = `@oven/bun-${platform.os}-${platform.arch === 'amd64' ? 'x64' : 'aarch64'}`;
  const { program, modules } = await compile(platform, join(runtimes, runtime, 'bin'), probe);
  const licenses = [...readBundledLicenses(modules, runtimes), readRuntimeLicense(runtimes, runtime)];
  const files: Packed[] = [
    { path: nameProgram(platform), mode: 0o755, content: program },
    ...(platform.os === 'windows'
      ? []
      : [{ path: COMPLETION, mode: 0o755, content: await readFile(join('scripts', COMPLETION)) }]),
    { path: 'LICENSE', mode: 0o644, content: await readFile('LICENSE') },
    { path: THIRD_PARTY_LICENSES, mode: 0o644, content: Buffer.from(formatThirdPartyLicenses(licenses)) },
  ];
  const archive = nameArchive(platform);
  await writeFile(join(output, archive), await (platform.os === 'windows' ? packZip(files) : packTarGz(files)));
  return archive;
}

async function compile(
  { os, arch }: Platform,
  runtimeFolder: string,
  probe: string,
): Promise<{ program: Buffer; modules: string[] }> {
  const name = `bun-${os}-${arch === 'amd64' ? 'x64' : 'arm64'}`;
  const runtime = join(runtimeFolder, os === 'windows' ? 'bun.exe' : 'bun');
  const folder = await mkdtemp('dist/compile-');
  try {
    const outfile = join(folder, nameProgram({ os, arch }));
    const modules = await compileProgram(outfile, probe, { name, runtime });
    const program = await readFile(outfile);
    return { program: os === 'darwin' ? mendSignature(program) : program, modules };
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
