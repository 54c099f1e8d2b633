import type { ParsedNode, YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { isJsonObject } from '../objects/json.ts';
import type { JsonEdit, JsonPath } from '../objects/json-edit.ts';
import { addLines, columnOf, eolOf, indentLines, isFirstInLine, removeLines, splice } from './text-lines.ts';
import type { Field } from './yaml-extent.ts';
import {
  colonOf,
  dashOf,
  endOfField,
  endOfNode,
  isInLines,
  isUnset,
  lastField,
  memberOf,
  NotInText,
  startOfField,
} from './yaml-extent.ts';
import { formatBlock, formatFlow } from './yaml-fragment.ts';

/**
 * Makes changes in one document of YAML and leaves every other letter as it is: comments, order, quotes, indentation.
 * @param text of one document, with or without the line that begins it
 * @throws NotInText for a place that cannot be changed by itself
 */
export function editYaml(text: string, edits: readonly JsonEdit[]): string {
  return edits.reduce(editOnce, text);
}

function editOnce(text: string, edit: JsonEdit): string {
  const { contents } = parseDocument(text, {
    keepSourceTokens: true,
    version: '1.1',
    uniqueKeys: false,
    // A warning of the parser goes straight to the terminal, with a part of the text.
    logLevel: 'error',
  });
  const step = edit.path.at(-1);
  if (contents === null || step === undefined) throw new NotInText();
  const around = edit.path.slice(0, -1).reduce<Place>(enter, { text, node: contents, owner: null });
  switch (edit.edit) {
    case 'set':
      return setField(around, String(step), edit.value);
    case 'insert':
      return insertMember(around, Number(step), edit.value);
    case 'remove':
      return typeof step === 'number' ? removeMember(around, step) : removeField(around, step);
    default:
      return edit satisfies never;
  }
}

/** A value of the document, and the field that holds it; `null` for the document itself and for members of lists. */
interface Place {
  text: string;
  node: ParsedNode;
  owner: { map: YAMLMap.Parsed; field: Field } | null;
}

function enter({ text, node }: Place, step: JsonPath[number]): Place {
  if (typeof step === 'number') return { text, node: checkNode(memberOf(checkList(node), step)), owner: null };
  const map = checkMap(node);
  const field = findField(map, step);
  if (field === undefined) throw new NotInText();
  return { text, node: checkNode(field.value), owner: { map, field } };
}

function checkNode(node: ParsedNode | null): ParsedNode {
  if (node === null || isAlias(node)) throw new NotInText();
  return node;
}

function checkMap(node: ParsedNode): YAMLMap.Parsed {
  if (!isMap(node)) throw new NotInText();
  return node;
}

function checkList(node: ParsedNode): YAMLSeq.Parsed {
  if (!isSeq(node)) throw new NotInText();
  return node;
}

function findField(map: YAMLMap.Parsed, name: string): Field | undefined {
  return map.items.find(({ key }) => isScalar(key) && (key.source ?? String(key.value)) === name);
}

function setField({ text, node, owner }: Place, name: string, value: unknown): string {
  // A field that is there without a value: `annotations:`.
  if (isScalar(node) && node.value === null && owner !== null) return setValue(text, owner, { [name]: value });
  const map = checkMap(node);
  const field = findField(map, name);
  if (field !== undefined) return setValue(text, { map, field }, value);
  if (map.items.length === 0 && owner !== null && isInLines(owner.map)) return setValue(text, owner, { [name]: value });
  if (map.flow === true) {
    const words = `${formatFlow(name)}: ${formatFlow(value)}`;
    if (map.items.length === 0) return splice(text, map.range[0] + 1, map.range[0] + 1, words);
    const end = endOfField(lastField(map));
    return splice(text, end, end, `, ${words}`);
  }
  const [first] = map.items;
  if (first === undefined) throw new NotInText();
  const column = columnOf(text, startOfField(first));
  return addLines(text, endOfField(lastField(map)), column, formatBlock({ [name]: value }));
}

/** Gives a field another value. */
function setValue(text: string, { map, field }: { map: YAMLMap.Parsed; field: Field }, value: unknown): string {
  const { value: node } = field;
  const end = endOfField(field);
  const isEmpty = typeof value !== 'object' || value === null || Object.keys(value).length === 0;
  if (map.flow === true || isEmpty) {
    const isBelow = node === null || isUnset(node) || isInLines(node);
    // Nobody writes the word null in lines.
    const words = value === null && map.flow !== true ? '' : formatFlow(value);
    const begin = isBelow || words === '' ? colonOf(field) : node.range[0];
    const comment = isBelow ? commentAt(text.slice(begin, end)) : '';
    return splice(text, begin, end, `${isBelow && words !== '' ? ' ' : ''}${words}${comment}`);
  }
  const column = columnOf(text, startOfField(field));
  if (node !== null && isInLines(node)) {
    const least = column + (isJsonObject(value) ? 2 : 0);
    const eol = eolOf(text);
    const lines = indentLines(formatBlock(value), Math.max(columnOf(text, node.range[0]), least), eol);
    return splice(text, colonOf(field), end, `${eol}${lines}`);
  }
  // What stood in the line goes, and a comment behind it stays.
  return addLines(splice(text, colonOf(field), end, ''), colonOf(field), column + 2, formatBlock(value));
}

/** The comment between a colon and the lines of its value. */
function commentAt(text: string): string {
  return /^[ \t]+#[^\r\n]*/.exec(text)?.[0] ?? '';
}

function insertMember({ text, node, owner }: Place, at: number, value: unknown): string {
  const list = checkList(node);
  const { length } = list.items;
  if (length === 0 && owner !== null && isInLines(owner.map)) return setValue(text, owner, [value]);
  if (list.flow === true) {
    if (length === 0) return splice(text, list.range[0] + 1, list.range[0] + 1, formatFlow(value));
    const place = at < length ? memberOf(list, at).range[0] : endOfNode(memberOf(list, length - 1));
    const words = formatFlow(value);
    return splice(text, place, place, at < length ? `${words}, ` : `, ${words}`);
  }
  const column = columnOf(text, dashOf(list, 0));
  const lines = formatBlock([value]);
  if (at >= length) return addLines(text, endOfNode(memberOf(list, length - 1)), column, lines);
  const eol = eolOf(text);
  const dash = dashOf(list, at);
  return splice(text, dash, dash, `${indentLines(lines, column, eol).trimStart()}${eol}${' '.repeat(column)}`);
}

function removeField(place: Place, name: string): string {
  const { text } = place;
  const map = checkMap(place.node);
  const field = findField(map, name);
  if (field === undefined) throw new NotInText();
  if (map.items.length === 1) return emptyValue(place, {});
  const at = map.items.indexOf(field);
  const before = map.items[at - 1];
  const next = map.items[at + 1];
  const begin = startOfField(field);
  if (isInLines(map) && isFirstInLine(text, begin)) return removeLines(text, begin, endOfField(field));
  if (next !== undefined) return splice(text, begin, startOfField(next), '');
  if (before === undefined) throw new NotInText();
  return splice(text, endOfField(before), endOfField(field), '');
}

function removeMember(place: Place, at: number): string {
  const { text } = place;
  const list = checkList(place.node);
  const { length } = list.items;
  if (length === 1) return emptyValue(place, []);
  const member = memberOf(list, at);
  if (isInLines(list)) {
    const dash = dashOf(list, at);
    if (isFirstInLine(text, dash)) return removeLines(text, dash, endOfNode(member));
    return splice(text, dash, dashOf(list, at + 1), '');
  }
  if (at + 1 < length) return splice(text, member.range[0], memberOf(list, at + 1).range[0], '');
  return splice(text, endOfNode(memberOf(list, at - 1)), endOfNode(member), '');
}

/** What loses its last member stays as what is empty. */
function emptyValue({ text, node, owner }: Place, value: object): string {
  if (owner !== null) return setValue(text, owner, value);
  return splice(text, node.range[0], endOfNode(node), formatFlow(value));
}
