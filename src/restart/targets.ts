import type { ObjectReference } from '../types.ts';

/** What a restart was asked for. The parts may be mixed. */
export interface RestartTargets {
  /** Workloads that were spelt out: they are restarted whatever they run. */
  named: readonly ObjectReference[];
  /** Workloads that are meant by their type, by a selector, or because nothing was said: those that do not run what their configs hold now. */
  inferred: readonly ObjectReference[];
  /** Configs: of the workloads that use them, those that do not run what they hold now. */
  configs: readonly ObjectReference[];
}

/** A name as it is typed and can be pasted back, within our sentences: `deployment/web`. */
export function nameObject({ kind, name }: Pick<ObjectReference, 'kind' | 'name'>): string {
  return `${kind.toLowerCase()}/${name}`;
}
