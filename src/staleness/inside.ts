import { referenceKey } from '../objects/reference-order.ts';
import type { ConfigRef, PodObject } from '../types.ts';

/** What a container holds of one use, against what it would hold if it started now. */
export type Seen =
  | {
      seen: 'same';
      /** Of mounted files: whether the kubelet has written them since the process started; `null` when that could not be told. */
      isRewritten: boolean | null;
    }
  /** The keys whose content differs, sorted. */
  | { seen: 'different'; keys: string[] }
  /** All that the config has is the same, but there is more: of a key that is gone, or from elsewhere, such as the image. */
  | { seen: 'leftover'; leftovers: Leftover[] }
  /** It could not be seen, or not be compared; `isOfImage` when the image has nothing to look with, so that all its containers are alike in that. */
  | { seen: 'nothing'; why: string; isOfImage: boolean };

/** A variable that no config explains. */
export interface Leftover {
  /** The variable. */
  name: string;
  /** The key that it would be of. */
  key: string;
  /** SHA-256 of its value. */
  hash: string;
}

/** What was seen in containers. */
export class Inside {
  readonly #seen = new Map<string, Seen>();

  /** Keeps what was seen of a use. */
  add(pod: Pick<PodObject, 'uid'>, use: ConfigRef, seen: Seen): void {
    this.#seen.set(keyOf(pod, use), seen);
  }

  /** `undefined` when nobody has looked. */
  find(pod: Pick<PodObject, 'uid'>, use: ConfigRef): Seen | undefined {
    return this.#seen.get(keyOf(pod, use));
  }
}

function keyOf({ uid }: Pick<PodObject, 'uid'>, use: ConfigRef): string {
  return `${uid} ${referenceKey(use)}`;
}
