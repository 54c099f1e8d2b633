import type { ServiceAccountObject } from '../types.ts';
import { isJsonObject, readObjects, readText } from './json.ts';
import { readReference } from './metadata.ts';

/** A raw ServiceAccount reduced to the pull secrets that it lends to its pods. */
export function projectServiceAccount(raw: unknown): ServiceAccountObject {
  const object = isJsonObject(raw) ? raw : {};
  const names = readObjects(object, 'imagePullSecrets').map((secret) => readText(secret, 'name'));
  return {
    ref: readReference(object, { apiVersion: 'v1', kind: 'ServiceAccount' }),
    imagePullSecrets: names.filter((name) => name !== ''),
  };
}
