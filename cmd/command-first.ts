import type { Command, Option } from 'commander';

/**
 * Puts the command before the flags that were typed before it, as kubectl bears them: `--yes -n shop restart` becomes
 * `restart --yes -n shop`. A word that is the value of a flag is no command.
 * @param command the tree that knows the commands and which flags take a value
 */
export function putCommandFirst(argv: readonly string[], command: Command): string[] {
  const takingValues = new Set(
    listOptions(command).flatMap(({ required, short, long }) => (required ? [short, long] : [])),
  );
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index] ?? '';
    if (word === '--') break;
    if (word.startsWith('-') && word !== '-') {
      if (takingValues.has(word)) index++;
      continue;
    }
    const found = command.commands.find((known) => known.name() === word);
    if (found === undefined) break;
    return [word, ...putCommandFirst([...argv.slice(0, index), ...argv.slice(index + 1)], found)];
  }
  return [...argv];
}

/** Of a command, of all above and of all below it. */
function listOptions(command: Command): Option[] {
  const above: Option[] = [];
  for (let next = command.parent; next !== null; next = next.parent) above.push(...next.options);
  const below = (from: Command): Option[] => [...from.options, ...from.commands.flatMap(below)];
  return [...above, ...below(command)];
}
