import { IGNORE_ANNOTATION, RESTARTED_AT_ANNOTATION } from '../name.ts';
import type { ControllerReference, ObjectReference } from '../types.ts';
import type { JsonObject } from './json.ts';
import { readFlag, readObject, readObjects, readText, readTextOrNull } from './json.ts';

/** What kind of object a raw object is; lists of the API leave it out of their members. */
export interface ObjectKind {
  apiVersion: string;
  kind: string;
}

/** The reference that names a raw object. */
export function readReference(raw: JsonObject, { apiVersion, kind }: ObjectKind): ObjectReference {
  const metadata = readObject(raw, 'metadata');
  // An object that the API server is to name has only the beginning of its name.
  const name = readText(metadata, 'name') || readText(metadata, 'generateName');
  return { apiVersion, kind, namespace: readText(metadata, 'namespace'), name };
}

/** What a raw object says of its own kind. */
export function readKind(raw: JsonObject): ObjectKind {
  return { apiVersion: readText(raw, 'apiVersion'), kind: readText(raw, 'kind') };
}

/** The owner that manages a raw object; `null` when it has none. */
export function readController(raw: JsonObject): ControllerReference | null {
  const owners = readObjects(readObject(raw, 'metadata'), 'ownerReferences');
  const owner = owners.find((reference) => readFlag(reference, 'controller'));
  if (owner === undefined) return null;
  return { ...readKind(owner), name: readText(owner, 'name'), uid: readText(owner, 'uid') };
}

/** `metadata.creationTimestamp`; `null` where the object does not have it yet. */
export function readCreatedAt(raw: JsonObject): string | null {
  return readTextOrNull(readObject(raw, 'metadata'), 'creationTimestamp');
}

/** The texts of a map such as `labels`, by default all of them. */
export function readTexts(
  from: JsonObject | undefined,
  field: string,
  isWanted: (key: string) => boolean = () => true,
): Record<string, string> {
  const entries = Object.entries(readObject(from, field) ?? {});
  const wanted = entries.filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && isWanted(entry[0]),
  );
  return wanted.length === 0 ? NONE : Object.fromEntries(wanted);
}

/** One for all: most objects have nothing that is wanted. */
const NONE: Record<string, string> = Object.freeze({});

const OURS = IGNORE_ANNOTATION.slice(0, IGNORE_ANNOTATION.indexOf('/') + 1);

/**
 * True for the annotations that some part of this program reads: our own, those of Reloader, and those that tell who manages the
 * object. The others are not kept: `last-applied-configuration` alone repeats the whole object, a Secret's values too.
 */
export function isReadAnnotation(key: string): boolean {
  if (key.startsWith(OURS) || key === RESTARTED_AT_ANNOTATION) return true;
  const domain = key.slice(0, Math.max(0, key.indexOf('/')));
  return (
    domain === 'reloader.stakater.com' ||
    domain.endsWith('.reloader.stakater.com') ||
    domain === 'argocd.argoproj.io' ||
    key === 'meta.helm.sh/release-name' ||
    key === 'deployment.kubernetes.io/revision'
  );
}
