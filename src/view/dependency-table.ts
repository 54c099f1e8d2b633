import type { Dependency } from '../types.ts';
import { dangles, describeMissing } from './dependency-mark.ts';
import type { TreeRoot } from './dependency-tree.ts';
import { formatObject } from './object-name.ts';
import type { Styles } from './style.ts';
import type { Column } from './table.ts';
import { renderTable } from './table.ts';
import { describeUse } from './use.ts';

/** References as a table, a row a use; `wide` adds the keys' and the optional column. */
export function renderDependencyTable(
  dependencies: readonly Dependency[],
  options: { root: TreeRoot; wide: boolean; showNamespace: boolean; headers: boolean; styles: Styles },
): string {
  const workload: Column<Dependency> = { title: 'WORKLOAD', cell: (row) => formatObject(row.workload) };
  const config: Column<Dependency> = { title: 'CONFIG', cell: (row) => formatObject(row.config) };
  const columns: Column<Dependency>[] = [
    ...(options.root === 'workload' ? [workload] : [config, workload]),
    { title: 'CONTAINER', cell: (row) => (row.container === null ? '' : `${row.init ? 'init ' : ''}${row.container}`) },
    ...(options.root === 'workload' ? [config] : []),
    { title: 'USED AS', cell: describeUse },
  ];
  if (options.wide) {
    columns.push(
      { title: 'KEYS', cell: (row) => (row.keys === null ? '*' : row.keys.join(',')) },
      { title: 'OPTIONAL', cell: (row) => (row.optional ? 'yes' : 'no') },
    );
  }
  columns.push({
    title: 'TARGET',
    cell: (row) => describeMissing(row) || (row.exists === null ? 'not known' : 'ok'),
    style: (row) => (dangles(row) ? options.styles.bad : (text) => text),
  });
  if (options.showNamespace) columns.unshift({ title: 'NAMESPACE', cell: (row) => row.workload.namespace });
  return renderTable(dependencies, columns, options);
}
