import { ReloadError } from '../error.ts';
import type { JsonObject } from '../objects/json.ts';

/** Where manifests came from, whole, so that they can be changed and written back later. */
export interface ManifestText {
  /** The file as it was named; `stdin` for `-`. */
  file: string;
  text: string;
}

/** One value of a text of several. */
export interface ManifestDocument {
  value: unknown;
  /** Counted from 1, empty documents too. */
  document: number;
  /** Where it begins, counted from 1. */
  line: number;
  /** Where the members of its `items` begin. */
  itemLines: readonly number[];
}

/** Deeper than any object of Kubernetes, and far from the depth at which programs run out of stack. */
export const DEEPEST = 500;

/** A step from a JSON value to one inside it. */
export type PathStep = string | number;

/** One object of a manifest, raw, with its place. */
export interface ManifestObject {
  raw: JsonObject;
  source: ManifestText;
  /** Counted from 1 within the text. */
  document: number;
  /** Where the object begins, counted from 1. */
  line: number;
  /** From the document to the object: `[]`, or `['items', 3]` of a List. */
  path: readonly PathStep[];
}

/** An error in a manifest, with the place as people count it. */
export function manifestError(
  place: { file: string; document: number; line: number },
  message: string,
  hint?: string,
): ReloadError {
  const where = `${place.file}: document ${place.document}, line ${place.line}`;
  return new ReloadError(`${where}: ${message}`, hint === undefined ? {} : { hint });
}
