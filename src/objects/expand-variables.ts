/** No path is longer; and some tens of variables that each name another one twice would have more letters than fit anywhere. */
const LONGEST = 4096;

/**
 * Replaces `$(NAME)` as the kubelet does; `$$` is a dollar sign.
 * https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 * @param find the value of a variable, asked for each that is named; `null` where it is not known
 * @returns `null` where a value is not known, and for what is longer than a path can be
 */
export function expandVariables(text: string, find: (name: string) => string | null): string | null {
  let left = LONGEST;
  const replace = (_: string, name: string | undefined): string => {
    const value = name === undefined ? '$' : find(name);
    left -= value === null ? LONGEST + 1 : value.length;
    return left < 0 ? '' : (value ?? '');
  };
  // Behind the last bracket nothing is named, and to look for another one from each beginning would take for ever.
  const end = text.lastIndexOf(')') + 1;
  const expanded = text.slice(0, end).replace(/\$(?:\$|\(([^)]*)\))/g, replace) + text.slice(end).replaceAll('$$', '$');
  return left < 0 || expanded.length > LONGEST ? null : expanded;
}
