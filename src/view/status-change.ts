import type { State, StatusItem } from '../types.ts';
import { formatObject } from './object-name.ts';
import { countPods } from './status-table.ts';
import { escapeControls, joinSome } from './text.ts';
import { describeUse } from './use.ts';

/** What became of one row of a status. */
export interface StatusChange {
  change: 'added' | 'modified' | 'deleted';
  /** Its state before; `null` for a row that was not there. */
  before: State | null;
  /** The row; of a deleted one as it was last. */
  item: StatusItem;
}

/** Which rows are looked at. */
export interface StatusChangeOptions {
  /** Also those that were current and still are. */
  all: boolean;
  /** What of a row counts: two rows of the same text are the same. */
  describe: (item: StatusItem) => string;
}

/** The rows that differ between one state of the cluster and the next, in their order; the deleted ones at the end. */
export function compareStatus(
  before: readonly StatusItem[],
  after: readonly StatusItem[],
  { all, describe }: StatusChangeOptions,
): StatusChange[] {
  const gone = new Map(before.map((item) => [rowKey(item), item]));
  const changes: StatusChange[] = [];
  for (const item of after) {
    const key = rowKey(item);
    const last = gone.get(key);
    gone.delete(key);
    if (last === undefined) changes.push({ change: 'added', before: null, item });
    else if (describe(last) !== describe(item)) changes.push({ change: 'modified', before: last.state, item });
  }
  for (const item of gone.values()) changes.push({ change: 'deleted', before: item.state, item });
  const isCurrent = ({ before, item }: StatusChange) => item.state === 'current' && (before ?? 'current') === 'current';
  return all ? changes : changes.filter((change) => !isCurrent(change));
}

/** A row without its verdict. */
function rowKey({ workload, container, init, config, via, keys, at, optional }: StatusItem): string {
  return JSON.stringify([workload, container, init, config, via, keys, at, optional]);
}

/** The verdict of a row in one line: `stale (1/3 pods), changed 2026-01-01T11:48:00Z by kubectl-edit`. */
export function describeVerdict(item: StatusItem, wide: boolean): string {
  const count = countPods(item);
  const parts = [
    item.state + (count === '' ? '' : ` (${count} pods)`),
    ...(item.state === 'current' || item.changedAt === null
      ? []
      : [`changed ${item.changedAt}${item.changedBy === null ? '' : ` by ${item.changedBy}`}`]),
    ...(wide && item.changedKeys.length > 0 ? [`keys ${joinSome(item.changedKeys)}`] : []),
  ];
  return parts.join(', ') + (wide ? `: ${item.reason} (${item.evidence})` : '');
}

/**
 * One change as a line of a log: `2026-01-01T11:48:03Z deployment/web app configmap/web env LEVEL: current -> stale (3/3 pods)`.
 * @param time RFC 3339
 */
export function renderStatusChange(
  { change, before, item }: StatusChange,
  time: string,
  options: { wide: boolean; showNamespace: boolean },
): string {
  const row = [
    time,
    ...(options.showNamespace ? [item.workload.namespace] : []),
    formatObject(item.workload),
    ...(item.container === null ? [] : [`${item.init ? 'init ' : ''}${item.container}`]),
    formatObject(item.config),
    describeUse(item),
  ].join(' ');
  const verdict = change === 'deleted' ? 'gone' : describeVerdict(item, options.wide);
  const from = before === null || (before === item.state && change !== 'deleted') ? '' : `${before} -> `;
  return `${escapeControls(`${row}: ${from}${verdict}`)}\n`;
}
