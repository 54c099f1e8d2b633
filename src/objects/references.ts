import type { ConfigKind, ConfigRef } from '../types.ts';
import type { ConfigVolume, VolumeConfig } from './config-volume.ts';
import { findConfigVolumes, isProbeVolume, isServiceAccountVolume } from './config-volume.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, readFlag, readObject, readObjects, readText } from './json.ts';
import { compareReferences, referenceKey } from './reference-order.ts';
import type { MountedPart } from './sub-path.ts';
import { findMountedPart } from './sub-path.ts';

/** What to do with references that nobody wrote. */
export interface ReferenceOptions {
  /** Also those of the volume that the ServiceAccount admission adds to every pod. */
  all?: boolean;
}

/** A use without the config's namespace, which is the pod's. */
interface Use extends Omit<ConfigRef, 'config'> {
  kind: ConfigKind;
  name: string;
}

/**
 * Every way in which a pod spec uses a ConfigMap or Secret, each once, sorted by container, config and place.
 * Reads raw JSON and never throws: what has the wrong shape is no reference. What `probe inject` mounts for the probe is none either.
 */
export function findReferences(podSpec: unknown, namespace: string, options: ReferenceOptions = {}): ConfigRef[] {
  if (!isJsonObject(podSpec)) return [];
  const containers = listContainers(podSpec);
  const isLeftOut = (volume: JsonObject): boolean =>
    isProbeVolume(volume) || (!options.all && isServiceAccountVolume(volume));
  const uses = [
    ...containers.flatMap(findVariables),
    ...findConfigVolumes(podSpec, isLeftOut).flatMap((volume) => findVolumeUses(volume, containers)),
    ...findPullSecrets(podSpec),
  ];
  const references = new Map<string, ConfigRef>();
  for (const { kind, name, container, init, via, keys, at, optional, volumeKeys } of uses) {
    const config = { apiVersion: 'v1', kind, namespace, name };
    const reference = { config, container, init, via, keys, at, optional, ...(volumeKeys && { volumeKeys }) };
    references.set(referenceKey(reference), reference);
  }
  return [...references.values()].sort(compareReferences);
}

interface Container {
  name: string;
  init: boolean;
  spec: JsonObject;
}

function listContainers(podSpec: JsonObject): Container[] {
  return ['initContainers', 'containers', 'ephemeralContainers'].flatMap((field) =>
    readObjects(podSpec, field).map((spec) => ({
      name: readText(spec, 'name'),
      init: field === 'initContainers',
      spec,
    })),
  );
}

function findVariables({ name: container, init, spec }: Container): Use[] {
  const uses: Use[] = [];
  const add = (kind: ConfigKind, source: JsonObject | undefined, use: Pick<Use, 'via' | 'keys' | 'at'>): void => {
    const name = readText(source, 'name');
    // The API takes references without a name from old objects; Kubernetes does not count them either.
    if (name !== '') uses.push({ kind, name, container, init, optional: readFlag(source, 'optional'), ...use });
  };
  for (const variable of readObjects(spec, 'env')) {
    const from = readObject(variable, 'valueFrom');
    if (from === undefined) continue;
    const at = readText(variable, 'name');
    const configMap = readObject(from, 'configMapKeyRef');
    const secret = readObject(from, 'secretKeyRef');
    add('ConfigMap', configMap, { via: 'env', keys: [readText(configMap, 'key')], at });
    add('Secret', secret, { via: 'env', keys: [readText(secret, 'key')], at });
  }
  for (const source of readObjects(spec, 'envFrom')) {
    const use = { via: 'envFrom', keys: null, at: `${readText(source, 'prefix')}*` } as const;
    add('ConfigMap', readObject(source, 'configMapRef'), use);
    add('Secret', readObject(source, 'secretRef'), use);
  }
  return uses;
}

/**
 * The kubelet goes on without a pull secret that does not exist (it says so in an event), so they are optional.
 * https://kubernetes.io/docs/concepts/containers/images/#specifying-imagepullsecrets-on-a-pod
 */
