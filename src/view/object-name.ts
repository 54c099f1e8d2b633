import type { ObjectReference } from '../types.ts';
import { escapeControls } from './text.ts';

const BUILT_IN_GROUPS = new Set(['', 'apps', 'batch']);

/**
 * An object as a person types it: `deployment/web`, `configmap/web`; custom kinds with their group,
 * `kafka.kafka.strimzi.io/main`. It can be pasted back as a target.
 */
export function formatObject(ref: ObjectReference): string {
  return `${formatKind(ref)}/${ref.name}`;
}

/** As `-o name` of kubectl prints it: `deployment.apps/web`, `configmap/web`. */
export function formatResourceName(ref: ObjectReference): string {
  const group = apiGroup(ref.apiVersion);
  const kind = ref.kind.toLowerCase();
  return escapeControls(`${group === '' ? kind : `${kind}.${group}`}/${ref.name}`);
}

function formatKind(ref: ObjectReference): string {
  const group = apiGroup(ref.apiVersion);
  const kind = ref.kind.toLowerCase();
  return BUILT_IN_GROUPS.has(group) ? kind : `${kind}.${group}`;
}

function apiGroup(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}
