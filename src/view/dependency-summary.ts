import type { Dependency, Graph, ObjectReference } from '../types.ts';
import { dangles } from './dependency-mark.ts';
import { formatObject } from './object-name.ts';
import { countOf, escapeControls, joinWords, makeSentence } from './text.ts';

/** The last lines of `deps`: what is broken and what nobody uses; '' when there is nothing to say. */
export function summarizeDependencies(picture: {
  graph: Graph;
  dependencies: readonly Dependency[];
  unused: readonly ObjectReference[];
  showNamespace: boolean;
  where: string;
  /** Why nothing is meant, as a clause; '' where something is. */
  unmatched: string;
}): string {
  const { graph, dependencies, unused, showNamespace, where, unmatched } = picture;
  if (graph.workloads.length === 0 && unused.length === 0) return `No workloads found ${where}.\n`;
  if (unmatched !== '') return `${makeSentence(unmatched)}\n`;
  const lines = dependencies.length === 0 ? ['No workload uses a ConfigMap or Secret here.'] : [];
  const broken = dependencies.filter(dangles).length;
  if (broken > 0) lines.push(`${countOf(broken, 'required reference')} ${broken === 1 ? 'has' : 'have'} no target.`);
  if (unused.length > 0) {
    const names = unused.map((ref) =>
      escapeControls(`${showNamespace ? `${ref.namespace}/` : ''}${formatObject(ref)}`),
    );
    lines.push(`Used by no workload: ${joinWords(names)}.`);
  }
  return lines.map((line) => `${line}\n`).join('');
}
