import type { ObjectReference } from '../types.ts';
import { groupOf } from './kinds.ts';

/** A text that two references share only when they name the same object, in whatever version of the API. */
export function objectKey({ apiVersion, kind, namespace, name }: ObjectReference): string {
  return `${groupOf(apiVersion)}\0${kind}\0${namespace}\0${name}`;
}

/** True when both name the same object. */
export function isSameObject(a: ObjectReference, b: ObjectReference): boolean {
  // Most have another name, and that is soon seen.
  return a.name === b.name && objectKey(a) === objectKey(b);
}
