import type { ConfigVolume, VolumeConfig } from '../objects/config-volume.ts';
import type { Choice, Looked } from './choose-sources.ts';
import type { ConfigName } from './copies.ts';
import type { Mount } from './mounts.ts';

/** The volumes and subPaths in which a container has configs. */
export function chooseFiles(looked: Looked): Choice {
  const choice: Choice = { sources: [], needs: [], notes: [] };
  const seen = new Set<string>();
  for (const mount of looked.mounts.list) {
    if (!mount.volume.configs.some(looked.isWatched)) continue;
    if (mount.part.part !== 'whole') chooseSubPath(mount, looked, choice);
    // The same volume at two places changes at both.
    else if (!seen.has(mount.volume.name)) chooseVolume(mount, looked, choice);
    if (mount.part.part === 'whole') seen.add(mount.volume.name);
  }
  return choice;
}

function chooseVolume({ at: dir, volume }: Mount, looked: Looked, choice: Choice): void {
  const watched = volume.configs.filter(looked.isWatched);
  if (volume.otherPaths.length === 0 && watched.length === volume.configs.length) {
    choice.sources.push(() => ({ kind: 'volume', dir, keys: null }));
    return;
  }
  // A token in the same volume is rotated all the time, and is no configuration.
  const keys = new Set<string>();
  for (const config of watched) {
    const paths = config.files?.map(({ path }) => path) ?? looked.keysOf(config)?.keys;
    if (paths === undefined) {
      choice.notes.push(
        `${dir} is left out: it holds more than ${formatName(config)}, and the keys of that are not known here; name them in items of the volume`,
      );
      return;
    }
    for (const path of paths) keys.add(path);
  }
  if (keys.size > 0) choice.sources.push(() => ({ kind: 'volume', dir, keys: [...keys].sort() }));
}

function chooseSubPath({ at: file, volume, part }: Mount, looked: Looked, choice: Choice): void {
  const shown = part.part === 'path' ? findKey(volume, part.path, looked) : null;
  if (shown !== null) {
    const { config, key } = shown;
    if (!looked.isWatched(config)) return;
    const live = looked.mounts.findFile(config, key);
    if (live === null) choice.needs.push({ ...config, keys: [key] });
    choice.sources.push((dirOf) => ({ kind: 'subpath', file, live: live ?? `${dirOf(config)}/${key}` }));
    return;
  }
  if (part.part === 'path' && volume.otherPaths.includes(part.path)) return;
  // Without a file to compare with, every change of the volume counts.
  const others = [
    ...(volume.otherPaths.length > 0 ? ['a token or fields of the pod'] : []),
    ...volume.configs.filter((config) => !looked.isWatched(config)).map(formatName),
  ];
  if (others.length === 0) choice.sources.push(() => ({ kind: 'subpath', file, live: null }));
  else
    choice.notes.push(
      `${file} is left out: its volume also holds ${others.join(', ')}, and would count as changed with it`,
    );
}

/** Which key of which config a single file shows; `null` for a folder, and where that cannot be told. */
function findKey(
  { configs, otherPaths }: ConfigVolume,
  path: string,
  { keysOf }: Looked,
): { config: ConfigName; key: string } | null {
  const found = (config: VolumeConfig, key: string) => ({ config: { kind: config.kind, name: config.name }, key });
  for (const config of configs) {
    const file = config.files?.find((one) => one.path === path);
    if (file !== undefined) return found(config, file.key);
  }
  const isFolder = configs.some(({ files }) => files?.some((one) => one.path.startsWith(`${path}/`)));
  if (isFolder || path.includes('/') || otherPaths.some((one) => one === path || one.startsWith(`${path}/`)))
    return null;
  const open = configs.filter(({ files }) => files === null);
  const [only] = open.length === 1 ? open : open.filter((config) => keysOf(config)?.keys.includes(path));
  return only === undefined ? null : found(only, path);
}

function formatName({ kind, name }: ConfigName): string {
  return `${kind.toLowerCase()}/${name}`;
}
