import type { RolloutEvent } from '../types.ts';

/** What a live view knows of one rollout: its last event, and when the first one and the last one came (milliseconds since 1970). */
export interface RolloutRow {
  event: RolloutEvent;
  begunAt: number;
  changedAt: number;
}

/** The rollouts of one run in the order in which they began, by namespace, kind and name. */
export type RolloutRows = Map<string, RolloutRow>;

/** How a rollout stands, as a person is told it. */
export type RolloutMood = 'waiting' | 'progressing' | 'soaking' | 'failing' | 'complete' | 'failed';

/** Takes one more event into the rows, in place: of a large cluster there are thousands of both. */
export function foldEvent(rows: RolloutRows, event: RolloutEvent): RolloutRows {
  const { apiVersion, kind, namespace, name } = event.workload;
  const key = JSON.stringify([namespace, apiVersion, kind, name]);
  const time = Date.parse(event.time);
  return rows.set(key, { event, begunAt: rows.get(key)?.begunAt ?? time, changedAt: time });
}

/** Finer than the phase: `failing` is in trouble that may yet mend, `soaking` has all its pods and waits whether they stay up. */
export function moodOf({ event }: RolloutRow): RolloutMood {
  const { phase, reason } = event;
  switch (phase) {
    case 'waiting':
      return reason === '' ? 'waiting' : 'failing';
    case 'progressing':
      if (reason !== '') return 'failing';
      return measureProgress(event) === 1 ? 'soaking' : 'progressing';
    case 'complete':
    case 'failed':
      return phase;
    default:
      return phase satisfies never;
  }
}

/** True when nothing more is heard of it. */
export function hasEnded({ event: { phase } }: RolloutRow): boolean {
  return phase === 'complete' || phase === 'failed';
}

/** How long it has been going, in milliseconds; of one that has ended, how long it took. */
export function measureAge(row: RolloutRow, now: number): number {
  return Math.max(0, (hasEnded(row) ? row.changedAt : now) - row.begunAt);
}

/**
 * How far a rollout has come, from 0 to 1: a third each for the new pods being there, the old ones being gone and the new ones
 * being available.
 */
export function measureProgress({ phase, desired, updated, available, old }: RolloutEvent): number {
  // Before the controller has seen the newest spec, the numbers are those of the rollout before.
  if (phase === 'waiting') return 0;
  if (phase === 'complete') return 1;
  const wanted = Math.max(desired, 1);
  const made = desired === 0 ? wanted : Math.min(updated, wanted);
  const gone = wanted - Math.min(old, wanted);
  const serving = desired === 0 ? wanted : Math.min(available, made);
  return (made + gone + serving) / (3 * wanted);
}

/** The trouble alone: the sentence of a rollout under way tells it in brackets, behind the numbers that a row shows anyway. */
export function describeTrouble({ phase, message, reason }: RolloutEvent): string {
  if (phase === 'complete' || (phase !== 'failed' && reason === '')) return '';
  return /\.\.\. \((.+)\)$/s.exec(message)?.[1] ?? (message || reason);
}

/** How much of what is wrong stands below a row. */
export type Unfolded = 'log' | 'trouble' | 'nothing';

/** A row as it is shown. */
export interface ShownRow {
  row: RolloutRow;
  unfolded: Unfolded;
}

/**
 * The rows that are shown where there is room for less than all, in the order they had: what needs a person comes first, then what
 * moves. What is wrong with one stands below it as far as there is room; a log never takes the room of a row.
 * @param height the lines that a row takes
 */
export function pickRows(
  rows: readonly RolloutRow[],
  room: number,
  height: (shown: ShownRow) => number,
): { shown: ShownRow[]; more: number } {
  const ranked = URGENCY.flatMap((mood) => rows.filter((row) => moodOf(row) === mood));
  const take = (budget: number): Map<RolloutRow, ShownRow> => {
    const taken = new Map<RolloutRow, ShownRow>();
    let left = budget;
    const fit = (row: RolloutRow, unfolded: Unfolded): boolean => {
      const before = taken.get(row);
      const more = height({ row, unfolded }) - (before ? height(before) : 0);
      if (more > left) return false;
      left -= more;
      taken.set(row, { row, unfolded });
      return true;
    };
    for (const row of ranked) {
      const isTroubled = describeTrouble(row.event) !== '';
      // To measure what is unfolded costs a layout.
      if (left <= 0 || !((isTroubled && fit(row, 'trouble')) || fit(row, 'nothing'))) break;
    }
    for (const { row, unfolded } of [...taken.values()]) {
      if (unfolded === 'trouble' && row.event.log && left > 0) fit(row, 'log');
    }
    return taken;
  };
  const all = take(room);
  // One line less, for the line that tells how many more there are.
  const taken = all.size === rows.length ? all : take(room - 1);
  const shown = rows.flatMap((row) => taken.get(row) ?? []);
  return { shown, more: rows.length - shown.length };
}

const URGENCY: readonly RolloutMood[] = ['failed', 'failing', 'progressing', 'soaking', 'waiting', 'complete'];
