import type { ConfigObject, KeyWrite } from '../types.ts';

/** When what a reference uses was last written, as managedFields tell it. */
export interface KeyChange {
  /** Newest write of the keys used, RFC 3339; `null` when it cannot be told. */
  at: string | null;
  /** The field manager of that write. */
  by: string | null;
  /** The keys used that exist, with their writes. */
  writes: KeyWrite[];
  /** False when a key may have been written without a trace: an owner without a time, or a key without an owner. */
  certain: boolean;
}

/**
 * The newest write of the keys that a reference uses. Nothing is older than the object itself.
 * @param keys `null` for all keys
 */
export function findKeyChange(config: ConfigObject, keys: readonly string[] | null): KeyChange {
  const used = keys === null ? null : new Set(keys);
  const writes = config.keys.filter((write) => used === null || used.has(write.key));
  const known = writes.filter((write): write is KeyWrite & { at: string } => write.at !== null);
  const newest = known.reduce<KeyWrite | undefined>((best, write) => {
    return best?.at != null && best.at >= write.at ? best : write;
  }, undefined);
  const at = newest?.at ?? config.createdAt;
  const owned =
    used === null ? config.keysComplete : [...used].every((key) => writes.some((write) => write.key === key));
  return {
    at,
    by: newest?.by ?? null,
    writes,
    certain: owned && !config.timesIncomplete && known.length === writes.length && at !== null,
  };
}
