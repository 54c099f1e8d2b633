import type { JsonObject } from '../objects/json.ts';
import { chooseFiles } from './choose-files.ts';
import { chooseVariables } from './choose-variables.ts';
import type { ConfigName, Copies } from './copies.ts';
import type { Mounts } from './mounts.ts';
import { findMounts } from './mounts.ts';
import type { Source } from './source.ts';

/** The keys of a config, as far as they matter here. */
export interface KnownKeys {
  /** Sorted. */
  keys: readonly string[];
  /** Those of `binaryData`, which never become variables. */
  binary: readonly string[];
}

/** What is known beside the pod template, and what is wanted. */
export interface Surroundings {
  /** `null` when its keys are not known. */
  keysOf(config: ConfigName): KnownKeys | null;
  isWatched(config: ConfigName): boolean;
}

/** What the probe of a container watches. */
export interface ChosenSources {
  sources: Source[];
  /** Mounts to add to the container. */
  mounts: { name: string; mountPath: string; readOnly: true }[];
  /** What is left out, and why. */
  notes: string[];
}

/** A source of which the directory of a copy is not known yet. */
export type OpenSource = (dirOf: (config: ConfigName) => string) => Source;

/** What files or variables need. */
export interface Choice {
  sources: OpenSource[];
  /** Configs that have to be copied, with the keys that are needed of them; `null` for all. */
  needs: (ConfigName & { keys: readonly string[] | null })[];
  notes: string[];
}

/** Where to look for sources. */
export interface Looked extends Surroundings {
  podSpec: JsonObject;
  container: JsonObject;
  mounts: Mounts;
}

/** Chooses what the probe of a container has to watch: everything that the container has of configs, and nothing else. */
export function chooseSources(
  podSpec: JsonObject,
  container: JsonObject,
  surroundings: Surroundings,
  copies: Copies,
): ChosenSources {
  const looked = { ...surroundings, podSpec, container, mounts: findMounts(podSpec, container) };
  const choices = [chooseFiles(looked), chooseVariables(looked)];
  const needed = new Map<string, ConfigName & { keys: Set<string> | null }>();
  for (const { kind, name, keys } of choices.flatMap(({ needs }) => needs)) {
    const known = needed.get(`${kind}/${name}`);
    const all = keys === null || known?.keys === null;
    needed.set(`${kind}/${name}`, { kind, name, keys: all ? null : new Set([...(known?.keys ?? []), ...keys]) });
  }
  const mounts: ChosenSources['mounts'] = [];
  const dirs = new Map<string, string>();
  for (const [key, { kind, name, keys }] of needed) {
    const { dir, volume } = copies.add({ kind, name, keys: keys === null ? null : [...keys].sort() });
    dirs.set(key, dir);
    mounts.push({ name: volume, mountPath: dir, readOnly: true });
  }
  const dirOf = ({ kind, name }: ConfigName): string => dirs.get(`${kind}/${name}`) ?? '';
  return {
    sources: choices.flatMap(({ sources }) => sources.map((open) => open(dirOf))),
    mounts,
    notes: choices.flatMap(({ notes }) => notes),
  };
}
