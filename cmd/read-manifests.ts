import type { ManifestPlaces } from '../src/manifests/read-manifests.ts';
import type { ObjectSet } from '../src/types.ts';
import type { GlobalFlags } from './flags.ts';
import type { Streams } from './streams.ts';

/** Flags of the commands that read manifests. */
export interface ManifestFlags {
  filename?: string[];
  kustomize?: string;
  recursive?: boolean;
  all?: boolean;
}

/** True when manifests are to be read instead of the cluster. */
export function namesManifests(flags: ManifestFlags): boolean {
  return flags.filename !== undefined || flags.kustomize !== undefined;
}

/** Reads what `-f` and `-k` name. Objects without a namespace are put into that of `-n`, or stay without one. */
export async function readManifestObjects(flags: ManifestFlags & GlobalFlags, streams: Streams): Promise<ObjectSet> {
  const [{ readManifests }, { collectManifests }] = await Promise.all([
    import('../src/manifests/read-manifests.ts'),
    import('../src/manifests/collect.ts'),
  ]);
  const places: ManifestPlaces = {
    files: flags.filename ?? [],
    kustomize: flags.kustomize,
    recursive: flags.recursive === true,
  };
  const manifests = await readManifests(places, streams);
  return collectManifests(manifests, { namespace: flags.namespace ?? '', all: flags.all === true });
}
