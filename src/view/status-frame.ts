import type { ScreenSize } from './live-frame.ts';
import { measureHeight } from './live-frame.ts';
import { countOf } from './text.ts';

/** A status as it is drawn while it is watched. */
export interface StatusFrame {
  /** As `renderStatusTable` gives it. */
  table: string;
  /** The first line of the table are its titles. */
  headers: boolean;
  /** As `summarizeStatus` gives it. */
  summary: string;
  /** What is to be said of the watch itself. */
  notes: readonly string[];
}

/** The lines of a status that fit a screen: of a table that is too long the first rows, and how many more there are. */
export function layOutStatus({ table, headers, summary, notes }: StatusFrame, { columns, rows }: ScreenSize): string[] {
  const lines = splitLines(table);
  const foot = [...(lines.length === 0 ? [] : ['']), ...splitLines(summary), '', ...notes];
  // The cursor stands below the frame.
  const room = rows - 1 - measureHeight(foot, columns);
  // No line is lower than one row, so that no more of them need to be measured, however many there are.
  const kept = lines.slice(0, Math.max(0, room));
  if (kept.length === lines.length && measureHeight(kept, columns) <= room) return [...lines, ...foot];
  const total = lines.length - (headers ? 1 : 0);
  const more = () => `and ${countOf(total - kept.length + (headers ? 1 : 0), 'more row')}`;
  while (kept.length > 0 && measureHeight([...kept, more()], columns) > room) kept.pop();
  const shown = [...kept, more(), ...foot];
  // On the smallest of screens the last lines are worth most.
  while (shown.length > 1 && measureHeight(shown, columns) > rows - 1) shown.shift();
  return shown;
}

function splitLines(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n');
}
