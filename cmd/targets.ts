import { ReloadError } from '../src/error.ts';

/** One thing that the user named: a type and a name, or all of a type. */
export interface Target {
  /** The type as typed: `deploy`, `deployments.apps`, `kafka`. */
  type: string;
  /** `null` for all objects of the type. */
  name: string | null;
}

/**
 * Reads targets as kubectl does: `TYPE/NAME ...`, `TYPE NAME ...`, `TYPE`, `TYPE1,TYPE2 NAME`.
 * @throws ReloadError for a mixture, an empty type or an empty name
 */
export function parseTargets(words: readonly string[]): Target[] {
  const [first, ...names] = words;
  if (first === undefined) return [];
  if (words.some((word) => word.includes('/'))) return words.map(parsePair);
  const types = first.split(',');
  if (types.some((type) => type === '')) throw new ReloadError(`"${first}" has an empty type`, { hint: EXAMPLE });
  if (names.length === 0) return types.map((type) => ({ type, name: null }));
  return types.flatMap((type) => names.map((name) => ({ type, name })));
}

const EXAMPLE = 'Name targets as TYPE/NAME (deployment/web), TYPE NAME (deployment web) or TYPE (deployments).';

function parsePair(word: string): Target {
  const [type, name, ...rest] = word.split('/');
  if (type === undefined || name === undefined) {
    throw new ReloadError(`"${word}" stands among targets of the form TYPE/NAME`, { hint: EXAMPLE });
  }
  if (type === '' || name === '' || rest.length > 0) {
    throw new ReloadError(`"${word}" is not of the form TYPE/NAME`, { hint: EXAMPLE });
  }
  if (type.includes(',')) {
    throw new ReloadError(`"${word}" names several types for one name`, { hint: EXAMPLE });
  }
  return { type, name };
}
