import { ReloadError } from '../error.ts';

/** The fields of one mapping, read with the types that they must have. Absent and `null` give the empty value. */
export interface Fields {
  /** @throws ReloadError when the field is no string, as each of the others does for its type */
  text(name: string): string;
  flag(name: string): boolean;
  texts(name: string): string[];
  /** Each entry of a list of mappings. */
  list(name: string): Fields[];
  /** A nested mapping; `undefined` when it is absent. */
  fields(name: string): Fields | undefined;
  names(): string[];
  /** As it stands. */
  raw(name: string): unknown;
}

/**
 * Reads a parsed YAML or JSON mapping.
 * @param at where it stands in the file, for error messages: `users[0].user`
 */
export function readFields(value: unknown, at = ''): Fields {
  if (!isMapping(value)) throw new ReloadError(`${at || 'the document'} must be a mapping, not ${describe(value)}`);
  const where = (name: string) => (at ? `${at}.${name}` : name);
  const get = (name: string): unknown => (Object.hasOwn(value, name) ? (value[name] ?? undefined) : undefined);
  const wrong = (name: string, expected: string, found: unknown) =>
    new ReloadError(`${where(name)} must be ${expected}, not ${describe(found)}`);

  const list = (name: string): unknown[] => {
    const found = get(name);
    if (found === undefined) return [];
    if (!Array.isArray(found)) throw wrong(name, 'a list', found);
    return found;
  };

  return {
    text(name) {
      const found = get(name);
      if (found === undefined) return '';
      if (typeof found !== 'string') throw wrong(name, 'a string', found);
      return found;
    },
    flag(name) {
      const found = get(name);
      if (found === undefined) return false;
      if (typeof found !== 'boolean') throw wrong(name, 'true or false', found);
      return found;
    },
    texts(name) {
      return list(name).map((entry, index) => {
        if (typeof entry !== 'string') throw wrong(`${name}[${index}]`, 'a string', entry);
        return entry;
      });
    },
    list: (name) => list(name).map((entry, index) => readFields(entry ?? {}, where(`${name}[${index}]`))),
    fields(name) {
      const found = get(name);
      return found === undefined ? undefined : readFields(found, where(name));
    },
    names: () => Object.keys(value),
    raw: get,
  };
}

/** A JSON object: neither `null`, nor a list, nor a plain value. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Never the value itself: it may be a secret. */
function describe(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'a mapping' : `a ${typeof value}`;
}
