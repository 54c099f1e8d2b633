import type { ConfigVolume, VolumeConfig } from '../objects/config-volume.ts';
import { findConfigVolumes, isServiceAccountVolume } from '../objects/config-volume.ts';
import type { JsonObject } from '../objects/json.ts';
import { readObjects, readText } from '../objects/json.ts';
import type { MountedPart } from '../objects/sub-path.ts';
import { findMountedPart } from '../objects/sub-path.ts';
import type { ConfigName } from './copies.ts';

/** A place of a container where it sees files of configs. */
export interface Mount {
  /** Absolute, without a slash at its end. */
  at: string;
  volume: ConfigVolume;
  part: MountedPart;
}

/** The mounts of a container. */
export interface Mounts {
  /** Those that show configs, in the order of the container. */
  list: readonly Mount[];
  /** The path of a file with this key that follows every change; `null` when there is none. */
  findFile(config: ConfigName, key: string): string | null;
  /** The path of a directory that holds all keys of this config and nothing else, and follows every change. */
  findFolder(config: ConfigName): string | null;
}

/** Finds where a container sees files of configs. */
export function findMounts(podSpec: JsonObject, container: JsonObject): Mounts {
  const volumes = findConfigVolumes(podSpec, isServiceAccountVolume).filter(({ via }) => via !== 'csi');
  const mounts = readObjects(container, 'volumeMounts');
  const places = mounts.map((mount) => normalizePath(readText(mount, 'mountPath')));
  const list = mounts.flatMap((mount): Mount[] => {
    const volume = volumes.find(({ name }) => name === readText(mount, 'name'));
    const at = normalizePath(readText(mount, 'mountPath'));
    return volume === undefined || at === '' ? [] : [{ at, volume, part: findMountedPart(mount, container) }];
  });
  const whole = list.filter(({ part }) => part.part === 'whole');
  /** Another mount stands there or above it, and hides what the volume has. */
  const isHidden = (path: string, dir: string): boolean =>
    places.some((place) => place.length > dir.length && (path === place || path.startsWith(`${place}/`)));
  return {
    list,
    findFile(config, key) {
      for (const { at, volume } of whole) {
        const paths = volume.configs.filter((one) => isConfig(one, config)).map((one) => pathOf(one, key, volume));
        const path = paths.find((found) => found !== null && !isHidden(`${at}/${found}`, at));
        if (path !== undefined) return `${at}/${path}`;
      }
      return null;
    },
    findFolder(config) {
      const folder = whole.find(
        ({ at, volume: { configs, otherPaths } }) =>
          configs.length === 1 &&
          otherPaths.length === 0 &&
          configs.every((one) => isConfig(one, config) && one.files === null) &&
          !places.some((place) => place.startsWith(`${at}/`)),
      );
      return folder?.at ?? null;
    },
  };
}

/** True when both are the same ConfigMap or Secret. */
export function isConfig(a: ConfigName, b: ConfigName): boolean {
  return a.kind === b.kind && a.name === b.name;
}

/** Where a volume has a key; `null` where that cannot be told. */
function pathOf({ files }: VolumeConfig, key: string, { configs }: ConfigVolume): string | null {
  if (files !== null) return files.find((file) => file.key === key)?.path ?? null;
  // Of several configs with all their keys one may hide a file of another.
  return configs.filter((config) => config.files === null).length === 1 ? key : null;
}

/** Kubernetes takes paths that begin without a slash, or end in one. */
function normalizePath(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  return segments.length === 0 ? '' : `/${segments.join('/')}`;
}
