import type { ContentDigest } from '../objects/content.ts';
import { objectKey } from '../objects/object-key.ts';
import type { ConfigKind, ConfigObject, ObjectReference, PodObject } from '../types.ts';
import { isComparable, isWrittenLater } from './witness.ts';

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
  /** By namespace, the uids of the pods that were there at versions. */
  readonly #pods = new Map<string, { version: string; uids: ReadonlySet<string> }[]>();
  /** The namespaces of which this user is not told which pods were there. */
  readonly #unseen = new Set<string>();
  /** The newest version that is forgotten, and the oldest that is not, of those that were asked for. */
  #forgotten: string | null = null;
  #remembered: string | null = null;
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
  addPods({ namespace, resourceVersion: version }: PodQuestion, past: PastPods): void {
    if (past === 'unseen') this.#unseen.add(namespace);
    else if (past === 'forgotten') {
      if (this.#forgotten === null || isWrittenLater(version, this.#forgotten)) this.#forgotten = version;
    } else {
      const answers = this.#pods.get(namespace) ?? [];
      answers.push({ version, uids: past });
      this.#pods.set(namespace, answers);
      if (this.#remembered === null || isWrittenLater(this.#remembered, version)) this.#remembered = version;
    }
  }

  /**
   * True when a pod was not there yet at a version: whatever was last written by then, its containers found.
   * A pod that is there now, and was not, was created later.
   */
  wasAbsent({ ref, uid }: PodObject, version: string): boolean {
    const answers = this.#pods.get(ref.namespace) ?? [];
    return answers.some((answer) => !answer.uids.has(uid) && isSince(answer.version, version));
  }

  /**
   * True when the API no longer tells of one version, but still of another. It forgets what is some minutes old, so that the first is
   * older than the second by minutes, save for the moments in which it last forgot.
   */
  isPast(version: string, than: string): boolean {
    return this.#isForgotten(version) && this.#remembered !== null && isSince(than, this.#remembered);
  }

  /**
   * The version to ask which pods were there at, to learn whether this one was; `null` when there is no more to learn.
   * Where that is forgotten, the version of the pod itself: see `isPast`.
   */
  findPodQuestion(pod: PodObject, version: string): string | null {
    const { ref, uid, resourceVersion: own } = pod;
    const answers = this.#pods.get(ref.namespace) ?? [];
    const isThere = answers.some((answer) => answer.uids.has(uid) && isSince(version, answer.version));
    if (this.#unseen.has(ref.namespace) || isThere || this.wasAbsent(pod, version)) return null;
    if (!this.#isForgotten(version)) return version;
    return this.isPast(version, own) || this.#isForgotten(own) ? null : own;
  }

  #isForgotten(version: string): boolean {
    return this.#forgotten !== null && isSince(this.#forgotten, version);
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
  return isComparable(resourceVersion) && resourceVersion !== '0' ? String(BigInt(resourceVersion) - 1n) : null;
}
