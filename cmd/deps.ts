import { ExitCode } from '../src/error.ts';
import { buildGraph } from '../src/graph/graph.ts';
import { selectTargets } from '../src/graph/select.ts';
import { compareObjects } from '../src/objects/reference-order.ts';
import type { Dependency, Graph, ObjectReference } from '../src/types.ts';
import { renderDot, renderMermaid } from '../src/view/dependency-diagram.ts';
import { dangles } from '../src/view/dependency-mark.ts';
import { summarizeDependencies } from '../src/view/dependency-summary.ts';
import { renderDependencyTable } from '../src/view/dependency-table.ts';
import type { TreeRoot } from '../src/view/dependency-tree.ts';
import { renderDependencyTree } from '../src/view/dependency-tree.ts';
import { formatResourceName } from '../src/view/object-name.ts';
import { renderReport } from '../src/view/report.ts';
import { makeStyles } from '../src/view/style.ts';
import type { GlobalFlags } from './flags.ts';
import { wantsColor } from './flags.ts';
import { describePlace, explainUnmatched, readScope } from './read-cluster.ts';
import type { ManifestFlags } from './read-manifests.ts';
import { namesManifests, readManifestObjects } from './read-manifests.ts';
import type { Streams } from './streams.ts';
import { parseTargets } from './targets.ts';

/** Flags of `deps`. */
export interface DepsFlags extends ManifestFlags {
  by: TreeRoot;
  exitCode?: boolean;
  headers: boolean;
  output: 'tree' | 'table' | 'wide' | 'json' | 'yaml' | 'name' | 'dot' | 'mermaid';
}

/** The references of the scope, and the part of them that the user means. */
interface Picture {
  graph: Graph;
  dependencies: Dependency[];
  unused: ObjectReference[];
  showNamespace: boolean;
  /** What was read, in words: `in namespace shop`. */
  where: string;
  /** Why nothing is meant, as a clause; '' where something is. */
  unmatched: string;
}

/** Shows who uses which ConfigMap or Secret. */
export async function runDeps(words: string[], flags: DepsFlags & GlobalFlags, streams: Streams): Promise<ExitCode> {
  const picture = namesManifests(flags)
    ? await readFiles(words, flags, streams)
    : await readCluster(words, flags, streams);
  const { dependencies, showNamespace } = picture;
  const styles = makeStyles(wantsColor(flags.color, streams.stdout, streams.env));
  const root = flags.by;
  if (root === 'config') dependencies.sort((a, b) => compareObjects(a.config, b.config));

  switch (flags.output) {
    case 'tree':
      streams.stdout.write(renderDependencyTree(dependencies, { root, showNamespace, styles }));
      break;
    case 'table':
    case 'wide':
      streams.stdout.write(
        renderDependencyTable(dependencies, {
          root,
          wide: flags.output === 'wide',
          showNamespace,
          headers: flags.headers,
          styles,
        }),
      );
      break;
    case 'json':
    case 'yaml':
      streams.stdout.write(
        await renderReport('DependencyReport', dependencies.map(toItem), flags.output, { unused: picture.unused }),
      );
      break;
    case 'name':
      streams.stdout.write(renderNames(dependencies.map((dependency) => dependency[root])));
      break;
    case 'dot':
      streams.stdout.write(renderDot(dependencies, showNamespace));
      break;
    case 'mermaid':
      streams.stdout.write(renderMermaid(dependencies, showNamespace));
      break;
    default:
      flags.output satisfies never;
  }
  if (flags.output === 'tree' || flags.output === 'table' || flags.output === 'wide') {
    const summary = summarizeDependencies(picture);
    streams.stderr.write(dependencies.length > 0 && summary !== '' ? `\n${summary}` : summary);
  }
  return flags.exitCode === true && dependencies.some(dangles) ? ExitCode.no : ExitCode.ok;
}

async function readCluster(words: string[], flags: DepsFlags & GlobalFlags, streams: Streams): Promise<Picture> {
  const { cluster, graph, selection, namespace, unmatched } = await readScope(words, flags, streams);
  cluster.close();
  return {
    graph,
    dependencies: graph.dependencies.filter((dependency) => selection.includes(dependency)),
    unused: selection.everything ? graph.unused : [],
    showNamespace: namespace === '',
    where: describePlace(namespace),
    unmatched,
  };
}

const IN_MANIFESTS = 'in the manifests';

async function readFiles(words: string[], flags: DepsFlags & GlobalFlags, streams: Streams): Promise<Picture> {
  const objects = await readManifestObjects(flags, streams);
  const graph = buildGraph(objects, { all: flags.all === true });
  const selection = selectTargets(graph, parseTargets(words), flags.selector);
  const namespaces = new Set(graph.workloads.map(({ ref }) => ref.namespace));
  return {
    graph,
    dependencies: graph.dependencies.filter((dependency) => selection.includes(dependency)),
    unused: selection.everything ? graph.unused : [],
    showNamespace: namespaces.size > 1,
    where: IN_MANIFESTS,
    unmatched: explainUnmatched(words, flags, selection, IN_MANIFESTS),
  };
}

/** The stable fields of a report's item, in the order of the documentation. */
function toItem(dependency: Dependency) {
  const { workload, container, init, config, via, keys, at, optional, exists, missingKeys } = dependency;
  return { workload, container, init, config, via, keys, at, optional, exists, missingKeys };
}

function renderNames(refs: readonly ObjectReference[]): string {
  return [...new Set(refs.map(formatResourceName))].map((name) => `${name}\n`).join('');
}
