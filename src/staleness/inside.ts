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

/** What an environment tells of where variables come from. */
export interface ContainerEnvironment {
  container: string;
  /** The image that it runs, by its content; '' where that is not known. */
  image: string;
  names: ReadonlySet<string>;
  /** The prefixes of its `envFrom` entries. */
  prefixes: readonly string[];
  /** The names of its `env` entries. */
  declared: ReadonlySet<string>;
  /** Those variables that neither the pod, as configs are now, nor the container runtime sets, with the hashes of their values. */
  extras: ReadonlyMap<string, string>;
}

/** Where a variable comes from that no config has now: all of one image have it, or it was a key's. */
export type Origin = 'image' | 'key' | 'unknown';

/** What was seen in containers. */
export class Inside {
  readonly #seen = new Map<string, Seen>();
  readonly #images = new Map<string, string>();
  readonly #ofImage = new Map<string, Set<string>>();
  readonly #common = new Map<string, ReadonlySet<string>>();

  /** Keeps what was seen of a use. */
  add(pod: Pick<PodObject, 'uid'>, use: ConfigRef, seen: Seen): void {
    this.#seen.set(keyOf(pod, use), seen);
  }

  /**
   * Keeps what the environment of a container tells of other containers of the same image.
   * @param isClaimed tells of an extra variable whether a config that may have changed since the start can have set it
   */
  addEnvironment(
    pod: Pick<PodObject, 'uid' | 'labels'>,
    { container, image, names, extras }: ContainerEnvironment,
    isClaimed: (name: string) => boolean,
  ): void {
    if (image === '') return;
    const of = this.#ofImage.get(image) ?? new Set<string>();
    for (const [name, hash] of extras) if (!isClaimed(name)) of.add(`${name}=${hash}`);
    this.#ofImage.set(image, of);
    this.#images.set(`${pod.uid} ${container}`, image);
    const kin = kinOf(pod, container, image);
    const common = this.#common.get(kin);
    this.#common.set(kin, common === undefined ? names : new Set([...common].filter((name) => names.has(name))));
  }

  /**
   * Where a variable comes from that no config has now. What a container of the same image shows without any config that can have set it, is
   * of the image. What one of the same template does not show, is not: it was a key's.
   */
  findOrigin(pod: Pick<PodObject, 'uid' | 'labels'>, container: string, { name, hash }: Leftover): Origin {
    const image = this.#images.get(`${pod.uid} ${container}`);
    if (image === undefined) return 'unknown';
    if (this.#ofImage.get(image)?.has(`${name}=${hash}`)) return 'image';
    return this.#common.get(kinOf(pod, container, image))?.has(name) === false ? 'key' : 'unknown';
  }

  /** `undefined` when nobody has looked. */
  find(pod: Pick<PodObject, 'uid'>, use: ConfigRef): Seen | undefined {
    return this.#seen.get(keyOf(pod, use));
  }
}

/** Containers of one place in one template: devices and hooks of their node set the same variables for all of them. */
function kinOf(pod: Pick<PodObject, 'uid' | 'labels'>, container: string, image: string): string {
  return `${templateOf(pod)} ${container} ${image}`;
}

/** What template a pod was made from; a pod that does not tell has one of its own. */
export function templateOf({ labels, uid }: Pick<PodObject, 'uid' | 'labels'>): string {
  const {
    'pod-template-hash': hash,
    'rollouts-pod-template-hash': rollouts,
    'controller-revision-hash': revision,
  } = labels;
  return hash ?? rollouts ?? revision ?? uid;
}

function keyOf({ uid }: Pick<PodObject, 'uid'>, use: ConfigRef): string {
  return `${uid} ${referenceKey(use)}`;
}
