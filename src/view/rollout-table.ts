import type { RolloutEvent } from '../types.ts';
import { formatResourceName } from './object-name.ts';
import type { Column } from './table.ts';
import { renderTable } from './table.ts';

/** Where rollouts stand, a row each. */
export function renderRollouts(
  events: readonly RolloutEvent[],
  options: { showNamespace: boolean; headers: boolean },
): string {
  const share = (count: number, { desired }: RolloutEvent) => `${count}/${desired}`;
  const columns: Column<RolloutEvent>[] = [
    { title: 'WORKLOAD', cell: ({ workload }) => formatResourceName(workload) },
    { title: 'ROLLOUT', cell: ({ phase }) => phase },
    { title: 'UPDATED', cell: (event) => share(event.updated, event) },
    { title: 'READY', cell: (event) => share(event.ready, event) },
    { title: 'AVAILABLE', cell: (event) => share(event.available, event) },
    { title: 'OLD', cell: ({ old }) => String(old) },
    { title: 'MESSAGE', cell: ({ message }) => message },
  ];
  if (options.showNamespace) columns.unshift({ title: 'NAMESPACE', cell: ({ workload }) => workload.namespace });
  return renderTable(events, columns, options);
}
