import type { ConfigRef, Via } from '../types.ts';

/** How a container uses a config, as one phrase: `env LOG_LEVEL`, `/etc/web`, `/etc/pg.conf (subPath)`. */
export function describeUse(ref: Pick<ConfigRef, 'via' | 'at' | 'container'>): string {
  switch (ref.via) {
    case 'env':
      return `env ${ref.at}`;
    case 'envFrom':
      return ref.at === '*' ? 'envFrom' : `envFrom ${ref.at}`;
    case 'volume':
      return ref.container === null ? `volume ${ref.at} (not mounted)` : ref.at;
    case 'projected':
      return ref.container === null ? `volume ${ref.at} (not mounted)` : `${ref.at} (projected)`;
    case 'subPath':
      return `${ref.at} (subPath)`;
    case 'imagePullSecret':
      return 'pull secret';
    case 'serviceAccount':
      return `pull secret of serviceaccount/${ref.at}`;
    case 'csi':
      return `secret of volume ${ref.at}`;
    case 'annotation':
      return `annotation ${ref.at}`;
    default:
      return ref.via satisfies never;
  }
}

/** The keys of a use in words: `all keys`, `key LEVEL`, `keys a, b`; '' where the kind of use has no keys of its own. */
export function describeKeys(ref: Pick<ConfigRef, 'via' | 'keys'>): string {
  if (ref.keys === null) return HAS_KEYS.has(ref.via) ? 'all keys' : '';
  return `${ref.keys.length === 1 ? 'key' : 'keys'} ${ref.keys.join(', ')}`;
}

const HAS_KEYS: ReadonlySet<Via> = new Set(['envFrom', 'volume', 'subPath', 'projected']);
