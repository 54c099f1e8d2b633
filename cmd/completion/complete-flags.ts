import type { Command, Option } from 'commander';
import { Help } from 'commander';
import type { Candidate } from './answer.ts';
import type { GivenOption } from './line.ts';

/**
 * The flags of a command that may follow what was typed, each with what it does.
 * @param command `defaultCommand`'s flags are offered too where it is the whole program
 */
export function completeFlags(
  command: Command,
  given: readonly GivenOption[],
  typed: string,
  defaultCommand: Command | undefined,
): Candidate[] {
  const used = new Set(given.filter(({ option }) => !isRepeatable(option)).map(({ option }) => option.attributeName()));
  const known = new Map<string, Option>();
  for (const option of listOptions(command, defaultCommand)) {
    if (option.long !== undefined && !known.has(option.long)) known.set(option.long, option);
  }
  const free = [...known.values()].filter((option) => !used.has(option.attributeName()));
  return free
    .flatMap((option) => {
      const names = typed.startsWith('--') ? [option.long] : [option.long, option.short];
      return names.map((name) => ({ text: name ?? '', description: option.description }));
    })
    .filter(({ text }) => text !== '' && text.startsWith(typed));
}

function listOptions(command: Command, defaultCommand: Command | undefined): Option[] {
  const options: Option[] = [];
  for (let next: Command | null = command; next !== null; next = next.parent) {
    // What the first page of the help leaves out is offered: a fresh `Help` knows nothing of that.
    options.push(...new Help().visibleOptions(next));
  }
  if (command.parent === null && defaultCommand !== undefined)
    options.push(...new Help().visibleOptions(defaultCommand));
  return options;
}

/** A flag whose values are collected makes a list of whatever it gets. */
function isRepeatable({ parseArg }: Option): boolean {
  try {
    return Array.isArray(parseArg?.('1', []));
  } catch {
    return false;
  }
}
