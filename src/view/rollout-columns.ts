import { formatAge } from '../age.ts';
import { formatObject } from './object-name.ts';
import type { RolloutRow } from './rollout-rows.ts';
import { describeTrouble, hasEnded, measureAge, moodOf } from './rollout-rows.ts';
import { escapeControls } from './text.ts';

/** The texts of one row. */
export interface RolloutCells {
  name: string;
  updated: string;
  ready: string;
  old: string;
  age: string;
  state: string;
  message: string;
}

/** What fits beside each other. Widths in characters, without the gap between two columns; 0 for a column that is left out. */
export interface RolloutColumns extends Record<keyof RolloutCells, number> {
  bar: number;
  /** Too narrow for one line: the name stands on one, the rest on a second. */
  stacked: boolean;
}

/** The titles of the columns. */
export const TITLES: RolloutCells = {
  name: 'WORKLOAD',
  updated: 'UPDATED',
  ready: 'READY',
  old: 'OLD',
  age: 'AGE',
  state: 'STATE',
  message: 'MESSAGE',
};

/** Blanks between two columns. */
export const GAP = 2;
const NARROWEST_BAR = 6;
const WIDEST_BAR = 20;
/** Less of a message tells nothing. */
const NARROWEST_MESSAGE = 16;
/** So much of a name is worth more than the bar. */
const NAME_OVER_BAR = 40;
/** So much of it is worth more than a column that a person can do without. */
const NAME_OVER_COLUMN = 24;
/** Less of it would not tell it from others. */
const NARROWEST_NAME = 16;
/** What goes first when the terminal is narrow. */
const DISPENSABLE = ['old', 'updated', 'age'] as const;

/** The texts of a row. */
export function describeRow(row: RolloutRow, options: { showNamespace: boolean; now: number }): RolloutCells {
  const { workload, phase, desired, updated, ready, old } = row.event;
  // Before the controller has seen the newest spec, the numbers are those of the rollout before.
  const isKnown = phase !== 'waiting';
  return {
    name: escapeControls(`${options.showNamespace ? `${workload.namespace}/` : ''}${formatObject(workload)}`),
    updated: isKnown ? `${updated}/${desired}` : '-',
    ready: `${ready}/${desired}`,
    old: isKnown ? String(old) : '-',
    age: formatAge(measureAge(row, options.now)),
    state: moodOf(row),
    // What is wrong stands below the row.
    message: hasEnded(row) || describeTrouble(row.event) !== '' ? '' : escapeControls(shorten(row.event.message)),
  };
}

/** Kubernetes' sentences begin with what the row says already. */
function shorten(message: string): string {
  return message.replace(/^Waiting for .* rollout to finish: /, '');
}

/** Lays columns out in a width: the message goes first, then the bar, then what a person can do without; at last the name is cut. */
export function layOutColumns(rows: readonly RolloutCells[], width: number): RolloutColumns {
  const widest = (key: keyof RolloutCells) => Math.max(TITLES[key].length, ...rows.map((row) => row[key].length));
  const sizes = {
    updated: widest('updated'),
    ready: widest('ready'),
    old: widest('old'),
    age: widest('age'),
    state: widest('state'),
  };
  const left = () => Object.values(sizes).reduce((rest, size) => (size === 0 ? rest : rest - size - GAP), width);
  const longest = widest('name');
  for (const key of DISPENSABLE) {
    if (left() < Math.min(longest, NAME_OVER_COLUMN)) sizes[key] = 0;
  }
  const isStacked = left() < Math.min(longest, NARROWEST_NAME);
  if (isStacked) return { ...sizes, name: width, bar: 0, message: 0, stacked: true };
  const take = (room: number, least: number, most: number) => (room - GAP < least ? 0 : Math.min(room - GAP, most));
  const bar = take(left() - Math.min(longest, NAME_OVER_BAR), NARROWEST_BAR, WIDEST_BAR);
  const rest = left() - (bar === 0 ? 0 : bar + GAP);
  const name = Math.min(longest, rest);
  return { ...sizes, name, bar, message: take(rest - name, NARROWEST_MESSAGE, widest('message')), stacked: false };
}
