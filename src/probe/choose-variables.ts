import type { JsonObject } from '../objects/json.ts';
import { readObject, readObjects, readText } from '../objects/json.ts';
import type { Choice, KnownKeys, Looked } from './choose-sources.ts';
import type { ConfigName } from './copies.ts';

/**
 * The variables that come from configs, each with a file of the same content. A variable that is set again further down never has the
 * content of its config, and is left out.
 */
export function chooseVariables(looked: Looked): Choice {
  const { container, mounts, isWatched } = looked;
  const choice: Choice = { sources: [], needs: [], notes: [] };
  const variables = new Map(readObjects(container, 'env').map((entry) => [readText(entry, 'name'), entry]));
  for (const [name, entry] of variables) {
    const found = readKeyRef(entry);
    if (name === '' || found === null || !isWatched(found)) continue;
    const { key, ...config } = found;
    const file = mounts.findFile(config, key);
    if (file === null) choice.needs.push({ ...config, keys: [key] });
    choice.sources.push((dirOf) => ({ kind: 'env', name, file: file ?? `${dirOf(config)}/${key}` }));
  }

  const groups = readGroups(container, looked.keysOf);
  groups.forEach((group, index) => {
    const { prefix, config } = group;
    if (!isWatched(config)) return;
    const later = new Set(groups.slice(index + 1).flatMap((other) => namesOf(other)));
    const isReplaced = (name: string): boolean => variables.has(name) || later.has(name);
    const names = group.known?.keys.filter((key) => !group.known?.binary.includes(key)) ?? null;
    const kept = names?.filter((key) => !isReplaced(`${prefix}${key}`)) ?? null;
    // Without a list of keys those count too that are added later, so a list stands only where some must not count.
    const keys = kept === null || kept.length === group.known?.keys.length ? null : kept;
    if (keys?.length === 0) return;
    const folder = mounts.findFolder(config);
    if (folder === null) choice.needs.push({ ...config, keys });
    choice.sources.push((dirOf) => ({ kind: 'env-from', prefix, dir: folder ?? dirOf(config), keys }));
  });
  return choice;
}

/** One entry of `envFrom`. */
interface Group {
  prefix: string;
  config: ConfigName;
  known: KnownKeys | null;
}

function readGroups(container: JsonObject, keysOf: Looked['keysOf']): Group[] {
  return readObjects(container, 'envFrom').flatMap((entry) => {
    const config = readConfigName(readObject(entry, 'configMapRef'), readObject(entry, 'secretRef'));
    if (config === null) return [];
    return [{ prefix: readText(entry, 'prefix'), config, known: keysOf(config) }];
  });
}

function namesOf({ prefix, known }: Group): string[] {
  return known?.keys.filter((key) => !known.binary.includes(key)).map((key) => `${prefix}${key}`) ?? [];
}

function readKeyRef(entry: JsonObject): (ConfigName & { key: string }) | null {
  const from = readObject(entry, 'valueFrom');
  const configMap = readObject(from, 'configMapKeyRef');
  const secret = readObject(from, 'secretKeyRef');
  const config = readConfigName(configMap, secret);
  const key = readText(configMap ?? secret, 'key');
  return config === null || key === '' ? null : { ...config, key };
}

function readConfigName(configMap: JsonObject | undefined, secret: JsonObject | undefined): ConfigName | null {
  const name = readText(configMap ?? secret, 'name');
  return name === '' ? null : { kind: configMap === undefined ? 'Secret' : 'ConfigMap', name };
}
