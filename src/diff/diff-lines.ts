import { structuredPatch } from 'diff';

/** How to compare lines. */
export interface LineOptions {
  /** Unchanged lines around a change. */
  context: number;
  budget: LineBudget;
}

/** Time for comparisons: of long texts that have little in common they would go on for ever. */
export interface LineBudget {
  /** Milliseconds that are left. */
  left(): number;
  /** Does some work at the cost of the budget. */
  spend<T>(work: () => T): T;
}

/**
 * A budget for all comparisons of a run together.
 * @param now epoch milliseconds
 * @param total milliseconds
 */
export function makeLineBudget(now: () => number, total: number): LineBudget {
  let left = total;
  return {
    left: () => left,
    spend(work) {
      const start = now();
      const result = work();
      left -= now() - start;
      return result;
    },
  };
}

/** More edits than a person reads, and few enough that they are found in a second. */
const MOST_EDITS = 2000;
/** Milliseconds for one pair of texts. */
const LONGEST = 2000;
const NO_NEWLINE = '\\ No newline at end of file';

/**
 * The hunks of a unified diff, as `diff -u` prints them, in lines without their newlines. Values of one line without a newline, which
 * most variables take, go without the remark that there is none.
 * @param from `null` for what is not there
 * @returns `null` when there is too much to compare
 */
export function diffLines(from: string | null, to: string | null, options: LineOptions): string[] | null {
  if (!from?.includes('\n') && !to?.includes('\n')) {
    const removed = from === null ? [] : [`-${from}`];
    const added = to === null ? [] : [`+${to}`];
    return [formatRanges(1, removed.length, 1, added.length), ...removed, ...added];
  }
  if (!from) return [formatRanges(1, 0, 1, countLines(to ?? '')), ...markLines('+', to ?? '')];
  if (!to) return [formatRanges(1, countLines(from), 1, 0), ...markLines('-', from)];
  const { context, budget } = options;
  const timeout = Math.min(LONGEST, budget.left());
  if (timeout <= 0) return null;
  const limits = { context, maxEditLength: MOST_EDITS, timeout };
  const patch = budget.spend(() => structuredPatch('', '', from, to, undefined, undefined, limits));
  if (patch === undefined) return null;
  return patch.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    formatRanges(oldStart, oldLines, newStart, newLines),
    ...lines,
  ]);
}

/** Counts a last line without a newline too. */
export function countLines(text: string): number {
  if (text === '') return 0;
  let lines = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}

function markLines(mark: '+' | '-', text: string): string[] {
  const lines = text.split('\n');
  const isOpen = lines.pop() !== '';
  const marked = lines.map((line) => mark + line);
  return isOpen ? [...marked, mark + text.slice(text.lastIndexOf('\n') + 1), NO_NEWLINE] : marked;
}

function formatRanges(oldStart: number, oldLines: number, newStart: number, newLines: number): string {
  return `@@ -${formatRange(oldStart, oldLines)} +${formatRange(newStart, newLines)} @@`;
}

/** A range of no lines is named by the line before it, and one line needs no count. */
function formatRange(start: number, lines: number): string {
  if (lines === 1) return String(start);
  return `${lines === 0 ? start - 1 : start},${lines}`;
}
