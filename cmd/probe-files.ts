import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { ReloadError } from '../src/error.ts';
import type { Carried, ProbeFiles } from '../src/probe/config-map.ts';
import { ARCHITECTURES } from '../src/probe/probe-options.ts';

/** Set when the program is built (`scripts/build.ts`): the files of the probe as JSON, compressed, in base64. */
declare const EMBEDDED_PROBE: string | undefined;

/**
 * The files of the probe: those that the built program carries, or from source those of `probe/`.
 * @throws ReloadError where what is wanted is not there
 */
export async function loadProbeFiles(wanted: readonly Carried[]): Promise<ProbeFiles> {
  const isBuilt = typeof EMBEDDED_PROBE === 'string';
  const files = isBuilt ? unpack(EMBEDDED_PROBE) : await readProbeFiles(join(import.meta.dirname, '../probe'));
  const missing = wanted.find((carried) => files[carried] === undefined);
  if (missing === undefined) return files;
  const what = missing === 'script' ? 'the script of the probe' : `the probe for ${missing}`;
  throw new ReloadError(isBuilt ? `this build does not carry ${what}` : `${what} is not built`, {
    hint: isBuilt
      ? 'It was built on a machine without the compiler for it: take another build, or --form=script.'
      : 'Run make -C probe (for arm64 it needs gcc-aarch64-linux-gnu), or take --form=script.',
  });
}

/** Reads what there is of the probe in its folder. */
export async function readProbeFiles(folder: string): Promise<ProbeFiles> {
  const files: ProbeFiles = {};
  const script = await read(join(folder, 'probe.sh'));
  if (script !== undefined) files.script = { probe: script.toString('utf8') };
  for (const arch of ARCHITECTURES) {
    const [probe, http] = await Promise.all(
      PROGRAMS.map((name) => read(join(folder, 'build', `kubectl-reload-${name}-${arch}`))),
    );
    if (probe && http) files[arch] = { probe: probe.toString('base64'), http: http.toString('base64') };
  }
  return files;
}

const PROGRAMS = ['probe', 'http'];

async function read(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function unpack(packed: string): ProbeFiles {
  return JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString('utf8'));
}
