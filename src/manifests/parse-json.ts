import { makeLineAt } from './line-at.ts';
import type { ManifestDocument, ManifestText } from './manifest.ts';
import { DEEPEST, manifestError } from './manifest.ts';

/** A collection that is open at some place of the text. */
interface Collection {
  /** The keys so far of an object; `null` for a list. */
  keys: Set<string> | null;
  key: string;
}

/**
 * The JSON values of a text, one after another as `kubectl get -o json` and `jq` write them; `null` when it is not JSON (it may be
 * YAML still).
 * @throws ReloadError for a key that an object has twice (parsers silently drop one), and for values nested too deep
 */
export function parseJson(source: ManifestText): ManifestDocument[] | null {
  const values = findJsonExtents(source);
  if (values === null) return null;
  const lineAt = makeLineAt(source.text);
  try {
    return values.map(({ start, end, items }, index) => ({
      value: JSON.parse(source.text.slice(start, end)),
      document: index + 1,
      line: lineAt(start),
      itemLines: items.map(lineAt),
    }));
  } catch {
    return null;
  }
}

/** Where a value lies in a text. */
export interface JsonExtent {
  start: number;
  end: number;
  /** Where the members of its `items` begin. */
  items: number[];
}

/**
 * Where the top-level values of a text and the members of their `items` lie, if they are JSON as far as the brackets tell.
 * @throws as `parseJson`
 */
export function findJsonExtents({ file, text }: ManifestText): JsonExtent[] | null {
  const values: JsonExtent[] = [];
  const open: Collection[] = [];
  const token = /["{}[\],:]|[^\s"{}[\],:]+/g;
  let value: JsonExtent = { start: 0, end: 0, items: [] };
  let isKey = false;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const at = match.index;
    const inner = open.at(-1);
    if (inner === undefined && match[0] !== '{' && match[0] !== '[') return null;
    if (open.length === 2 && inner?.keys === null && open[0]?.key === '"items"' && match[0] === '{')
      value.items.push(at);
    if (match[0] === '{' || match[0] === '[') {
      if (inner === undefined) value = { start: at, end: 0, items: [] };
      open.push({ keys: match[0] === '{' ? new Set() : null, key: '' });
      isKey = match[0] === '{';
      if (open.length > DEEPEST) throw problem(file, text, values.length, at, 'the values are nested too deep');
    } else if (match[0] === '}' || match[0] === ']') {
      open.pop();
      isKey = false;
      if (open.length === 0) values.push({ ...value, end: at + 1 });
    } else if (match[0] === '"') {
      const end = findEnd(text, at);
      if (end === -1) return null;
      token.lastIndex = end;
      if (isKey && inner !== undefined && inner.keys !== null) {
        inner.key = text.slice(at, end);
        if (inner.keys.has(inner.key))
          throw problem(file, text, values.length, at, `the key ${inner.key} is there twice`);
        inner.keys.add(inner.key);
      }
      isKey = false;
    } else if (match[0] === ',') {
      isKey = inner !== undefined && inner.keys !== null;
    }
  }
  return open.length === 0 ? values : null;
}

/** The place after the quote that ends the string; -1 when none does. */
function findEnd(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1) {
    let slashes = 0;
    while (text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote + 1;
    quote = text.indexOf('"', quote + 1);
  }
  return -1;
}

function problem(file: string, text: string, before: number, at: number, message: string): Error {
  return manifestError({ file, document: before + 1, line: makeLineAt(text)(at) }, message);
}
