import type { ProbeTarget } from '../src/probe/inject.ts';
import type { ConfigObject } from '../src/types.ts';

/** What is known of the keys of the configs in a namespace. */
export function makeKeysOf(configs: readonly ConfigObject[], namespace: string): ProbeTarget['keysOf'] {
  return ({ kind, name }) => {
    const config = configs.find(({ ref }) => ref.kind === kind && ref.name === name && ref.namespace === namespace);
    if (config === undefined || !config.keysComplete) return null;
    return {
      keys: config.keys.map(({ key }) => key).sort(),
      binary: config.keys.filter(({ binary }) => binary === true).map(({ key }) => key),
    };
  };
}
