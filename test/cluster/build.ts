import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Environment } from './cache.ts';
import { cacheRoot, hashPins } from './cache.ts';
import { buildGo, pinnedVersion, requireGo } from './go.ts';
import { takeLock } from './lock.ts';
import type { ProgramGroup } from './programs.ts';
import { assetPrograms, programs } from './programs.ts';

/** What to build, and whom to tell. */
export interface BuildOptions {
  onProgress?: (line: string) => void;
  /** Instead of `process.env`: where the cache, Go and ready-made programs are looked for. */
  environment?: Environment;
}

/** A program to have in a cache folder. */
export interface Wanted {
  name: string;
  folder: string;
  package: string;
  tags?: string;
  ldflags: string;
  firstBuild: string;
}

const modules = join(import.meta.dirname, 'go');

/**
 * Builds the programs of these groups which the cache does not hold yet, and gives the folder that holds them.
 * Programs found in `KUBEBUILDER_ASSETS` are taken from there. Throws a SetupError when Go is missing.
 */
export async function buildPrograms(groups: readonly ProgramGroup[], options: BuildOptions = {}): Promise<string> {
  const environment = options.environment ?? process.env;
  const assets = environment.KUBEBUILDER_ASSETS || undefined;
  const folders = [...new Set(programs.map((program) => program.folder))];
  const pins = folders.flatMap((folder) => ['go.mod', 'go.sum'].map((file) => join(modules, folder, file)));
  pins.push(join(modules, 'kwok', 'stages.go'));
  const flags = programs.map(({ name, package: path, tags, ldflags }) => ({ name, path, tags, ldflags }));
  const bin = join(cacheRoot(environment), hashPins(pins, [flags, assets]), 'bin');
  if (assets !== undefined) linkAssets(resolve(assets), bin);
  const wanted = programs
    .filter((program) => groups.includes(program.group))
    .map((program) => ({ ...program, folder: join(modules, program.folder) }));
  await buildMissing(bin, wanted, options);
  return bin;
}

/** Builds those of `wanted` that `bin` does not hold; only one process at a time builds into the same folder. */
export async function buildMissing(bin: string, wanted: readonly Wanted[], options: BuildOptions = {}): Promise<void> {
  const missing = () => wanted.filter((program) => !existsSync(join(bin, program.name)));
  if (missing().length === 0) return;
  const environment = options.environment ?? process.env;
  const tell = options.onProgress ?? (() => {});
  requireGo(environment);
  const file = `${bin}.lock`;
  const lock = await takeLock(file, {
    onWait: (holder) => tell(`waiting for process ${holder}, which builds the same programs (lock ${file})`),
  });
  try {
    mkdirSync(bin, { recursive: true });
    for (const program of missing()) {
      const { name, firstBuild, ...build } = program;
      tell(
        `building ${`${name} ${pinnedVersion(build.folder, build.package)}`.trim()} (first time, takes ${firstBuild})…`,
      );
      const start = performance.now();
      await buildGo({ ...build, output: join(bin, name) }, environment);
      tell(`built ${name} in ${Math.round((performance.now() - start) / 1000)}s`);
    }
  } finally {
    lock.release();
  }
}

function linkAssets(assets: string, bin: string): void {
  mkdirSync(bin, { recursive: true });
  for (const name of assetPrograms) {
    const source = join(assets, name);
    if (existsSync(source) && !existsSync(join(bin, name))) symlinkSync(source, join(bin, name));
  }
}
