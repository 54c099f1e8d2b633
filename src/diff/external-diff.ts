import { createHash } from 'node:crypto';
import type { JsonObject } from '../objects/json.ts';
import type { ConfigKind, ObjectReference } from '../types.ts';
import type { ConfigValue, ConfigValues } from './config-values.ts';
import { isSameValue, projectValues } from './config-values.ts';
import { MASK } from './diff-value.ts';

/** The variable that names a program to compare with, as for `kubectl diff`. */
export const EXTERNAL_DIFF = 'KUBECTL_EXTERNAL_DIFF';

/**
 * The program and its arguments, as kubectl reads them: split at blanks, and only words of letters, digits, `-` and `=` are passed on,
 * after the two folders.
 * @param text of the variable, not empty
 */
export function parseExternalDiff(text: string): { program: string; args: string[] } {
  const [program = '', ...words] = text.split(' ');
  return { program, args: words.filter((word) => /^[a-zA-Z0-9=-]+$/.test(word)) };
}

/** Bytes that the name of a file may have on any system of today. */
const LONGEST_NAME = 255;

/**
 * The name of the file that holds one side of a config; kubectl has the same. Names in manifests are whatever somebody wrote: what
 * Kubernetes allows in none is percent-encoded, so that no name leads out of the folder, and too long ones end in a hash.
 */
export function nameDiffFile({ kind, namespace, name }: ObjectReference): string {
  const encode = (text: string) =>
    text.toWellFormed().replace(/[^a-zA-Z0-9._-]/gu, (letter) => [...Buffer.from(letter)].map(percent).join(''));
  const full = `v1.${kind}.${encode(namespace)}.${encode(name)}`;
  if (full.length <= LONGEST_NAME) return full;
  const hash = createHash('sha256').update(full).digest('hex').slice(0, 16);
  return `${full.slice(0, LONGEST_NAME - hash.length - 1)}~${hash}`;
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** One side of a config as it is written for a program: what containers can see of it, and what decides on that. */
export interface DiffSideContent {
  apiVersion: 'v1';
  kind: ConfigKind;
  metadata: { name: string; namespace: string };
  type?: string;
  immutable?: true;
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

/**
 * Both sides of a config, with masks in the place of the values of a Secret. Of metadata only the name is left: an annotation may repeat
 * all values.
 * @param from the raw object, or `null` where there is none
 */
export function describeSides(
  { ref, kind }: { ref: ObjectReference; kind: ConfigKind },
  { from, to }: { from: JsonObject | null; to: JsonObject },
  { showSecrets }: { showSecrets: boolean },
): { from: DiffSideContent | null; to: DiffSideContent } {
  const [old, now] = [from && projectValues(from, kind), projectValues(to, kind)];
  const { name, namespace } = ref;
  const head = { apiVersion: 'v1', kind, metadata: { name, namespace } } as const;
  const describe = (side: ConfigValues, other: ConfigValues | null, mask: string): DiffSideContent => {
    const write = (key: string, value: ConfigValue): string => {
      const others = other?.values.get(key);
      if (kind === 'Secret' && !showSecrets) {
        return others === undefined || isSameValue(value, others) ? MASK.alone : mask;
      }
      const isText = kind === 'ConfigMap' && value.field === 'data';
      return Buffer.from(value.bytes).toString(isText ? 'utf8' : 'base64');
    };
    const pick = (field: ConfigValue['field']): Record<string, string> =>
      Object.fromEntries(
        [...side.values].filter(([, value]) => value.field === field).map(([key, value]) => [key, write(key, value)]),
      );
    const [data, binaryData] = [pick('data'), pick('binaryData')];
    return {
      ...head,
      ...(side.type !== '' && { type: side.type }),
      ...(side.immutable && { immutable: true }),
      ...(Object.keys(data).length > 0 && { data }),
      ...(Object.keys(binaryData).length > 0 && { binaryData }),
    };
  };
  return { from: old && describe(old, now, MASK.before), to: describe(now, old, MASK.after) };
}
