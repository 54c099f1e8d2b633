import type { ManifestObject, ManifestText } from '../src/manifests/manifest.ts';
import { rewriteManifests } from '../src/manifests/rewrite-manifests.ts';
import type { JsonObject } from '../src/objects/json.ts';
import { readKind, readReference } from '../src/objects/metadata.ts';
import type { Carried } from '../src/probe/config-map.ts';
import { CARRIED, isProbeConfigMap, makeConfigMap, makeContent, nameConfigMap } from '../src/probe/config-map.ts';
import { foreignConfigMap } from './probe-config-map.ts';
import { loadProbeFiles } from './probe-files.ts';

/** Which ConfigMaps with files of the probe the manifests of each namespace are to have. */
export interface CarryOptions {
  /** By namespace, as the manifests write it: what must be there. */
  wanted: ReadonlyMap<string, ReadonlySet<Carried>>;
  /** True where nothing uses the probe any more: what is there goes. */
  isIdle: (namespace: string) => boolean;
}

/**
 * Brings the ConfigMaps that carry the probe up to date where manifests have them.
 * @returns the texts, and the ConfigMaps that none of them has
 * @throws ReloadError for a ConfigMap of such a name that is somebody else's
 */
export async function carryProbe(
  sources: readonly ManifestText[],
  { wanted, isIdle }: CarryOptions,
): Promise<{ texts: string[]; added: JsonObject[] }> {
  const files = wanted.size > 0 ? await loadProbeFiles([...wanted.values()].flatMap((some) => [...some])) : null;
  const missing = new Map([...wanted].map(([namespace, some]) => [namespace, new Set(some)]));
  const replace = ({ raw }: ManifestObject): JsonObject | null => {
    const { kind, name, namespace } = readReference(raw, readKind(raw));
    const carried = kind === 'ConfigMap' ? CARRIED.find((some) => nameConfigMap(some) === name) : undefined;
    if (carried === undefined) return raw;
    if (isIdle(namespace)) return isProbeConfigMap(raw) ? null : raw;
    if (files === null || missing.get(namespace)?.delete(carried) !== true) return raw;
    if (!isProbeConfigMap(raw)) throw foreignConfigMap(nameConfigMap(carried), namespace);
    return { ...raw, ...makeContent(files, carried) };
  };
  const texts = sources.map((source) => rewriteManifests(source, replace));
  const added = [...missing].flatMap(([namespace, some]) =>
    files === null ? [] : [...some].map((carried) => makeConfigMap(files, carried, namespace)),
  );
  return { texts, added };
}
