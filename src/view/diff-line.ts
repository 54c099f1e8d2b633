/** Letters of one line that a terminal is shown; a minified file is one line. */
const LONGEST = 1000;
/** Letters before the first difference that are shown with it. */
const LEAD = 60;

/**
 * The lines of hunks with the too long ones cut. Of a line that was removed and the one that took its place, what is shown begins near
 * the first difference.
 */
export function cutLines(lines: readonly string[]): string[] {
  if (lines.every((line) => line.length <= LONGEST)) return [...lines];
  const starts = findStarts(lines);
  return lines.map((line, index) => (line.length <= LONGEST ? line : cutLine(line, starts.get(index) ?? 1)));
}

/** Where to begin with a line, by its number: only for long ones with a partner. */
function findStarts(lines: readonly string[]): Map<number, number> {
  const starts = new Map<number, number>();
  let index = 0;
  while (index < lines.length) {
    const removed = countFrom(lines, index, '-');
    const added = countFrom(lines, index + removed, '+');
    for (let pair = 0; pair < Math.min(removed, added); pair++) {
      const [a, b] = [index + pair, index + removed + pair];
      const start = Math.max(1, countAlike(lines[a] ?? '', lines[b] ?? '') - LEAD);
      starts.set(a, start).set(b, start);
    }
    index += removed + added || 1;
  }
  return starts;
}

function countFrom(lines: readonly string[], start: number, mark: string): number {
  let end = start;
  while (lines[end]?.startsWith(mark)) end++;
  return end - start;
}

function countAlike(a: string, b: string): number {
  let index = 1;
  while (index < a.length && a[index] === b[index]) index++;
  return index;
}

function cutLine(line: string, start: number): string {
  const before = start > 1 ? `[${start - 1} letters alike] ` : '';
  const after = line.length - start - LONGEST;
  const rest = after > 0 ? ` [${after} more letters: see -o json]` : '';
  return `${line[0]}${before}${line.slice(start, start + LONGEST)}${rest}`;
}
