import { objectKey } from '../objects/object-key.ts';
import type { ConfigRef, Dependency, ObjectSet } from '../types.ts';

/** What is known of the target of a reference. */
export type Target = Pick<Dependency, 'exists' | 'missingKeys'>;

/** Says whether what a reference names is there; nothing is concluded from what could not be looked at. */
export function makeLookUp({ configs, unseen, offline }: ObjectSet): (reference: ConfigRef) => Target {
  const known = new Map(configs.map((config) => [objectKey(config.ref), { config, keys: new Map<string, boolean>() }]));
  return (reference) => {
    const { config } = reference;
    const found = known.get(objectKey(config));
    if (found === undefined) {
      const isHidden = unseen.some(
        ({ kind, namespace }) => kind === config.kind && covers(namespace, config.namespace),
      );
      return { exists: offline || isHidden ? null : false, missingKeys: [] };
    }
    if (reference.keys === null || !found.config.keysComplete) return { exists: true, missingKeys: [] };
    const { keys } = found;
    if (keys.size === 0) for (const { key, binary } of found.config.keys) keys.set(key, binary === true);
    // The kubelet looks for the value of a variable in `data` alone.
    const isMissing = (key: string): boolean => !keys.has(key) || (reference.via === 'env' && keys.get(key) === true);
    return { exists: true, missingKeys: reference.keys.filter(isMissing) };
  };
}

/** True when what is said of a namespace ('' for all) is said of this one. */
export function covers(said: string, namespace: string): boolean {
  return said === '' || said === namespace;
}
