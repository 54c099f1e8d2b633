/**
 * The word that a mistyped one comes nearest to. A third of its letters may be wrong, at most two; two that changed places count as
 * one: `deplyo` finds `deploy`, `wbe` finds `web`, `svc` does not find `sts`.
 * @returns `undefined` when none is near; of two that are equally near the first
 */
export function findNearestWord(typed: string, words: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Math.min(2, Math.floor(typed.length / 3)) + 1;
  for (const word of words) {
    // The lengths alone can tell, of many names, that one is not near.
    if (Math.abs(word.length - typed.length) >= least) continue;
    const distance = countEdits(typed, word);
    if (distance >= least) continue;
    least = distance;
    nearest = word;
  }
  return nearest;
}

/** Letters that were added, left out, changed, or swapped with their neighbour. */
function countEdits(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line++) {
    const next = [line];
    for (let column = 1; column <= to.length; column++) {
      const cost = from[line - 1] === to[column - 1] ? 0 : 1;
      const edits = Math.min((row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (row[column - 1] ?? 0) + cost);
      const isSwapped = from[line - 1] === to[column - 2] && from[line - 2] === to[column - 1];
      next.push(isSwapped && line > 1 && column > 1 ? Math.min(edits, (before[column - 2] ?? 0) + 1) : edits);
    }
    before = row;
    row = next;
  }
  return row[to.length] ?? 0;
}
