import type { ObjectReference, RolloutEvent } from '../types.ts';
import { formatObject } from './object-name.ts';
import { escapeControls } from './text.ts';

/**
 * The command that shows why a rollout failed: the log of the container that is to blame, or the workload with its events.
 * @param connection flags that lead to the same cluster as the same user, each with a blank before it
 */
export function formatLookCommand({ workload, suspect }: RolloutEvent, connection: string): string {
  const where = `${formatNamespaceFlag(workload)}${connection}`;
  if (!suspect) return `kubectl describe ${escapeControls(formatObject(workload))}${where}`;
  const { pod, container, previous } = suspect;
  return `kubectl logs ${escapeControls(pod)} -c ${escapeControls(container)}${previous ? ' --previous' : ''}${where}`;
}

/** ` -n shop`; '' for what has no namespace. */
export function formatNamespaceFlag({ namespace }: Pick<ObjectReference, 'namespace'>): string {
  return namespace === '' ? '' : ` -n ${escapeControls(namespace)}`;
}
