import type { Dependency } from '../types.ts';

/** True when the next start of the container will fail for want of this reference. */
export function dangles(dependency: Dependency): boolean {
  return !dependency.optional && isMissing(dependency);
}

/** True when the config or a key of it is known not to exist, optional or not. */
export function isMissing(dependency: Dependency): boolean {
  return dependency.exists === false || dependency.missingKeys.length > 0;
}

/** What is wrong with a reference, in words; '' when nothing is. */
export function describeMissing(dependency: Dependency): string {
  const missing = dependency.optional ? 'absent (optional)' : 'missing';
  if (dependency.exists === false) return missing;
  if (dependency.missingKeys.length === 0) return '';
  const noun = dependency.missingKeys.length === 1 ? 'key' : 'keys';
  return `${missing}: ${noun} ${dependency.missingKeys.join(', ')}`;
}
