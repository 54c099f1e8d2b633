import type { ConfigVolume } from '../objects/config-volume.ts';
import { findConfigVolumes } from '../objects/config-volume.ts';
import { expandVariables } from '../objects/expand-variables.ts';
import type { JsonObject } from '../objects/json.ts';
import { readObjects, readText } from '../objects/json.ts';
import type { MountedPart } from '../objects/sub-path.ts';
import { findMountedPart } from '../objects/sub-path.ts';
import type { ConfigRef } from '../types.ts';
import type { FindContent, Fingerprint } from './expected-content.ts';
import type { ExpectedEnvironment } from './expected-environment.ts';

/** A file that a container finds if it starts now. */
export interface ExpectedFile {
  /** In the container. */
  path: string;
  key: string;
  /** `null` where it is not known. */
  value: Fingerprint | null;
}

/** What a use mounts into a container. */
export interface ExpectedMount {
  /** The files of the use's config. */
  files: ExpectedFile[];
  /** The mount's own path, where it is a folder by what is known now. */
  folder: string | null;
  /** Names in the folder that are accounted for, by whatever config; `null` where other names mean nothing. */
  names: ReadonlySet<string> | null;
  /** True when the kubelet keeps the folder up to date. */
  isRewritten: boolean;
  /** Where files were of keys that are gone, and may still be. */
  gone: { path: string; key: string }[];
}

/**
 * The files that a use of a volume gives to a container that starts now.
 * @param container the raw container
 * @returns `null` when the pod has no such mount, or what it shows cannot be told
 */
export function expectMount(
  use: ConfigRef,
  container: JsonObject,
  podSpec: JsonObject | undefined,
  environment: ExpectedEnvironment,
  find: FindContent,
): ExpectedMount | null {
  const mounts = readObjects(container, 'volumeMounts');
  const mount = mounts.find((one) => readText(one, 'mountPath') === use.at);
  if (mount === undefined || podSpec === undefined) return null;
  const volume = findConfigVolumes(podSpec, () => false).find(({ name }) => name === readText(mount, 'name'));
  const part = findPart(mount, container, environment);
  if (volume === undefined || part === null) return null;

  const tree = expectTree(volume, find);
  const own = (owner: { kind: string; name: string }): boolean =>
    owner.kind === use.config.kind && owner.name === use.config.name;
  const at = use.at.replace(/\/+$/, '');
  const single = part.part === 'path' ? tree.files.get(part.path) : undefined;
  if (part.part === 'path' && single !== undefined) {
    const file = { path: at, key: single.key, value: single.value };
    return { ...EMPTY, files: own(single) ? [file] : [] };
  }
  const inside = part.part === 'path' ? `${part.path}/` : '';
  const shown = [...tree.files].filter(([path]) => path.startsWith(inside));
  if (part.part === 'path' && shown.length === 0) {
    if (!tree.isComplete) return null;
    const key = use.keys?.[0] ?? part.path;
    return { ...EMPTY, gone: [{ path: at, key }] };
  }
  const isOpen = volume.configs.some(({ kind, name, files }) => {
    return files === null && kind === use.config.kind && name === use.config.name;
  });
  const mayHaveMore = isOpen && inside === '';
  // Whose a file is that no known key explains, cannot be told then.
  if (mayHaveMore && !tree.isComplete) return null;
  const nested = mounts
    .map((one) => readText(one, 'mountPath'))
    .flatMap((path) => (path.startsWith(`${at}/`) ? [path.slice(at.length + 1)] : []));
  const paths = shown.map(([path, file]) => ({ path: path.slice(inside.length), file }));
  const isCovered = (path: string): boolean => nested.some((other) => `${path}/`.startsWith(`${clean(other)}/`));
  const accounted = [...paths.map(({ path }) => path), ...volume.otherPaths, ...nested];
  return {
    files: paths
      .filter(({ path, file }) => own(file) && !isCovered(path))
      .map(({ path, file: { key, value } }) => ({ path: `${at}/${path}`, key, value })),
    folder: at,
    names: mayHaveMore ? new Set(accounted.map((path) => path.split('/')[0] ?? '')) : null,
    isRewritten: part.part === 'whole',
    gone: tree.gone
      .filter((file) => own(file) && file.path.startsWith(inside) && !tree.files.has(file.path))
      .map(({ path, key }) => ({ path: path.slice(inside.length), key }))
      .filter(({ path }) => !isCovered(path))
      .map(({ path, key }) => ({ path: `${at}/${path}`, key })),
  };
}

const EMPTY: ExpectedMount = { files: [], folder: null, names: null, isRewritten: false, gone: [] };

function findPart(mount: JsonObject, container: JsonObject, environment: ExpectedEnvironment): MountedPart | null {
  const expression = readText(mount, 'subPathExpr');
  if (expression === '') return findMountedPart(mount, container);
  const subPath = expandVariables(expression, (name) => environment.variables.get(name)?.text ?? null);
  return subPath === null ? null : findMountedPart({ subPath }, container);
}

interface TreeFile {
  kind: string;
  name: string;
  key: string;
  value: Fingerprint | null;
}

interface Tree {
  /** By their paths in the volume. */
  files: Map<string, TreeFile>;
  /** Files that are asked for, of keys that are not there. */
  gone: { kind: string; name: string; key: string; path: string }[];
  /** False when a config that may not be read has files of any name in it. */
  isComplete: boolean;
}

/** All files of a volume. Of several sources with the same path the last one wins. */
function expectTree(volume: ConfigVolume, find: FindContent): Tree {
  const tree = new Map<string, TreeFile>();
  const gone: Tree['gone'] = [];
  let isComplete = true;
  for (const { kind, name, files } of volume.configs) {
    const content = find(kind, name);
    if (content === 'unseen') {
      if (files === null) {
        isComplete = false;
        // It may have a file of any name, in the place of those before it.
        for (const [path, file] of tree) tree.set(path, { ...file, value: null });
      }
      for (const { key, path } of files ?? []) tree.set(clean(path), { kind, name, key, value: null });
      continue;
    }
    const held = content === 'absent' ? new Map<string, Fingerprint>() : content.files;
    const paths = files ?? [...held.keys()].map((key) => ({ key, path: key }));
    for (const { key, path } of paths) {
      const value = held.get(key);
      if (value === undefined) gone.push({ kind, name, key, path: clean(path) });
      else tree.set(clean(path), { kind, name, key, value });
    }
  }
  // Where a token or a field of the pod has the same path, which of the two is there is not known here.
  for (const path of volume.otherPaths) {
    const file = tree.get(clean(path));
    if (file !== undefined) tree.set(clean(path), { ...file, value: null });
  }
  return { files: tree, gone, isComplete };
}

/** The API takes `a//b` and `./a` for paths in a volume. */
function clean(path: string): string {
  return path
    .split('/')
    .filter((segment) => segment !== '' && segment !== '.')
    .join('/');
}
