import type { ConfigRef } from '../types.ts';

/** Templates are far fewer than pods; past this many the table is begun anew, so that a long watch does not grow. */
const LIMIT = 10_000;

/** Gives, for references that were seen before, the array of the first time: the pods of a template then share one. */
export type Intern = (references: ConfigRef[]) => ConfigRef[];

/** A table of references to share. */
export function makeIntern(): Intern {
  const known = new Map<string, ConfigRef[]>();
  return (references) => {
    const key = JSON.stringify(references);
    const first = known.get(key);
    if (first !== undefined) return first;
    if (known.size >= LIMIT) known.clear();
    known.set(key, references);
    return references;
  };
}
