import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { listValues } from '../objects/content.ts';
import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readObject } from '../objects/json.ts';
import { readLastManifest } from '../objects/last-applied.ts';
import { readTexts } from '../objects/metadata.ts';
import type { ConfigKind } from '../types.ts';

/** A value of which nothing is kept but what tells it from others. */
export interface Fingerprint {
  /** SHA-256 of its bytes. */
  hash: string;
  /** Bytes. */
  size: number;
}

/** What a config gives to a container that starts now, by its keys. */
export interface ConfigContent {
  /** As values of variables. A ConfigMap's `binaryData` is not among them: the kubelet takes no variable from it. */
  variables: ReadonlyMap<string, Fingerprint>;
  /** As files. */
  files: ReadonlyMap<string, Fingerprint>;
  /** The hashes of what the last `kubectl apply` gave to keys that are gone, as values of variables. */
  removed: ReadonlyMap<string, string>;
}

/** What is known of a config: its content, that there is none, or that it may not be read. */
export type KnownContent = ConfigContent | 'absent' | 'unseen';

/** Finds what is known of a ConfigMap or Secret of the pod's namespace. */
export type FindContent = (kind: ConfigKind, name: string) => KnownContent;

/** Takes the fingerprints of all values of a raw ConfigMap or Secret; what has the wrong shape is taken as absent. */
export function readConfigContent(raw: unknown, kind: ConfigKind): ConfigContent {
  const object = isJsonObject(raw) ? raw : {};
  const variables = new Map<string, Fingerprint>();
  const files = new Map<string, Fingerprint>();
  for (const { key, bytes, field } of listValues(object, kind)) {
    const file = takeFingerprint(bytes);
    files.set(key, file);
    if (field !== 'data') continue;
    const variable = toVariable(bytes);
    variables.set(key, variable === bytes ? file : takeFingerprint(variable));
  }
  return { variables, files, removed: readRemoved(object, kind) };
}

function readRemoved(object: JsonObject, kind: ConfigKind): Map<string, string> {
  const manifest = readLastManifest(object);
  const data = readObject(object, 'data') ?? {};
  const encoded = kind === 'Secret' ? 'base64' : 'utf8';
  const texts = [
    ...Object.entries(readTexts(manifest, 'data')).map(([key, value]) => ({ key, value, encoding: encoded }) as const),
    ...Object.entries(readTexts(manifest, 'stringData')).map(
      ([key, value]) => ({ key, value, encoding: 'utf8' }) as const,
    ),
  ];
  const removed = texts.filter(({ key }) => !Object.hasOwn(data, key));
  return new Map(
    removed.map(({ key, value, encoding }) => [key, takeFingerprint(toVariable(Buffer.from(value, encoding))).hash]),
  );
}

/** Takes the fingerprint of bytes. */
export function takeFingerprint(bytes: Uint8Array): Fingerprint {
  return { hash: createHash('sha256').update(bytes).digest('base64'), size: bytes.length };
}

const REPLACEMENT = Uint8Array.of(0xef, 0xbf, 0xbd);

/**
 * The bytes of a value as they arrive in an environment. It goes to the container runtime as JSON, which Go's encoder writes with U+FFFD
 * in the place of each byte that is no UTF-8; decoders of JavaScript would write fewer of them.
 */
export function toVariable(bytes: Uint8Array): Uint8Array {
  if (isUtf8(bytes)) return bytes;
  const result = Buffer.alloc(bytes.length * REPLACEMENT.length);
  let end = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = runeLength(bytes, at);
    result.set(length === 0 ? REPLACEMENT : bytes.subarray(at, at + length), end);
    end += length || REPLACEMENT.length;
    at += Math.max(1, length);
  }
  return result.subarray(0, end);
}

/** Bytes of the character that begins here; 0 for a byte that begins none. */
function runeLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  const rune = bytes.subarray(at, at + length);
  return rune.length === length && isUtf8(rune) ? length : 0;
}