function findPullSecrets(podSpec: JsonObject): Use[] {
  return readObjects(podSpec, 'imagePullSecrets')
    .map((secret) => readText(secret, 'name'))
    .filter((name) => name !== '')
    .map((name) => ({
      kind: 'Secret',
      name,
      container: null,
      init: false,
      via: 'imagePullSecret',
      keys: null,
      at: 'imagePullSecrets',
      optional: true,
    }));
}

function findVolumeUses(volume: ConfigVolume, containers: readonly Container[]): Use[] {
  const uses: Use[] = [];
  const unmounted = new Map<VolumeConfig, readonly string[] | null>();
  for (const config of volume.configs) unmounted.set(config, allKeys(config));
  for (const { name: container, init, spec } of containers) {
    for (const { at, part } of listMounts(spec, volume.name)) {
      const via = volume.via !== 'csi' && part.part !== 'whole' ? 'subPath' : volume.via;
      for (const [config, keys] of findMounted(volume, part)) {
        const { kind, name, optional } = config;
        const volumeKeys = isFolder(config, part) ? allKeys(config) : null;
        uses.push({ kind, name, container, init, via, keys, at, optional, ...(volumeKeys && { volumeKeys }) });
        const left = unmounted.get(config);
        if (left === undefined) continue;
        const rest = left === null || keys === null ? [] : left.filter((key) => !keys.includes(key));
        if (rest.length === 0) unmounted.delete(config);
        else unmounted.set(config, rest);
      }
    }
  }
  // The kubelet writes every file of a volume before it starts the pod, unless no container mounts the volume at all.
  const isMounted = containers.some(({ spec }) => listMounts(spec, volume.name).length > 0);
  for (const [config, keys] of unmounted) {
    const { kind, name } = config;
    const rest = keys === null ? null : [...keys];
    const optional = config.optional || !isMounted;
    uses.push({ kind, name, container: null, init: false, via: volume.via, keys: rest, at: volume.name, optional });
  }
  return uses;
}

function isFolder({ files }: VolumeConfig, part: MountedPart): boolean {
  return part.part === 'path' && files?.some(({ path }) => path.startsWith(`${part.path}/`)) === true;
}

function listMounts(container: JsonObject, volume: string): { at: string; part: MountedPart }[] {
  const mounts = readObjects(container, 'volumeMounts')
    .filter((mount) => readText(mount, 'name') === volume)
    .map((mount) => ({ at: readText(mount, 'mountPath'), part: findMountedPart(mount, container) }));
  const devices = readObjects(container, 'volumeDevices')
    .filter((device) => readText(device, 'name') === volume)
    .map((device) => ({ at: readText(device, 'devicePath'), part: { part: 'whole' } as const }));
  return [...mounts, ...devices];
}

function allKeys(config: VolumeConfig): string[] | null {
  return config.files === null ? null : sortKeys(config.files.map((file) => file.key));
}

function sortKeys(keys: readonly string[]): string[] {
  return [...new Set(keys)].sort();
}

/** Which configs of a volume a mount shows, with the keys. */
function findMounted(volume: ConfigVolume, mounted: MountedPart): [VolumeConfig, string[] | null][] {
  if (volume.via === 'csi' || mounted.part !== 'path') return volume.configs.map((config) => [config, allKeys(config)]);
  const { path } = mounted;
  const lies = (file: string): boolean => file === path || file.startsWith(`${path}/`);
  const named: [VolumeConfig, string[] | null][] = [];
  for (const config of volume.configs) {
    const keys = config.files?.filter((file) => lies(file.path)).map((file) => file.key) ?? [];
    if (keys.length > 0) named.push([config, sortKeys(keys)]);
  }
  if (named.length > 0 || volume.otherPaths.some(lies)) return named;
  // Without `items` a file has its key's name. Where several configs could have that key, which one does is not known
  // here, and no key may be called missing from the others.
  const open = volume.configs.filter((config) => config.files === null);
  return open.map((config) => [config, open.length === 1 ? [path] : null]);
}
