import type { ContentDigest } from '../objects/content.ts';
import { objectKey } from '../objects/object-key.ts';
import type { ConfigKind, ConfigObject, ObjectReference } from '../types.ts';
import { isWrittenLater } from './witness.ts';

/** A config as it was at one moment, as far as the API still tells: `absent` when it was not there, `forgotten` when it is past telling. */
export type PastConfig = { config: ConfigObject; content: ContentDigest } | 'absent' | 'forgotten';

/** One question to the API: how was this config when the cluster was at this version? `null` is now. */
export interface HistoryQuestion {
  kind: ConfigKind;
  ref: ObjectReference;
  resourceVersion: string | null;
}

/** What the API has told of the past, by config. */
export class ConfigHistory {
  readonly #answers = new Map<string, { resourceVersion: string | null; past: PastConfig }[]>();

  /** Keeps an answer. */
  add({ ref, resourceVersion }: HistoryQuestion, past: PastConfig): void {
    const key = objectKey(ref);
    const answers = this.#answers.get(key) ?? [];
    answers.push({ resourceVersion, past });
    this.#answers.set(key, answers);
  }

  /** The content of now; `undefined` when nobody asked or it could not be read. */
  findNow(ref: ObjectReference): ContentDigest | undefined {
    const now = this.#answers.get(objectKey(ref))?.find(({ resourceVersion }) => resourceVersion === null)?.past;
    if (now === undefined || now === 'forgotten') return undefined;
    return now === 'absent' ? new Map() : now.content;
  }

  /**
   * The config as it was at a version. What is forgotten at one version is forgotten at every earlier one.
   * `undefined` when nobody asked.
   */
  findAt(ref: ObjectReference, version: string): PastConfig | undefined {
    return this.#answers.get(objectKey(ref))?.find(({ resourceVersion, past }) => {
      if (resourceVersion === version) return true;
      return past === 'forgotten' && resourceVersion !== null && isWrittenLater(resourceVersion, version);
    })?.past;
  }
}

/**
 * The version of the cluster just before an object was last written: a list at exactly that version shows how it was before.
 * `null` for a resourceVersion that is no integer.
 */
export function versionBefore({ resourceVersion }: ConfigObject): string | null {
  return /^[1-9][0-9]{0,30}$/.test(resourceVersion) ? String(BigInt(resourceVersion) - 1n) : null;
}
