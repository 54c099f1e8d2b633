/** Progress of a rollout: how much of it is told depends on how fast the machine is. */
const PROGRESS = /^[\w./-]+: Waiting for /;

/**
 * An output without what is another one in each run: ages, times, the names of pods and of the namespace.
 * Alignment goes where an age stands before it.
 */
export function normalize(text: string, namespace = 'shop'): string {
  return text
    .replaceAll(namespace, 'shop')
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, 'TIME')
    .replace(/\b(\d+[smhd])+\b(?!-) */g, 'AGE ')
    .replace(/(?<=-)([bcdfghjklmnpqrstvwxz2456789]{8,10}-)?[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, 'ID')
    .replace(/(?<=\/)127\.0\.0\.1:\d+/g, 'SERVER')
    .replace(/ +$/gm, '');
}

/**
 * What of `expected` the run did not print, and the reverse, as two texts that are equal where the page tells the truth.
 * Lines of progress that the page leaves out do not count; those that it has must have been printed.
 */
export function compareOutput(
  expected: string,
  actual: string,
  namespace: string,
): { expected: string; actual: string } {
  const told = new Set(
    expected
      .split('\n')
      .filter((line) => PROGRESS.test(line))
      .map((line) => normalize(line)),
  );
  const lines = normalize(actual, namespace).split('\n');
  return {
    expected: normalize(expected),
    actual: lines.filter((line) => !PROGRESS.test(line) || told.has(line)).join('\n'),
  };
}
