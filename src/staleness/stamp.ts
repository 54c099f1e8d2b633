import { createHash, createHmac } from 'node:crypto';
import type { ConfigKind } from '../types.ts';

/** A config as it was read for a stamp. */
export interface StampSource {
  kind: ConfigKind;
  name: string;
  uid: string;
  resourceVersion: string;
  /** All keys with their bytes; `absent` where there is no such config; `null` where the values may not be read. */
  content: ReadonlyMap<string, Uint8Array> | 'absent' | null;
}

/** What a restart recorded on the pod template: what its configs held at that moment, and no more. */
export interface Stamp {
  /** RFC 3339 UTC, the clock of the client that restarted. */
  time: string;
  configs: StampedConfig[];
}

/** One config in a stamp. */
export interface StampedConfig {
  kind: ConfigKind;
  name: string;
  /** As `stampUid` writes it: of a Secret it is a hash, because the uid is the key of its content hashes. */
  uid: string;
  resourceVersion: string;
  /** By key, or one for all keys together; `absent` where there was no such config; `null` where the values could not be read. */
  content: HashedContent | 'absent' | null;
}

/** Hashes by key, or one for all keys together. */
type HashedContent = { by: 'key'; hashes: Record<string, string> } | { by: 'object'; hash: string };

/** A config with more keys is folded to one hash. */
const MAX_KEYS = 32;

/**
 * The annotations of one object may take 262144 bytes together, and each pod carries a copy: beyond this many bytes the largest
 * configs are folded too, then left out.
 * https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set
 */
const MAX_BYTES = 16_384;

/**
 * The value of the stamp annotation: compact JSON, the same for the same input. Contents are only in it as hashes: SHA-256 with
 * the lengths hashed along, so that no two contents collide by where one part ends; of a Secret keyed with its uid.
 *
 * @param time RFC 3339 UTC
 */
export function makeStamp(sources: readonly StampSource[], time: string): string {
  const sorted = [...sources].sort((a, b) => (nameKey(a) < nameKey(b) ? -1 : 1));
  let entries = sorted.map((source) => ({ source, isFolded: false, text: formatSource(source, MAX_KEYS) }));
  let length = formatStamp(time, entries).length;
  while (length > MAX_BYTES && entries.length > 0) {
    const largest = entries.reduce((a, b) => (b.text.length > a.text.length ? b : a));
    if (largest.isFolded) entries = entries.filter((entry) => entry !== largest);
    else {
      largest.isFolded = true;
      largest.text = formatSource(largest.source, 0);
    }
    length = formatStamp(time, entries).length;
  }
  return formatStamp(time, entries);
}

/** The uid as a stamp carries it. */
export function stampUid(kind: ConfigKind, uid: string): string {
  // The uid itself would give every reader of the pod the key to test guesses of the values with.
  return kind === 'Secret' ? shorten(createHash('sha256').update(`uid:${uid}`)) : uid;
}

/** The hash of one key's bytes as a stamp carries it. */
export function hashValue(source: Pick<StampSource, 'kind' | 'uid'>, key: string, value: Uint8Array): string {
  return hashParts(source, [key, value]);
}

/** @param mostKeys with more, all keys together get one hash */
function hashSource(source: StampSource, mostKeys: number): StampedConfig['content'] {
  const { content } = source;
  if (content === null || content === 'absent') return content;
  const entries = [...content].sort(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length > mostKeys) return { by: 'object', hash: hashParts(source, entries.flat()) };
  return { by: 'key', hashes: Object.fromEntries(entries.map(([key, value]) => [key, hashValue(source, key, value)])) };
}

/** Every part with its length before it. */
function hashParts({ kind, uid }: Pick<StampSource, 'kind' | 'uid'>, parts: readonly (string | Uint8Array)[]): string {
  const hash = kind === 'Secret' ? createHmac('sha256', uid) : createHash('sha256');
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    hash.update(`${bytes.length}:`).update(bytes);
  }
  return shorten(hash);
}

/** 96 bits: enough to tell the contents of one key apart, and 16 letters. */
function shorten(hash: { digest(): Buffer }): string {
  return hash.digest().subarray(0, 12).toString('base64url');
}

function nameKey({ kind, name }: { kind: ConfigKind; name: string }): string {
  return `${kind}/${name}`;
}

function formatStamp(time: string, entries: readonly { text: string }[]): string {
  return `{"v":1,"t":${JSON.stringify(time)},"c":[${entries.map(({ text }) => text).join(',')}]}`;
}

function formatSource(source: StampSource, mostKeys: number): string {
  const { kind, name, uid, resourceVersion } = source;
  const content = hashSource(source, mostKeys);
  const named = { n: `${kind.toLowerCase()}/${name}` };
  if (content === 'absent') return JSON.stringify({ ...named, a: true });
  const hashes = content === null ? {} : content.by === 'key' ? { k: content.hashes } : { h: content.hash };
  return JSON.stringify({ ...named, u: stampUid(kind, uid), r: resourceVersion, ...hashes });
}
