/** So many are named: the texts of verdicts are kept for every container. */
const MOST = 5;

/** `a, b`; of many keys only some: `a, b, c, d, e and 9995 more`. */
export function nameSome(names: readonly string[]): string {
  const rest = names.length - MOST;
  return rest > 0 ? `${names.slice(0, MOST).join(', ')} and ${rest} more` : names.join(', ');
}
