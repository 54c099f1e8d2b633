import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

const SOURCES = [
  ...['cmd', 'src', 'probe', 'scripts', 'packaging', 'test/cluster'],
  ...['package.json', 'package-lock.json', 'krew-manifest.yaml', 'LICENSE', 'README.md'],
];

/** What `scripts/package.ts` itself needs beside what the program does. */
const TOOLS = ['node_modules/yazl', 'node_modules/buffer-crc32'];

/**
 * Lays what the packages are built from into a new folder, so that building leaves no trace in this tree. Modules are
 * copied, not linked: a bundle holds the paths of its modules as they are on disk.
 * @param from another such folder, in the place of this tree
 */
export function layFreshTree(folder: string, from = ROOT): void {
  const { packages }: { packages: Record<string, { dev?: true }> } = JSON.parse(
    readFileSync(join(from, 'package-lock.json'), 'utf8'),
  );
  const modules = Object.entries(packages).filter(([path, { dev }]) => path !== '' && dev !== true);
  mkdirSync(folder, { recursive: true });
  for (const path of [...SOURCES, ...modules.map(([path]) => path), ...TOOLS]) {
    // Without what was built of the probe: that is a part of what must come out the same.
    const filter = (source: string) => source !== join(from, 'probe/build');
    cpSync(join(from, path), join(folder, path), { recursive: true, filter });
  }
}

/** Runs `npm run package` there; what it says goes to standard error as it comes. */
export function buildPackages(
  folder: string,
  names: readonly string[],
  env: Record<string, string> = {},
): Promise<void> {
  return runScript(folder, ['scripts/package.ts', ...names], env);
}

/**
 * Runs `npm run build` there.
 * @returns the path of the program
 */
export async function buildProgram(folder: string): Promise<string> {
  await runScript(folder, ['scripts/build.ts'], {});
  return join(folder, 'dist/kubectl-reload');
}

async function runScript(folder: string, words: readonly string[], env: Record<string, string>): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  const child = spawn(process.execPath, words, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  child.on('error', reject).on('close', resolve);
  const code = await promise;
  if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}`);
}
