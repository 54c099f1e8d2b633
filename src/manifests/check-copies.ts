import { DEEPEST, manifestError } from './manifest.ts';

/** Values of one document with all aliases written out: far more than the largest object has. */
const MOST_VALUES = 5_000_000;

/**
 * Aliases make a value of a few lines that has billions of values when written out, or that holds itself.
 * @throws ReloadError for such a document
 */
export function checkCopies(document: unknown, place: { file: string; document: number; line: number }): void {
  const sizes = new Map<object, number>();
  const measure = (value: unknown, depth: number): number => {
    if (typeof value !== 'object' || value === null) return 1;
    const known = sizes.get(value);
    if (known !== undefined) return known;
    // Holds itself: while it is measured it has no end.
    sizes.set(value, Number.POSITIVE_INFINITY);
    let size = 1;
    if (depth > DEEPEST) size = Number.POSITIVE_INFINITY;
    else for (const member of Object.values(value)) size += measure(member, depth + 1);
    sizes.set(value, size);
    return size;
  };
  if (measure(document, 0) > MOST_VALUES) throw manifestError(place, 'its aliases make it too large');
}
