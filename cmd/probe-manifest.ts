import { ExitCode } from '../src/error.ts';
import type { Carried } from '../src/probe/config-map.ts';
import { makeConfigMap } from '../src/probe/config-map.ts';
import type { Architecture, ProbeForm } from '../src/probe/probe-options.ts';
import { ARCHITECTURES } from '../src/probe/probe-options.ts';
import { formatJson } from '../src/view/report.ts';
import type { GlobalFlags } from './flags.ts';
import { loadProbeFiles } from './probe-files.ts';
import type { Streams } from './streams.ts';

/** Flags of `probe manifest`. */
export interface ProbeManifestFlags {
  form: ProbeForm;
  arch?: Architecture;
  output: 'yaml' | 'json';
}

/** Prints the ConfigMap that carries the probe, of binaries one for each architecture. */
export async function runProbeManifest(flags: ProbeManifestFlags & GlobalFlags, streams: Streams): Promise<ExitCode> {
  const wanted: readonly Carried[] =
    flags.form === 'script' ? ['script'] : flags.arch === undefined ? ARCHITECTURES : [flags.arch];
  const files = await loadProbeFiles(wanted);
  const configMaps = wanted.map((carried) => makeConfigMap(files, carried, flags.namespace ?? ''));
  if (flags.output === 'json') {
    const list = { apiVersion: 'v1', kind: 'List', items: configMaps };
    streams.stdout.write(`${formatJson(configMaps.length === 1 ? configMaps[0] : list, 2)}\n`);
  } else {
    const { appendObjects } = await import('../src/manifests/rewrite-manifests.ts');
    streams.stdout.write(appendObjects('', configMaps));
  }
  return ExitCode.ok;
}
