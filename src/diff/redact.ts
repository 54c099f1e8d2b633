import type { JsonObject } from '../objects/json.ts';
import { readObject } from '../objects/json.ts';
import { MASK } from './diff-value.ts';

/** A text without the values of Secrets, encoded or not: what a server or an admission webhook says may repeat them. */
export function redact(text: string, secrets: readonly JsonObject[]): string {
  const values = secrets
    .flatMap((secret) => [
      ...listTexts(secret, 'stringData'),
      ...listTexts(secret, 'data').flatMap((value) => [value, Buffer.from(value, 'base64').toString('utf8')]),
    ])
    .filter((value) => value !== '')
    .sort((a, b) => b.length - a.length);
  return values.reduce((redacted, value) => redacted.replaceAll(value, MASK.alone), text);
}

function listTexts(object: JsonObject, field: string): string[] {
  return Object.values(readObject(object, field) ?? {}).filter((value) => typeof value === 'string');
}
