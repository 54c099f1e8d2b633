import { PROBE_VOLUME_PREFIX } from '../name.ts';
import type { JsonObject } from '../objects/json.ts';
import { readObjects, readText } from '../objects/json.ts';
import type { ConfigKind } from '../types.ts';

/** A ConfigMap or Secret of the pod's namespace. */
export interface ConfigName {
  kind: ConfigKind;
  name: string;
}

/** A volume that is mounted for the probe alone: a container that only has variables or subPaths of a config cannot see its changes. */
export interface Copy extends ConfigName {
  /** The keys that it holds, sorted, each a file of its name; `null` for all. */
  keys: readonly string[] | null;
}

/** The volumes that one pod gets for its probes; containers that need the same share one. */
export interface Copies {
  /** The directory of a copy, and the volume to mount there. */
  add(copy: Copy): { dir: string; volume: string };
  /** As they stand in the pod spec. */
  list(): JsonObject[];
}

const ROOT = '/kubectl-reload';
/** Where the probe itself is mounted. */
export const PROBE_DIR = `${ROOT}/bin`;
/** The file of the probe, executed directly: a file that is missing is then "unknown" to the kubelet, and no failure. */
export const PROBE_FILE = `${PROBE_DIR}/probe`;
/** The program beside it that performs an HTTP check as the kubelet does. */
export const HTTP_FILE = `${PROBE_DIR}/http`;

/** True for a path that belongs to what was mounted for the probe. */
export function isProbePath(path: string): boolean {
  return path === ROOT || path.startsWith(`${ROOT}/`);
}

/** A name that no volume of the pod has yet. */
export function nameVolume(podSpec: JsonObject, wanted: string): string {
  const taken = new Set(readObjects(podSpec, 'volumes').map((volume) => readText(volume, 'name')));
  let name = wanted;
  for (let number = 2; taken.has(name); number++) name = `${wanted}-${number}`;
  return name;
}

/** Makes the copies of one pod. */
export function makeCopies(podSpec: JsonObject): Copies {
  const made = new Map<string, { dir: string; volume: string; copy: Copy }>();
  return {
    add(copy) {
      const key = JSON.stringify([copy.kind, copy.name, copy.keys]);
      const known = made.get(key);
      if (known !== undefined) return known;
      const number = made.size + 1;
      const volume = nameVolume(podSpec, `${PROBE_VOLUME_PREFIX}copy-${number}`);
      const added = { dir: `${ROOT}/copy/${number}`, volume, copy };
      made.set(key, added);
      return added;
    },
    list: () => [...made.values()].map(({ volume, copy }) => ({ name: volume, ...formatCopy(copy) })),
  };
}

/** Every user of the container may read it: the probe runs as the container does. */
const READABLE = 0o444;

/** Optional whatever the container's own use is: no pod may fail to start for want of what only the probe reads. */
function formatCopy({ kind, name, keys }: Copy): JsonObject {
  const files = {
    ...(keys !== null && { items: keys.map((key) => ({ key, path: key })) }),
    defaultMode: READABLE,
    optional: true,
  };
  return kind === 'ConfigMap' ? { configMap: { name, ...files } } : { secret: { secretName: name, ...files } };
}
