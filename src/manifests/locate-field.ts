import { makeLineAt } from './line-at.ts';
import type { ManifestText, PathStep } from './manifest.ts';
import { findJsonExtents } from './parse-json.ts';
import { findFieldOffset } from './parse-yaml.ts';

/** The line of a field of a document, or of the nearest field around it that is there, counted from 1. */
export function locateField(source: ManifestText, document: number, path: readonly PathStep[]): number {
  // JSON is YAML, but values one after another are no documents.
  const extent = findJsonExtents(source)?.[document - 1];
  const offset =
    extent === undefined
      ? findFieldOffset(source, document, path)
      : extent.start + findFieldOffset({ ...source, text: source.text.slice(extent.start, extent.end) }, 1, path);
  return makeLineAt(source.text)(offset);
}
