import type { DiffImpact, DiffItem } from '../types.ts';
import { formatObject } from './object-name.ts';
import type { Style, Styles } from './style.ts';
import type { Column } from './table.ts';
import { renderTable } from './table.ts';

interface Row extends DiffImpact {
  config: string;
}

/** What applying does to whom, as a table; '' when nobody uses what changes. */
export function renderImpact(
  items: readonly DiffItem[],
  options: { showNamespace: boolean; headers: boolean; styles: Styles },
): string {
  const rows = items.flatMap((item) =>
    item.impact.map((impact): Row => ({ ...impact, config: formatObject(item.config) })),
  );
  const columns: Column<Row>[] = [
    { title: 'WORKLOAD', cell: ({ workload }) => formatObject(workload) },
    { title: 'ACTION', cell: ({ action }) => action, style: (row) => styleOf(row, options.styles) },
    { title: 'CONFIG', cell: ({ config }) => config },
    { title: 'WHY', cell: ({ reason }) => reason },
  ];
  if (options.showNamespace) columns.unshift({ title: 'NAMESPACE', cell: ({ workload }) => workload.namespace });
  return renderTable(rows, columns, options);
}

function styleOf({ action, breaks }: DiffImpact, styles: Styles): Style {
  if (breaks) return styles.bad;
  switch (action) {
    case 'restart':
      return styles.state('stale');
    case 'refresh':
      return styles.state('pending');
    case 'none':
      return styles.faint;
    default:
      return action satisfies never;
  }
}
