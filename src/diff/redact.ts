import type { JsonObject } from '../objects/json.ts';
import { readTexts } from '../objects/metadata.ts';
import { MASK } from './diff-value.ts';

/** A text without the values of Secrets, encoded, quoted or as they are: what a server or an admission webhook says may repeat them. */
export function redact(text: string, secrets: readonly JsonObject[]): string {
  const plain = secrets.flatMap((secret) => [
    ...Object.values(readTexts(secret, 'stringData')),
    ...Object.values(readTexts(secret, 'data')).map((value) => Buffer.from(value, 'base64').toString('utf8')),
  ]);
  const encoded = [
    ...secrets.flatMap((secret) => Object.values(readTexts(secret, 'data'))),
    ...plain.map((value) => Buffer.from(value).toString('base64')),
  ];
  const values = [...plain, ...plain.map((value) => value.trim())]
    // Servers are written in Go, which spells line ends and quotes out as JSON does.
    .flatMap((value) => [value, JSON.stringify(value).slice(1, -1)])
    .concat(encoded)
    .filter((value) => value !== '')
    .sort((a, b) => b.length - a.length);
  return values.reduce((redacted, value) => redacted.replaceAll(value, MASK.alone), text);
}
