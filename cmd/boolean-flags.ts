import type { Command } from 'commander';

/** As Go's `strconv.ParseBool` takes them, which reads kubectl's flags. */
const VALUES: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
]);

/**
 * Makes of flags with a truth value, as users of kubectl type them, flags that say it by their name: `--wait=false` becomes
 * `--no-wait`, `--force=true` becomes `--force`, and what would say nothing goes. `--dry-run` alone is that of the client. Every other
 * word stays as it is.
 * @param program the command tree, which knows which flags take no value
 */
export function spellBooleanFlags(argv: readonly string[], program: Command): string[] {
  const flags = new Set(
    listCommands(program)
      .flatMap(({ options }) => options.filter((option) => option.isBoolean() || option.negate))
      .map(({ long }) => long ?? ''),
  );
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  return [...chooseDryRun(dropLevels(words)).flatMap((word) => spellFlag(word, flags)), ...argv.slice(words.length)];
}

/** kubectl's `-v 6`, `-v=6` and `--v=6` tell how much to trace; here there is one measure. */
function dropLevels(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const level = /^--?v=(?<level>\d+)$/.exec(word)?.groups?.['level'];
    if (level !== undefined) return Number(level) === 0 ? [] : ['-v'];
    return words[index - 1] === '-v' && /^\d+$/.test(word) ? [] : [word];
  });
}

/** kubectl still takes `--dry-run` without a value; whoever says so wants nothing changed. */
function chooseDryRun(words: readonly string[]): string[] {
  const isValue = (word: string | undefined) => ['none', 'client', 'server'].includes(word ?? '');
  return words.map((word, index) => (word === '--dry-run' && !isValue(words[index + 1]) ? '--dry-run=client' : word));
}

function listCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(listCommands)];
}

function spellFlag(word: string, flags: ReadonlySet<string>): string[] {
  const { name = '', value } = /^--(?<name>[a-z-]+)(=(?<value>\w+))?$/.exec(word)?.groups ?? {};
  const yes = `--${name}`;
  const no = `--no-${name}`;
  if (!(flags.has(yes) || flags.has(no))) return [word];
  const isSet = value === undefined ? true : VALUES.get(value);
  if (isSet === undefined) return [word];
  // Where only one of the two exists, the other is what goes without saying.
  const spelt = isSet ? yes : no;
  return flags.has(spelt) ? [spelt] : [];
}
