import { formatAge } from '../age.ts';
import type { StatusItem } from '../types.ts';
import { formatObject } from './object-name.ts';
import { describeRestartOf } from './status-restarts.ts';
import type { Styles } from './style.ts';
import type { Column } from './table.ts';
import { renderTable } from './table.ts';
import { joinSome } from './text.ts';
import { describeUse } from './use.ts';

/**
 * `status` as a table; `wide` adds keys, evidence and reason.
 * @param now epoch milliseconds, for the ages
 */
export function renderStatusTable(
  items: readonly StatusItem[],
  options: { wide: boolean; showNamespace: boolean; headers: boolean; now: number; styles: Styles },
): string {
  const columns: Column<StatusItem>[] = [
    { title: 'WORKLOAD', cell: (item) => formatObject(item.workload) },
    {
      title: 'CONTAINER',
      cell: (item) => (item.container === null ? '' : `${item.init ? 'init ' : ''}${item.container}`),
    },
    { title: 'CONFIG', cell: (item) => formatObject(item.config) },
    { title: 'USED AS', cell: describeUse },
    { title: 'STATE', cell: (item) => item.state, style: (item) => options.styles.state(item.state) },
    { title: 'PODS', cell: countPods },
    { title: 'CHANGED', cell: (item) => changedAge(item, options.now) },
    { title: 'BY', cell: (item) => (changedAge(item, options.now) === '' ? '' : (item.changedBy ?? '')) },
  ];
  if (options.wide) {
    columns.push(
      {
        title: 'KEYS',
        cell: (item) => joinSome(item.changedKeys.length > 0 ? item.changedKeys : (item.keys ?? ['*'])),
      },
      { title: 'EVIDENCE', cell: (item) => item.evidence },
      { title: 'REASON', cell: (item) => [item.reason, ...describeRestartOf(item, options.now)].join('; ') },
    );
  }
  if (options.showNamespace) columns.unshift({ title: 'NAMESPACE', cell: (item) => item.workload.namespace });
  return renderTable(items, columns, options);
}

/** Pods in the row's state, of all that run this use: `2/3`. */
export function countPods(item: StatusItem): string {
  if (item.pods.length === 0) return '';
  return `${item.pods.filter((pod) => pod.state === item.state).length}/${item.pods.length}`;
}

function changedAge(item: StatusItem, now: number): string {
  return item.changedAt === null ? '' : formatAge(now - Date.parse(item.changedAt));
}
