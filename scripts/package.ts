/**
 * Builds what a release publishes into dist/packages: an archive for each platform, the package for npm, their sums,
 * and the manifest for krew, which is written to krew-manifest.yaml too.
 * `npm run package`, or for a part of it `npm run package -- linux/amd64 npm`
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageManifest from '../package.json' with { type: 'json' };
import { limitParallel } from '../src/cluster/limit-parallel.ts';
import { buildProbe } from './build-probe.ts';
import { embedProbe } from './embed-probe.ts';
import { installRuntimes } from './package/install-runtimes.ts';
import { fillKrewManifest } from './package/krew-manifest.ts';
import { packageForNpm } from './package/package-for-npm.ts';
import { packageProgram } from './package/package-program.ts';
import { namePlatform, PLATFORMS } from './package/platforms.ts';

const OUTPUT = 'dist/packages';
const NPM = 'npm';
/** Compilers and compressors that run side by side: each takes up to half a GB. */
const WORKERS = 2;

const tell = (line: string) => process.stderr.write(`${line}\n`);

try {
  await buildPackages(process.argv.slice(2));
} catch (error) {
  tell(`error: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

async function buildPackages(asked: readonly string[]): Promise<void> {
  const all = [...PLATFORMS.map(namePlatform), NPM];
  const unknown = asked.find((name) => !all.includes(name));
  if (unknown !== undefined) throw new Error(`there is no package ${unknown}; there are ${all.join(', ')}`);
  const isWanted = (name: string) => asked.length === 0 || asked.includes(name);

  // What is published carries the whole probe.
  buildProbe((line) => {
    throw new Error(line);
  });
  const probe = await embedProbe();
  rmSync(OUTPUT, { recursive: true, force: true });
  mkdirSync(OUTPUT, { recursive: true });

  const platforms = PLATFORMS.filter((platform) => isWanted(namePlatform(platform)));
  const runtimes = await installRuntimes(tell);
  const limit = limitParallel(WORKERS);
  const names = await Promise.all([
    ...platforms.map((platform) =>
      limit(() => timed(() => packageProgram(platform, { runtimes, probe, output: OUTPUT }))),
    ),
    ...(isWanted(NPM) ? [limit(() => timed(() => packageForNpm(packageManifest, { runtimes, output: OUTPUT })))] : []),
  ]);
  const sums = new Map(names.map((name) => [name, hashFile(join(OUTPUT, name))]));
  // As sha256sum -c reads them.
  writeFileSync(join(OUTPUT, 'SHA256SUMS'), [...sums].map(([name, sum]) => `${sum}  ${name}\n`).join(''));
  if (asked.length > 0) return;
  const { version, homepage } = packageManifest;
  const manifest = fillKrewManifest(readFileSync('krew-manifest.yaml', 'utf8'), `v${version}`, homepage, sums);
  writeFileSync('krew-manifest.yaml', manifest);
  // krew takes a manifest under the name of its plugin only.
  writeFileSync(join(OUTPUT, 'reload.yaml'), manifest);
}

async function timed(work: () => Promise<string>): Promise<string> {
  const started = performance.now();
  const name = await work();
  const megabytes = (readFileSync(join(OUTPUT, name)).length / 1e6).toFixed(1);
  tell(`${OUTPUT}/${name} built in ${((performance.now() - started) / 1000).toFixed(1)} s, ${megabytes} MB`);
  return name;
}

function hashFile(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
