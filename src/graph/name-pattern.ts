/** Selects the names that an item of a Reloader list means. */
export type NamePattern = (names: readonly string[]) => string[];

/** Longest name of an object, and so the longest pattern that anyone needs. */
const LONGEST = 253;
/** A name is matched in time that grows with its length to this power. */
const MOST_REPETITIONS = 3;

/**
 * What an item of a Reloader list means: a regular expression that the whole name matches, in the syntax of Go. One that could
 * take for ever, or that means something else in JavaScript, is taken literally.
 */
export function compileNamePattern(item: string): NamePattern {
  if (/^[a-z0-9-]+$/.test(item)) return (names) => names.filter((name) => name === item);
  const expression = compile(item);
  return (names) => names.filter((name) => (expression === undefined ? name === item : expression.test(name)));
}

function compile(item: string): RegExp | undefined {
  if (!isHarmless(item)) return undefined;
  try {
    return new RegExp(`^${item}$`);
  } catch {
    return undefined;
  }
}

function isHarmless(item: string): boolean {
  if (item.length > LONGEST) return false;
  // Escapes other than of signs and the plain classes, `(?...)` and `[:alpha:]` differ between the two languages.
  if (/\\[^dwDW.\-\\+*?()[\]{}|^$]/.test(item) || /\(\?(?!:)/.test(item) || item.includes('[:')) return false;
  const bare = item
    .replace(/\\./g, 'x')
    .replace(/\[[^\]]*\]/g, 'x')
    .replaceAll('(?:', '(');
  // A repeated group is what makes backtracking explode.
  return !/\)[*+?{]/.test(bare) && (bare.match(/[*+?{]/g) ?? []).length <= MOST_REPETITIONS;
}
