import type { JsonObject } from '../objects/json.ts';
import { isJsonObject, readText } from '../objects/json.ts';
import type { ManifestDocument, ManifestObject, ManifestText } from './manifest.ts';
import { manifestError } from './manifest.ts';
import { parseJson } from './parse-json.ts';
import { parseYaml } from './parse-yaml.ts';
import { splitMark } from './text-lines.ts';

/**
 * The objects of a text: several documents of YAML, or JSON values one after another; the members of Lists each on their own; empty
 * documents passed over. Objects stay as they are.
 * @param file its name in errors
 * @throws ReloadError with file, document and line for text that cannot be parsed and for what is no Kubernetes object
 */
export function parseManifests(text: string, file: string): ManifestObject[] {
  const source = { file, text: splitMark(text).rest };
  return parseDocuments(source).flatMap((document) => listObjects(document, source));
}

function parseDocuments(source: ManifestText): ManifestDocument[] {
  const isJson = /^\s*[{[]/.test(source.text);
  return (isJson ? parseJson(source) : null) ?? parseYaml(source);
}

function listObjects(document: ManifestDocument, source: ManifestText): ManifestObject[] {
  const { value, document: number, line } = document;
  if (value === null || value === undefined) return [];
  const raw = checkObject(value, { file: source.file, document: number, line });
  if (!isList(raw)) return [{ raw, source, document: number, line, path: [] }];
  return raw.items.flatMap((item, index) => {
    const itemLine = document.itemLines[index] ?? line;
    const object = checkObject(nameKind(item, raw), { file: source.file, document: number, line: itemLine });
    if (isList(object)) {
      throw manifestError({ file: source.file, document: number, line: itemLine }, 'a List within a List is not read');
    }
    return { raw: object, source, document: number, line: itemLine, path: ['items', index] };
  });
}

/** `List`, and the lists of the API by kind. */
function isList(object: JsonObject): object is JsonObject & { items: unknown[] } {
  return readText(object, 'kind').endsWith('List') && Array.isArray(object.items);
}

/** The members of the API's own lists (`DeploymentList`) leave out what the list has said. */
function nameKind(item: unknown, list: JsonObject): unknown {
  const kind = readText(list, 'kind').slice(0, -'List'.length);
  if (!isJsonObject(item) || kind === '') return item;
  return { apiVersion: list.apiVersion, kind, ...item };
}

function checkObject(value: unknown, place: { file: string; document: number; line: number }): JsonObject {
  if (!isJsonObject(value)) {
    const found = Array.isArray(value) ? 'a list' : `a ${typeof value === 'string' ? 'text' : typeof value}`;
    throw manifestError(place, `not a Kubernetes object, but ${found}`, HINT);
  }
  for (const field of ['apiVersion', 'kind']) {
    if (readText(value, field) !== '') continue;
    const isSet = value[field] !== undefined && value[field] !== null && value[field] !== '';
    throw manifestError(place, `not a Kubernetes object: ${field} ${isSet ? 'is not a text' : 'is missing'}`, HINT);
  }
  return value;
}

const HINT = 'Every object needs apiVersion and kind. For a directory with a kustomization.yaml use -k.';
