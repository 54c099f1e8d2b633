import type { ConfigRef, ObjectReference } from '../types.ts';

/** Orders texts by their UTF-16 code units: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Orders objects by namespace, kind and name. */
export function compareObjects(a: ObjectReference, b: ObjectReference): number {
  return (
    compareText(a.namespace, b.namespace) ||
    compareText(a.kind, b.kind) ||
    compareText(a.name, b.name) ||
    compareText(a.apiVersion, b.apiVersion)
  );
}

/** Orders the references of one workload: by container (the pod's own first), config, place, then whatever tells them apart. */
export function compareReferences(a: ConfigRef, b: ConfigRef): number {
  return (
    compareText(a.container ?? '', b.container ?? '') ||
    compareObjects(a.config, b.config) ||
    compareText(a.at, b.at) ||
    compareText(referenceKey(a), referenceKey(b))
  );
}

/** A text that two references share only when they are the same use. */
export function referenceKey(reference: ConfigRef): string {
  const { config, container, init, via, keys, at, optional } = reference;
  return JSON.stringify([config.kind, config.namespace, config.name, container, init, via, keys, at, optional]);
}
