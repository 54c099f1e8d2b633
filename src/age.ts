const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/**
 * An age as kubectl prints it: `45s`, `5m12s`, `12m`, `3h5m`, `2d4h`, `40d`, `3y12d`.
 * Two units while the first is small, one afterwards (`duration.HumanDuration` of k8s.io/apimachinery).
 * @param milliseconds negative ones (a clock that is behind) print as `0s`
 */
export function formatAge(milliseconds: number): string {
  const age = Math.max(0, milliseconds);
  if (age < 2 * MINUTE) return unit(age, SECOND, 's');
  if (age < 10 * MINUTE) return unit(age, MINUTE, 'm') + rest(age, MINUTE, SECOND, 's');
  if (age < 3 * HOUR) return unit(age, MINUTE, 'm');
  if (age < 8 * HOUR) return unit(age, HOUR, 'h') + rest(age, HOUR, MINUTE, 'm');
  if (age < 2 * DAY) return unit(age, HOUR, 'h');
  if (age < 8 * DAY) return unit(age, DAY, 'd') + rest(age, DAY, HOUR, 'h');
  if (age < 2 * YEAR) return unit(age, DAY, 'd');
  if (age < 8 * YEAR) return unit(age, YEAR, 'y') + rest(age, YEAR, DAY, 'd');
  return unit(age, YEAR, 'y');
}

function unit(age: number, size: number, letter: string): string {
  return `${Math.floor(age / size)}${letter}`;
}

function rest(age: number, of: number, size: number, letter: string): string {
  const count = Math.floor((age % of) / size);
  return count === 0 ? '' : `${count}${letter}`;
}
