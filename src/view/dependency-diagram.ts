import type { Dependency, ObjectReference } from '../types.ts';
import { dangles } from './dependency-mark.ts';
import { formatObject } from './object-name.ts';
import { escapeControls } from './text.ts';
import { describeUse } from './use.ts';

interface Node {
  id: string;
  label: string;
  role: 'workload' | 'config';
  missing: boolean;
}

interface Edge {
  from: Node;
  to: Node;
  uses: string[];
  missing: boolean;
}

/** The graph for Graphviz: `kubectl reload deps -o dot | dot -Tsvg`. */
export function renderDot(dependencies: readonly Dependency[], showNamespace: boolean): string {
  const { nodes, edges } = connect(dependencies, showNamespace);
  const quote = (text: string) => `"${text.replace(/[\\"]/g, '\\$&')}"`;
  return [
    'digraph dependencies {',
    '  rankdir=LR;',
    ...nodes.map(
      (node) =>
        `  ${node.id} [label=${quote(node.label)}, shape=${node.role === 'workload' ? 'box' : 'note'}${node.missing ? ', color=red' : ''}];`,
    ),
    ...edges.map(
      (edge) =>
        `  ${edge.from.id} -> ${edge.to.id} [label=${quote(edge.uses.join(', '))}${edge.missing ? ', color=red' : ''}];`,
    ),
    '}',
    '',
  ].join('\n');
}

/** The graph as a Mermaid flowchart, for Markdown. https://mermaid.js.org/syntax/flowchart.html */
export function renderMermaid(dependencies: readonly Dependency[], showNamespace: boolean): string {
  const { nodes, edges } = connect(dependencies, showNamespace);
  // Mermaid reads entity codes inside quoted labels and knows no backslash escape.
  const quote = (text: string) => `"${text.replace(/[#"<>&]/g, (found) => `#${found.charCodeAt(0)};`)}"`;
  return [
    'flowchart LR',
    ...nodes.map((node) =>
      node.role === 'workload' ? `  ${node.id}[${quote(node.label)}]` : `  ${node.id}[(${quote(node.label)})]`,
    ),
    ...edges.map(
      (edge) => `  ${edge.from.id} ${edge.missing ? '-.->' : '-->'}|${quote(edge.uses.join(', '))}| ${edge.to.id}`,
    ),
    '',
  ].join('\n');
}

function connect(dependencies: readonly Dependency[], showNamespace: boolean): { nodes: Node[]; edges: Edge[] } {
  const nodes = new Map<string, Node>();
  const edges = new Map<string, Edge>();
  const nodeOf = (object: ObjectReference, role: Node['role']): Node => {
    const key = `${object.namespace}\0${object.apiVersion}\0${object.kind}\0${object.name}`;
    const known = nodes.get(key);
    if (known !== undefined) return known;
    const label = escapeControls(`${showNamespace ? `${object.namespace}/` : ''}${formatObject(object)}`);
    const node: Node = { id: `n${nodes.size}`, label, role, missing: false };
    nodes.set(key, node);
    return node;
  };
  for (const dependency of dependencies) {
    const from = nodeOf(dependency.workload, 'workload');
    const to = nodeOf(dependency.config, 'config');
    to.missing ||= dependency.exists === false;
    const key = `${from.id} ${to.id}`;
    const edge = edges.get(key) ?? { from, to, uses: [], missing: false };
    const use = escapeControls(describeUse(dependency));
    if (!edge.uses.includes(use)) edge.uses.push(use);
    edge.missing ||= dangles(dependency);
    edges.set(key, edge);
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}
