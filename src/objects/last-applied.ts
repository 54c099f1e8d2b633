import type { JsonObject } from './json.ts';
import { parseJsonObject, readObject, readText } from './json.ts';

/** Where a client-side apply keeps the manifest that it sent: the values of Secrets too, so that nothing of it is ever shown. */
const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

/** The manifest of the last client-side apply, raw; `undefined` when there is none that can be read. */
export function readLastManifest(raw: JsonObject): JsonObject | undefined {
  return parseJsonObject(readText(readObject(readObject(raw, 'metadata'), 'annotations'), ANNOTATION));
}
