import type { OwnerObject } from '../types.ts';
import { isJsonObject, readObject, readText } from './json.ts';
import type { ObjectKind } from './metadata.ts';
import { readController, readReference } from './metadata.ts';

/**
 * An owner between a pod and its workload, from metadata alone.
 * @param kind must be told: metadata-only objects call themselves PartialObjectMetadata
 */
export function projectOwner(raw: unknown, kind: ObjectKind): OwnerObject {
  const object = isJsonObject(raw) ? raw : {};
  return {
    ref: readReference(object, kind),
    uid: readText(readObject(object, 'metadata'), 'uid'),
    controller: readController(object),
  };
}
