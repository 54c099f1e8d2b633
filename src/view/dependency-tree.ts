import { collectNowAndThen } from '../collect-garbage.ts';
import type { Dependency, ObjectReference } from '../types.ts';
import { dangles, describeMissing } from './dependency-mark.ts';
import { formatObject } from './object-name.ts';
import type { Styles } from './style.ts';
import { escapeControls } from './text.ts';
import { describeKeys, describeUse } from './use.ts';

/** The side that stands at the left edge of the tree. */
export type TreeRoot = 'workload' | 'config';

interface Leaf {
  columns: string[];
  mark: string;
  bad: boolean;
}

/**
 * References as a tree: a workload (or a config) and below it what it uses (or who uses it), a line a use.
 * @param showNamespace puts the namespace before each root
 */
export function renderDependencyTree(
  dependencies: readonly Dependency[],
  options: { root: TreeRoot; showNamespace: boolean; styles: Styles },
): string {
  const { root, showNamespace, styles } = options;
  const blocks: string[] = [];
  for (const [name, members] of Map.groupBy(dependencies, (dependency) => nameRoot(dependency[root], showNamespace))) {
    const leaves = members.map((member) => describeLeaf(member, root));
    const widths = leaves[0]?.columns.map((_, index) =>
      leaves.reduce((widest, leaf) => Math.max(widest, leaf.columns[index]?.length ?? 0), 0),
    );
    const lines = leaves.map((leaf, index) => {
      const branch = index === leaves.length - 1 ? '└─' : '├─';
      const text = leaf.columns.map((column, at) => column.padEnd(widths?.[at] ?? 0)).join('  ');
      const mark = leaf.mark === '' ? '' : `  ${leaf.bad ? styles.bad(leaf.mark) : styles.faint(leaf.mark)}`;
      return `${styles.faint(branch)} ${mark === '' ? text.trimEnd() : text}${mark}\n`;
    });
    blocks.push(`${styles.strong(name)}\n${lines.join('')}`);
    collectNowAndThen();
  }
  return blocks.join('');
}

function nameRoot(object: ObjectReference, showNamespace: boolean): string {
  return escapeControls(`${showNamespace ? `${object.namespace || '-'}  ` : ''}${formatObject(object)}`);
}

function describeLeaf(dependency: Dependency, root: TreeRoot): Leaf {
  const other: ObjectReference = root === 'workload' ? dependency.config : dependency.workload;
  const container = dependency.container === null ? 'pod' : `${dependency.init ? 'init ' : ''}${dependency.container}`;
  const columns = [formatObject(other), container, describeUse(dependency), describeKeys(dependency)];
  if (root === 'workload') columns.unshift(...columns.splice(1, 1));
  return {
    columns: columns.map(escapeControls),
    mark: escapeControls(describeMissing(dependency)),
    bad: dangles(dependency),
  };
}
