import type { Command, Option } from 'commander';
import { Help } from 'commander';

/** A flag that was typed; `value` is `null` for one that takes none. */
export interface GivenOption {
  option: Option;
  value: string | null;
}

/** What the word at the cursor is. */
export type Place =
  | { kind: 'flag'; typed: string }
  /** The value of a flag; `prefix` is what of the flag stands in the same word and belongs to it for the shell: `-n` of `-nshop`. */
  | { kind: 'value'; option: Option; prefix: string; typed: string }
  | { kind: 'operand'; typed: string };

/** A command line up to the cursor. */
export interface Line {
  /** The command that was named; the whole program where none was. */
  command: Command;
  given: readonly GivenOption[];
  /** Words that are no flags and name no command. */
  operands: readonly string[];
  place: Place;
}

/**
 * Reads a command line that is not finished.
 * @param words what follows the program's name, without quotes; the last is the one at the cursor, '' for a new one
 */
export function readLine(program: Command, words: readonly string[]): Line {
  const given: GivenOption[] = [];
  const operands: string[] = [];
  let command = program;
  let isLiteral = false;
  let waiting: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (waiting !== undefined) {
      given.push({ option: waiting, value: word });
      waiting = undefined;
    } else if (word === '--' && !isLiteral) isLiteral = true;
    else if (word.length > 1 && word.startsWith('-') && !isLiteral) {
      const read = readFlags(word, command);
      given.push(...read.given);
      if (read.last !== undefined && isWithoutValue(word, read.last)) waiting = read.last.option;
      else if (read.last !== undefined) given.push({ option: read.last.option, value: read.last.value });
    } else {
      const named = operands.length === 0 ? findCommand(command, word) : undefined;
      if (named === undefined) operands.push(word);
      else command = named;
    }
  }
  const typed = words.at(-1) ?? '';
  return { command, given, operands, place: findPlace(typed, command, waiting, isLiteral) };
}

/** The commands that can be named after this one. */
export function listCommands(command: Command): Command[] {
  return new Help().visibleCommands(command);
}

function findCommand(command: Command, word: string): Command | undefined {
  return listCommands(command).find((known) => known.name() === word);
}

function findPlace(typed: string, command: Command, waiting: Option | undefined, isLiteral: boolean): Place {
  if (waiting !== undefined) return { kind: 'value', option: waiting, prefix: '', typed };
  if (isLiteral || !typed.startsWith('-')) return { kind: 'operand', typed };
  const { last } = readFlags(typed, command);
  // A flag that ends here may not be finished: `--as` begins `--as-group`.
  if (last === undefined || isWithoutValue(typed, last)) return { kind: 'flag', typed };
  // Every shell puts `--flag=` back by itself; of `-nshop` none does.
  const prefix = last.prefix.endsWith('=') ? '' : last.prefix;
  return { kind: 'value', option: last.option, prefix, typed: last.value };
}

/** The flag at the end of a word that takes a value, and the part of the value that stands in the word. */
interface LastFlag {
  option: Option;
  prefix: string;
  value: string;
}

/** The word ends with the flag itself: the next one is its value. */
function isWithoutValue(word: string, { prefix }: LastFlag): boolean {
  return prefix === word && !prefix.endsWith('=');
}

function readFlags(word: string, command: Command): { given: GivenOption[]; last: LastFlag | undefined } {
  const options = listKnownOptions(command);
  const given: GivenOption[] = [];
  if (word.startsWith('--')) {
    const [name = ''] = word.split('=', 1);
    const option = options.find(({ long }) => long === name);
    if (option === undefined) return { given, last: undefined };
    if (!option.required) return { given: [{ option, value: null }], last: undefined };
    const prefix = word.slice(0, name.length + 1);
    return { given, last: { option, prefix, value: word.slice(prefix.length) } };
  }
  for (let end = 2; end <= word.length; end++) {
    const option = options.find(({ short }) => short === `-${word[end - 1]}`);
    if (option === undefined) break;
    if (option.required) return { given, last: { option, prefix: word.slice(0, end), value: word.slice(end) } };
    given.push({ option, value: null });
  }
  return { given, last: undefined };
}

/** Those of a command, of all above and, since a command may come after its flags, of all below. */
function listKnownOptions(command: Command): Option[] {
  const below = (from: Command): Option[] => [...new Help().visibleOptions(from), ...from.commands.flatMap(below)];
  const above: Option[] = [];
  for (let next = command.parent; next !== null; next = next.parent) above.push(...next.options);
  return [...below(command), ...above];
}
