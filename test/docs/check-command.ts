import type { Command } from 'commander';

/** What is wrong with a command line that begins with `kubectl reload`: commands and flags that do not exist. */
export function checkCommand(program: Command, line: string): string[] {
  let command = program;
  const words = line.split(/\s+/).slice(2);
  const wrong: string[] = [];
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (next !== undefined) command = next;
    else if (command !== program && command.commands.length > 0 && /^[a-z]+$/.test(word)) {
      return [`kubectl reload ${command.name()} has no command ${word}`];
    }
  }
  const known = [...flagsOf(program), ...flagsOf(command), '--help', '-h'];
  // A word of a target is in no table: without a command it goes to `status`.
  if (command === program) known.push(...flagsOf(program.commands.find((one) => one.name() === 'status')));
  for (const word of words) {
    const [flag = ''] = word.split('=');
    if (/^--?[a-z]/i.test(flag) && !known.includes(flag)) {
      wrong.push(`kubectl reload ${command === program ? 'status' : command.name()} has no flag ${flag}`);
    }
  }
  return wrong;
}

/** All spellings of the flags of a command: `--no-wait` is `--wait=false` as well. */
function flagsOf(command: Command | undefined): string[] {
  return (command?.options ?? []).flatMap(({ short, long }) =>
    [short, long, long?.replace(/^--no-/, '--')].filter((flag) => flag !== undefined),
  );
}
