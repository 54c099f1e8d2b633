import { objectKey } from '../src/objects/object-key.ts';
import type { ProbeTarget } from '../src/probe/inject.ts';
import type { ConfigObject } from '../src/types.ts';

/** A function that tells for a namespace what is known of the keys of its configs. */
export function makeKeysOf(configs: readonly ConfigObject[]): (namespace: string) => ProbeTarget['keysOf'] {
  const known = new Map(configs.map((config) => [objectKey(config.ref), config]));
  return (namespace) =>
    ({ kind, name }) => {
      const config = known.get(objectKey({ apiVersion: 'v1', kind, namespace, name }));
      if (config === undefined || !config.keysComplete) return null;
      return {
        keys: config.keys.map(({ key }) => key).sort(),
        binary: config.keys.filter(({ binary }) => binary === true).map(({ key }) => key),
      };
    };
}
