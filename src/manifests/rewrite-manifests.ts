import { parseDocument } from 'yaml';
import type { ReloadError } from '../error.ts';
import type { JsonObject } from '../objects/json.ts';
import { compareJson, isEqualJson } from '../objects/json-edit.ts';
import { editYaml } from './edit-yaml.ts';
import { makeLineAt } from './line-at.ts';
import type { ManifestObject, ManifestText } from './manifest.ts';
import { manifestError } from './manifest.ts';
import { findJsonExtents, parseJson } from './parse-json.ts';
import { parseManifests } from './parse-manifests.ts';
import { eolOf, splitMark } from './text-lines.ts';
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

/** Is told of an object that has to stay as it is written, and why. */
export type OnStuck = (object: ManifestObject, why: ReloadError) => void;

/**
 * A text of YAML with some of its objects changed or taken out. All that stays is written as it was, to the last blank and comment.
 * @param onStuck without it, an object that cannot be changed where it stands ends this
 * @throws ReloadError for such an object
 */
export function rewriteManifests(source: ManifestText, replace: ReplaceObject, onStuck?: OnStuck): string {
  const { mark, rest } = splitMark(source.text);
  const changes = parseManifests(rest, source.file).map((object) => ({ object, value: replace(object) }));
  for (;;) {
    const result = rewrite({ ...source, text: rest }, changes);
    if (typeof result === 'string') return result === '' ? '' : mark + result;
    for (const stuck of result.stuck) {
      const why = notInPlace(stuck.object);
      if (onStuck === undefined) throw why;
      stuck.value = stuck.object.raw;
      onStuck(stuck.object, why);
    }
  }
}

/** What is to become of an object. */
interface Change {
  object: ManifestObject;
  value: JsonObject | null;
}

/** The text with all changes, or those that cannot be made. */
function rewrite(source: ManifestText, changes: readonly Change[]): string | { stuck: Change[] } {
  const changed = changes.filter(({ object, value }) => value !== object.raw);
  if (changed.length === 0) return source.text;
  const parts = splitDocuments(source.text);
  // From the end, so that the places of the members of a List hold.
  for (const change of changed.toReversed()) {
    const { object, value } = change;
    const part = parts.findLast(({ line }) => line <= object.line);
    const edited = part === undefined ? null : edit(part.text, object, value);
    if (part === undefined || edited === null) return { stuck: [change] };
    part.text = edited;
  }
  const kept = parts.map((part) => part.text).join('');
  const text = source.text.endsWith('\n') ? kept : kept.replace(/\r?\n$/, '');
  const expected = changes.filter(({ value }) => value !== null);
  const found = expected.length === 0 ? [] : parseManifests(text, source.file);
  const odd = expected.findIndex(({ value }, index) => !isEqualJson(found[index]?.raw, value));
  if (odd === -1 && found.length === expected.length) return text;
  // An alias elsewhere in the document repeats what was changed.
  const { object } = expected[Math.max(0, odd)] ?? {};
  const around = changed.filter((change) => change.object.document === object?.document);
  return { stuck: around.length > 0 ? around : changed };
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
      if (joined === '') return text;
      const { rest } = splitMark(text);
      const begun = joined.endsWith('\n') ? joined : `${joined}${eolOf(joined)}`;
      return begun + (/^(---|%)/.test(rest) ? '' : `---${eolOf(joined)}`) + rest;
    }, '');
}

/** The text of a document with one of its objects changed, '' without its only one; `null` where that cannot be. */
function edit(text: string, object: ManifestObject, value: JsonObject | null): string | null {
  if (value === null && object.path.length === 0) return '';
  const edits =
    value === null
      ? [{ edit: 'remove', path: object.path } as const]
      : compareJson(object.raw, value).map((one) => ({ ...one, path: [...object.path, ...one.path] }));
  try {
    return editYaml(text, edits);
  } catch (error) {
    if (error instanceof NotInText) return null;
    throw error;
  }
}

function notInPlace({ source, document, line }: ManifestObject): ReloadError {
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
