/**
 * Text from the cluster is hostile: control characters, ANSI sequences and bidirectional overrides are shown as
 * escapes (`\x1b`, `\u202e`), so that they cannot move the cursor, recolour or reorder what a person reads.
 * @param text one cell or one line; a newline is escaped too
 */
export function escapeControls(text: string): string {
  return CONTROLS.test(text) ? text.replace(new RegExp(CONTROLS, 'gu'), escapeCharacter) : text;
}

/** The same for a text of several lines, as errors are: newlines stay. */
export function escapeLines(text: string): string {
  return CONTROLS.test(text) ? text.split('\n').map(escapeControls).join('\n') : text;
}

const CONTROLS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

function escapeCharacter(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\t') return '\\t';
  if (character === '\r') return '\\r';
  const code = character.codePointAt(0) ?? 0;
  if (code > 0xffff) return `\\u{${code.toString(16)}}`;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
}

/** A clause as a sentence: with a capital letter and a full stop, and without controls. */
export function makeSentence(clause: string): string {
  const text = escapeControls(clause);
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** `1 workload`, `2 workloads`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** `a`, `a and b`, `a, b and c`; beyond `limit` the rest is counted: `a, b and 7 more`. */
export function joinWords(words: readonly string[], limit = Number.POSITIVE_INFINITY): string {
  const shown = words.length > limit ? [...words.slice(0, limit), `${words.length - limit} more`] : [...words];
  const last = shown.pop();
  if (last === undefined) return '';
  return shown.length === 0 ? last : `${shown.join(', ')} and ${last}`;
}

const SOME = 20;

/** `a,b`, for a cell of a table; of many only some: `a,b,and 9980 more`. */
export function joinSome(words: readonly string[]): string {
  return words.length > SOME ? `${words.slice(0, SOME).join(',')},and ${words.length - SOME} more` : words.join(',');
}
