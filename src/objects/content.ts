import { createHash } from 'node:crypto';
import type { ConfigKind } from '../types.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject } from './json.ts';
import { readTexts } from './metadata.ts';

/** The fields of a config that hold values: a variable can take its value only from `data`. */
export type ContentField = 'data' | 'binaryData';

/** The values of a whole ConfigMap or Secret, decoded; what has the wrong shape is passed over. */
export function* listValues(
  raw: JsonObject,
  kind: ConfigKind,
): Generator<{ key: string; bytes: Uint8Array; field: ContentField }> {
  for (const field of ['data', 'binaryData'] as const) {
    const encoding = kind === 'Secret' || field === 'binaryData' ? 'base64' : 'utf8';
    for (const [key, value] of Object.entries(readTexts(raw, field))) {
      yield { key, bytes: Buffer.from(value, encoding), field };
    }
  }
}

/** What a config holds, as a hash of each value by its key: enough to compare, nothing to leak, little to keep. */
export type ContentDigest = ReadonlyMap<string, string>;

/** Hashes the values of a whole ConfigMap or Secret; what has the wrong shape is taken as absent. */
export function digestContent(raw: unknown, kind: ConfigKind): ContentDigest {
  const digest = new Map<string, string>();
  for (const { key, bytes } of listValues(isJsonObject(raw) ? raw : {}, kind)) {
    digest.set(key, createHash('sha256').update(bytes).digest('base64'));
  }
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
