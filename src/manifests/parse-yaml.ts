import type { Event } from 'js-yaml';
import { constructFromEvents, EVENT_ID, parseEvents, YAMLException } from 'js-yaml';
import { makeSchema } from '../objects/yaml-schema.ts';
import { checkCopies } from './check-copies.ts';
import { makeLineAt } from './line-at.ts';
import type { ManifestDocument, ManifestText, PathStep } from './manifest.ts';
import { DEEPEST, manifestError } from './manifest.ts';
import { visitPlaces } from './yaml-places.ts';

/** More than anyone writes; each may stand for many values. */
const MOST_ALIASES = 10_000;

/**
 * The documents of a YAML text, read as kubectl reads them.
 * @throws ReloadError with the place of the first mistake, in words that repeat nothing of a value: it may be a Secret's
 */
export function parseYaml(source: ManifestText): ManifestDocument[] {
  const { file, text } = source;
  const events = parse(source);
  const documents = construct(events, source);
  const hasAliases = events.some(({ type }) => type === EVENT_ID.ALIAS);
  const starts: { line: number; itemLines: number[] }[] = [];
  const lineAt = makeLineAt(text);
  visitPlaces(text, events, ({ document, path, offset }) => {
    if (path.length === 0) starts[document - 1] = { line: lineAt(Math.max(0, offset)), itemLines: [] };
    else if (path.length === 2 && path[0] === 'items') starts[document - 1]?.itemLines.push(lineAt(offset));
  });
  return documents.map((value, index) => {
    const { line, itemLines } = starts[index] ?? { line: 1, itemLines: [] };
    if (hasAliases) checkCopies(value, { file, document: index + 1, line });
    return { value, document: index + 1, line, itemLines };
  });
}

/** Where a field of a document begins, or the nearest field around it that is there. */
export function findFieldOffset(source: ManifestText, document: number, wanted: readonly PathStep[]): number {
  let offset = 0;
  visitPlaces(source.text, parse(source), (place) => {
    const isAround = place.document === document && place.path.every((step, index) => step === wanted[index]);
    if (isAround && place.offset >= 0) offset = place.offset;
  });
  return offset;
}

function parse(source: ManifestText): Event[] {
  try {
    return parseEvents(source.text, { maxDepth: DEEPEST });
  } catch (error) {
    throw explain(error, source);
  }
}

function construct(events: Event[], source: ManifestText): unknown[] {
  try {
    return constructFromEvents(events, { source: source.text, schema: makeSchema(), maxAliases: MOST_ALIASES });
  } catch (error) {
    throw explain(error, source);
  }
}

function explain(error: unknown, { file, text }: ManifestText): unknown {
  if (!(error instanceof YAMLException)) return error;
  const offset = error.mark?.position ?? 0;
  const place = { file, document: countDocuments(text.slice(0, offset)), line: makeLineAt(text)(offset) };
  const hint = text.includes('{{')
    ? 'It looks like a template: render it first (helm template) and give the result.'
    : undefined;
  return manifestError(place, describe(error.reason, text.slice(offset, offset + 253)), hint);
}

function describe(reason: string, at: string): string {
  if (reason === 'duplicated mapping key') {
    const key = /^"?([-\w./]+)/.exec(at)?.[1];
    return `${key === undefined ? 'a key' : `the key "${key}"`} is there twice`;
  }
  if (reason.startsWith('nesting exceeded')) return 'the values are nested too deep';
  // What stands in quotes or behind a colon is from the text.
  return `not valid YAML: ${reason.replace(/ ?(["!(]|: ).*$/s, '')}`;
}

/** The number of the document that the text breaks off in. */
function countDocuments(text: string): number {
  const markers = [...text.matchAll(/^---(?=\s|$)/gm)];
  const before = text.slice(0, markers[0]?.index ?? text.length);
  const isImplicit = before.split('\n').some((line) => !/^\s*(#|$|%)/.test(line));
  return Math.max(1, markers.length + (isImplicit && markers.length > 0 ? 1 : 0));
}
