import { createHash } from 'node:crypto';
import type { ConfigKind } from '../types.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, readObject } from './json.ts';

/** What a config holds, as a hash of each value by its key: enough to compare, nothing to leak, little to keep. */
export type ContentDigest = ReadonlyMap<string, string>;

/** Hashes the values of a whole ConfigMap or Secret; what has the wrong shape is taken as absent. */
export function digestContent(raw: unknown, kind: ConfigKind): ContentDigest {
  const object = isJsonObject(raw) ? raw : {};
  const digest = new Map<string, string>();
  const add = (values: JsonObject | undefined, encoding: 'utf8' | 'base64') => {
    for (const [key, value] of Object.entries(values ?? {})) {
      if (typeof value !== 'string') continue;
      digest.set(key, createHash('sha256').update(Buffer.from(value, encoding)).digest('base64'));
    }
  };
  add(readObject(object, 'data'), kind === 'Secret' ? 'base64' : 'utf8');
  add(readObject(object, 'binaryData'), 'base64');
  return digest;
}

/**
 * The keys whose values differ, sorted.
 * @param keys the keys that matter; `null` for all of either
 */
export function findDifferentKeys(a: ContentDigest, b: ContentDigest, keys: readonly string[] | null): string[] {
  const compared = keys ?? new Set([...a.keys(), ...b.keys()]);
  return [...compared].filter((key) => a.get(key) !== b.get(key)).sort();
}
