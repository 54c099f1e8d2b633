/** What one probe watches, as its arguments name it. Paths are those of the container. */
export type Source =
  /** A volume that is mounted as a whole; `null` for all its files. `expect` is the hash of the content that it must have. */
  | { kind: 'volume'; dir: string; keys: readonly string[] | null; expect?: string }
  /** A mounted subPath, and the same file in a volume that is mounted as a whole. */
  | { kind: 'subpath'; file: string; live: string | null }
  /** A variable, and the file with its value. */
  | { kind: 'env'; name: string; file: string }
  /** The variables that `envFrom` makes, and the volume with the same keys. */
  | { kind: 'env-from'; prefix: string; dir: string; keys: readonly string[] | null };

/** The probe takes no more. */
export const MOST_SOURCES = 64;

/** The words of sources, as `command` of a probe holds them. */
export function formatSources(sources: readonly Source[]): string[] {
  return foldVariables(sources).flatMap(formatSource).map(escapeDollars);
}

/** The kubelet replaces `$(NAME)` in the command of a probe, and reads `$$` as a dollar sign. */
export function escapeDollars(word: string): string {
  return word.replaceAll('$', '$$$$');
}

/** The command of a probe without what `escapeDollars` did to it. */
export function unescapeDollars(word: string): string {
  return word.replaceAll('$$', '$');
}

function formatSource(source: Source): string[] {
  switch (source.kind) {
    case 'volume':
      return [
        `--volume=${source.dir}`,
        ...formatKeys(source.keys),
        ...(source.expect === undefined ? [] : [`--expect=${source.expect}`]),
      ];
    case 'subpath':
      return [`--subpath=${source.file}`, ...(source.live === null ? [] : [`--live=${source.live}`])];
    case 'env':
      return [`--env=${source.name}=${source.file}`];
    case 'env-from':
      return [`--env-from=${source.prefix}=${source.dir}`, ...formatKeys(source.keys)];
    default:
      return source satisfies never;
  }
}

function formatKeys(keys: readonly string[] | null): string[] {
  return keys === null ? [] : keys.map((key) => `--key=${key}`);
}

/** Where there are too many sources, variables whose names end in those of their files are told together: they need one source for a prefix. */
function foldVariables(sources: readonly Source[]): readonly Source[] {
  if (sources.length <= MOST_SOURCES) return sources;
  const folded = new Map<string, Source & { kind: 'env-from'; keys: string[] }>();
  const rest: Source[] = [];
  for (const source of sources) {
    const slash = source.kind === 'env' ? source.file.lastIndexOf('/') : -1;
    if (source.kind !== 'env' || !source.name.endsWith(source.file.slice(slash + 1))) {
      rest.push(source);
      continue;
    }
    const key = source.file.slice(slash + 1);
    const dir = source.file.slice(0, slash);
    const prefix = source.name.slice(0, source.name.length - key.length);
    const group = folded.get(`${prefix}=${dir}`) ?? { kind: 'env-from', prefix, dir, keys: [] };
    group.keys.push(key);
    folded.set(`${prefix}=${dir}`, group);
  }
  return [...rest, ...folded.values()];
}

/** How many sources the probe is told. */
export function countSources(sources: readonly Source[]): number {
  return foldVariables(sources).length;
}

/** A source in the words of a table: `/etc/app (app.conf)`, `LEVEL`, `APP_*`. */
export function describeSource(source: Source): string {
  switch (source.kind) {
    case 'volume':
      return source.keys === null ? source.dir : `${source.dir} (${source.keys.join(', ')})`;
    case 'subpath':
      return source.file;
    case 'env':
      return source.name;
    case 'env-from':
      return source.keys === null ? `${source.prefix}*` : source.keys.map((key) => `${source.prefix}${key}`).join(', ');
    default:
      return source satisfies never;
  }
}
