import type { ContentDigest } from '../objects/content.ts';
import { objectKey } from '../objects/object-key.ts';
import type { ConfigKind, ConfigObject, ObjectReference, PodObject } from '../types.ts';
import { isWrittenLater } from './witness.ts';

/** A config as it was at one moment, as far as the API still tells: `absent` when it was not there, `forgotten` when it is past telling. */
export type PastConfig = { config: ConfigObject; content: ContentDigest } | 'absent' | 'forgotten';

/** One question to the API: how was this config when the cluster was at this version? `null` is now. */
export interface HistoryQuestion {
  kind: ConfigKind;
  ref: ObjectReference;
  resourceVersion: string | null;
}

/** Another question: which pods were there when the cluster was at this version? */
export interface PodQuestion {
  namespace: string;
  resourceVersion: string;
}

/** Their uids; `forgotten` when it is past telling for everybody, `unseen` when it is not told to this user. */
export type PastPods = ReadonlySet<string> | 'forgotten' | 'unseen';

/** What the API has told of the past. */
export class ConfigHistory {
  readonly #pods: (PodQuestion & { past: PastPods })[] = [];
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
    const answer = this.#answers.get(objectKey(ref))?.find(({ resourceVersion, past }) => {
      if (resourceVersion === version) return true;
      return past === 'forgotten' && resourceVersion !== null && isWrittenLater(resourceVersion, version);
    });
    return answer?.past ?? (this.#isForgotten(version) ? 'forgotten' : undefined);
  }

  /** Keeps an answer. */
  addPods(question: PodQuestion, past: PastPods): void {
    this.#pods.push({ ...question, past });
  }

  /**
   * True when a pod was not there yet at a version: whatever was last written by then, its containers found.
   * A pod that is there now, and was not, was created later.
   */
  wasAbsent({ ref, uid }: PodObject, version: string): boolean {
    return this.#pods.some(
      ({ namespace, resourceVersion, past }) =>
        past instanceof Set && namespace === ref.namespace && isSince(resourceVersion, version) && !past.has(uid),
    );
  }

  /**
   * True when the API no longer tells of one version, but still of another. It forgets what is some minutes old, so that the first is
   * older than the second by minutes, save for the moments in which it last forgot.
   */
  isPast(version: string, than: string): boolean {
    return (
      this.#isForgotten(version) &&
      this.#pods.some(({ resourceVersion, past }) => past instanceof Set && isSince(than, resourceVersion))
    );
  }

  /**
   * The version to ask which pods were there at, to learn whether this one was; `null` when there is no more to learn.
   * Where that is forgotten, the version of the pod itself: see `isPast`.
   */
  findPodQuestion(pod: PodObject, version: string): string | null {
    const { ref, uid, resourceVersion: own } = pod;
    const isUnseen = this.#pods.some(({ namespace, past }) => past === 'unseen' && namespace === ref.namespace);
    const isThere = this.#pods.some(
      ({ past, resourceVersion }) => past instanceof Set && past.has(uid) && isSince(version, resourceVersion),
    );
    if (isUnseen || isThere || this.wasAbsent(pod, version)) return null;
    if (!this.#isForgotten(version)) return version;
    return this.isPast(version, own) || this.#isForgotten(own) ? null : own;
  }

  #isForgotten(version: string): boolean {
    return this.#pods.some(({ resourceVersion, past }) => past === 'forgotten' && isSince(resourceVersion, version));
  }
}

/** True when the first version was given out later than the second, or is the same. */
function isSince(version: string, other: string): boolean {
  return version === other || isWrittenLater(version, other);
}

/**
 * The version of the cluster just before an object was last written: a list at exactly that version shows how it was before.
 * `null` for a resourceVersion that is no integer.
 */
export function versionBefore({ resourceVersion }: ConfigObject): string | null {
  return /^[1-9][0-9]{0,30}$/.test(resourceVersion) ? String(BigInt(resourceVersion) - 1n) : null;
}
