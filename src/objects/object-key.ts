import type { ObjectReference } from '../types.ts';
import { groupOf } from './kinds.ts';

/** A text that two references share only when they name the same object, in whatever version of the API. */
export function objectKey({ apiVersion, kind, namespace, name }: ObjectReference): string {
  return `${groupOf(apiVersion)}\0${kind}\0${namespace}\0${name}`;
}
