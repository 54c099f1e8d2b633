import type { JsonObject } from '../objects/json.ts';
import { parseJsonObject, readObject, readObjects, readText } from '../objects/json.ts';
import type { ConfigKind } from '../types.ts';
import type { Stamp, StampedConfig } from './stamp.ts';

/**
 * Reads a stamp that `makeStamp` wrote, be it by an older or a newer version of this program: what it does not know it passes over.
 * `null` for anything that is no stamp or is damaged: a stamp is only ever a help, so half of one is none.
 */
export function parseStamp(text: string): Stamp | null {
  const stamp = parseJsonObject(text);
  const time = readText(stamp, 't');
  if (stamp === undefined || stamp.v !== 1 || Number.isNaN(Date.parse(time)) || !Array.isArray(stamp.c)) return null;
  const configs = readObjects(stamp, 'c').map(parseConfig);
  if (configs.length !== stamp.c.length) return null;
  const known = configs.filter((config) => config !== null);
  return known.length === configs.length ? { time, configs: known } : null;
}

function parseConfig(config: JsonObject): StampedConfig | null {
  const [word = '', name = ''] = readText(config, 'n').split('/');
  const kind = CONFIG_KINDS.get(word);
  const uid = readText(config, 'u');
  const resourceVersion = readText(config, 'r');
  if (kind !== undefined && name !== '' && config.a === true) {
    return { kind, name, uid: '', resourceVersion: '', content: 'absent' };
  }
  if (kind === undefined || name === '' || uid === '' || resourceVersion === '') return null;
  const base = { kind, name, uid, resourceVersion };
  if (config.k !== undefined) {
    const hashes = Object.entries(readObject(config, 'k') ?? { '': null });
    const texts = hashes.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    return texts.length === hashes.length
      ? { ...base, content: { by: 'key', hashes: Object.fromEntries(texts) } }
      : null;
  }
  if (config.h !== undefined) {
    return typeof config.h === 'string' ? { ...base, content: { by: 'object', hash: config.h } } : null;
  }
  return { ...base, content: null };
}

const CONFIG_KINDS: ReadonlyMap<string, ConfigKind> = new Map([
  ['configmap', 'ConfigMap'],
  ['secret', 'Secret'],
]);
