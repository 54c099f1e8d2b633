import type { Pair, ParsedNode, YAMLMap, YAMLSeq } from 'yaml';
import { isMap, isScalar, isSeq } from 'yaml';

/** A field of a mapping as it was parsed. */
export type Field = Pair<ParsedNode, ParsedNode | null>;

/** A place that cannot be changed by itself: it comes from an alias or a merge, or is written in a way that nobody writes. */
export class NotInText extends Error {}

/** Where the name of a field begins. */
export function startOfField({ key }: Field): number {
  return key.range[0];
}

/** Behind the colon of a field. */
export function colonOf({ srcToken }: Field): number {
  const colon = srcToken?.sep?.find(({ type }) => type === 'map-value-ind');
  if (colon === undefined) throw new NotInText();
  return colon.offset + 1;
}

/** Behind the last letter of a field. */
export function endOfField(field: Field): number {
  const { value } = field;
  // Where no value is written, the parser puts one behind the comments.
  return value === null || isUnset(value) ? colonOf(field) : endOfNode(value);
}

/** True for the value of `annotations:`. */
export function isUnset(value: ParsedNode | null): boolean {
  return isScalar(value) && value.value === null && value.source === '';
}

/** True for a mapping or a list without brackets. */
export function isInLines(node: ParsedNode | null): boolean {
  return (isMap(node) || isSeq(node)) && node.flow !== true;
}

/** Behind the last letter of a value: what stands in lines would count the comments below as its own. */
export function endOfNode(node: ParsedNode): number {
  if (isInLines(node)) {
    const last = isMap(node) || isSeq(node) ? node.items.at(-1) : undefined;
    if (isMap(node) && last !== undefined) return endOfField(lastField(node));
    if (isSeq(node) && last !== undefined) return endOfNode(memberOf(node, node.items.length - 1));
  }
  const [begin, end] = node.range;
  // A text in lines of its own has the last line feed too, which is the end of a line like any other.
  const isText = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
  return isText && end - 1 > begin ? end - 1 : end;
}

/** The last field of a mapping. */
export function lastField(map: YAMLMap.Parsed): Field {
  const field = map.items.at(-1);
  if (field === undefined) throw new NotInText();
  return field;
}

/** A member of a list. */
export function memberOf(list: YAMLSeq.Parsed, place: number): ParsedNode {
  const member = list.items[place];
  if (member === undefined || !('range' in member)) throw new NotInText();
  return member;
}

/** Where the dash of a member stands. */
export function dashOf(list: YAMLSeq.Parsed, place: number): number {
  const { srcToken } = list;
  const token = srcToken?.type === 'block-seq' ? srcToken.items[place] : undefined;
  const dash = token?.start.find(({ type }) => type === 'seq-item-ind');
  if (dash === undefined) throw new NotInText();
  return dash.offset;
}
