/** A text, and the byte order mark before it, if there is one. */
export function splitMark(text: string): { mark: string; rest: string } {
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  return { mark, rest: text.slice(mark.length) };
}

/** The text with a part of it replaced. */
export function splice(text: string, begin: number, end: number, words: string): string {
  return text.slice(0, begin) + words + text.slice(end);
}

/** What ends a line of this text. */
export function eolOf(text: string): string {
  return text[text.indexOf('\n') - 1] === '\r' ? '\r\n' : '\n';
}

/** How far a place stands from the beginning of its line. */
export function columnOf(text: string, offset: number): number {
  return offset - beginOfLine(text, offset);
}

/** True when only blanks stand before a place in its line. */
export function isFirstInLine(text: string, offset: number): boolean {
  return text.slice(beginOfLine(text, offset), offset).trim() === '';
}

/** Lines with so many blanks before each. */
export function indentLines(lines: string, column: number, eol: string): string {
  const blanks = ' '.repeat(column);
  return lines
    .split('\n')
    .map((line) => (line === '' ? '' : blanks + line))
    .join(eol);
}

/** Adds lines below the one that a place is in. */
export function addLines(text: string, offset: number, column: number, lines: string): string {
  const eol = eolOf(text);
  const end = text.indexOf('\n', offset);
  const added = indentLines(lines, column, eol);
  return end === -1 ? `${text}${eol}${added}${eol}` : splice(text, end + 1, end + 1, `${added}${eol}`);
}

/** Takes the lines away from one place to another, with what else stands in the first and the last. */
export function removeLines(text: string, begin: number, end: number): string {
  const next = text.indexOf('\n', end);
  return splice(text, beginOfLine(text, begin), next === -1 ? text.length : next + 1, '');
}

function beginOfLine(text: string, offset: number): number {
  return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}
