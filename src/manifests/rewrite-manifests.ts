import { parseDocument } from 'yaml';
import type { JsonObject } from '../objects/json.ts';
import { compareJson, isEqualJson } from '../objects/json-edit.ts';
import { editYaml } from './edit-yaml.ts';
import { makeLineAt } from './line-at.ts';
import type { ManifestObject, ManifestText } from './manifest.ts';
import { manifestError } from './manifest.ts';
import { findJsonExtents, parseJson } from './parse-json.ts';
import { parseManifests } from './parse-manifests.ts';
import { NotInText } from './yaml-extent.ts';
import { formatBlock, reformatJson } from './yaml-fragment.ts';

/** What becomes of one object of a text: another value of it, or `null` for none. */
export type ReplaceObject = (object: ManifestObject) => JsonObject | null;

/**
 * The same objects as YAML: JSON is written anew, YAML stays as it is.
 * @throws ReloadError for JSON that `parseManifests` refuses, or that YAML cannot say
 */
export function toYaml({ file, text }: ManifestText): ManifestText {
  if (!/^\s*[{[]/.test(text) || parseJson({ file, text }) === null) return { file, text };
  const extents = findJsonExtents({ file, text }) ?? [];
  const documents = extents.map(({ start, end }, index) => {
    const document = parseDocument(text.slice(start, end), { uniqueKeys: false, logLevel: 'error' });
    if (document.errors.length === 0) return reformatJson(document);
    const place = { file, document: index + 1, line: makeLineAt(text)(start) };
    throw manifestError(place, 'it cannot be written as YAML: a key is too long, or the values are nested too deep');
  });
  return { file, text: documents.join('---\n') };
}

/**
 * A text of YAML with some of its objects changed or taken out. All that stays is written as it was, to the last blank and comment.
 * @throws ReloadError for an object that cannot be changed where it stands
 */
export function rewriteManifests(source: ManifestText, replace: ReplaceObject): string {
  const objects = parseManifests(source.text, source.file);
  const parts = splitDocuments(source.text);
  const expected: JsonObject[] = [];
  const dropped = new Set<number>();
  const changes = objects.map((object) => ({ object, value: replace(object) }));
  for (const { value } of changes) if (value !== null) expected.push(value);
  // From the end, so that the places of the members of a List hold.
  for (const { object, value } of changes.toReversed()) {
    if (value === object.raw) continue;
    const at = parts.findLastIndex(({ line }) => line <= object.line);
    const part = parts[at];
    if (part === undefined) throw notInPlace(object);
    if (value === null && object.path.length === 0) dropped.add(at);
    else part.text = edit(part.text, object, value);
  }
  const text = parts.flatMap((part, index) => (dropped.has(index) ? [] : [part.text])).join('');
  const found = expected.length === 0 ? [] : parseManifests(text, source.file);
  const odd = expected.findIndex((value, index) => !isEqualJson(found[index]?.raw, value));
  const [first] = changes;
  // An alias elsewhere repeats what was changed here.
  if (odd !== -1 || found.length !== expected.length) {
    const wrong = changes.filter(({ value }) => value !== null)[Math.max(0, odd)] ?? first;
    if (wrong !== undefined) throw notInPlace(wrong.object);
  }
  return text;
}

/** Adds objects behind all others. */
export function appendObjects(text: string, objects: readonly JsonObject[]): string {
  return joinTexts([text, ...objects.map((object) => `${formatBlock(object)}\n`)]);
}

/** Texts of YAML one behind the other, as one. */
export function joinTexts(texts: readonly string[]): string {
  return texts
    .filter((text) => text.trim() !== '')
    .reduce((joined, text) => {
      const begun = joined === '' || joined.endsWith('\n') ? joined : `${joined}\n`;
      return begun + (joined === '' || /^(---|%)/.test(text) ? '' : '---\n') + text;
    }, '');
}

function edit(text: string, object: ManifestObject, value: JsonObject | null): string {
  const edits =
    value === null
      ? [{ edit: 'remove', path: object.path } as const]
      : compareJson(object.raw, value).map((one) => ({ ...one, path: [...object.path, ...one.path] }));
  try {
    return editYaml(text, edits);
  } catch (error) {
    if (error instanceof NotInText) throw notInPlace(object);
    throw error;
  }
}

function notInPlace({ source, document, line }: ManifestObject): Error {
  return manifestError(
    { file: source.file, document, line },
    'it cannot be changed where it stands: a part of it comes from an alias (*) or a merge (<<)',
    'Write that part out, or render the manifest first.',
  );
}

/** The documents of a text, each with the line that begins it, and the line of its first letter, counted from 1. */
function splitDocuments(text: string): { text: string; line: number }[] {
  const parts: { text: string; line: number }[] = [];
  let isEnded = true;
  let line = 0;
  // No text of several lines can have such a line in it: https://yaml.org/spec/1.2.2/#rule-c-forbidden
  for (const [words] of text.matchAll(/[^\n]*\n|[^\n]+$/g)) {
    line++;
    const part = parts.at(-1);
    if (part === undefined || isEnded || /^---(\s|$)/.test(words)) parts.push({ text: words, line });
    else part.text += words;
    isEnded = /^\.\.\.(\s|$)/.test(words);
  }
  return parts;
}
