import { ReloadError } from '../src/error.ts';
import { UnknownTypeError } from '../src/graph/select.ts';
import { PROGRAM } from '../src/name.ts';
import { findNearestWord } from '../src/nearest-word.ts';
import { findKind } from '../src/objects/kinds.ts';

/** What users of kubectl type, and what it is here. */
const KUBECTL_WORDS: Readonly<Record<string, string>> = {
  'rollout status': 'rollout-status',
  'rollout restart': 'restart',
};

/**
 * An error of the command that runs when none is named, where the first word may be a mistyped command: then it says so too. Only the
 * cluster can tell that it is no type of that, so this comes after the error.
 * @param words what follows the program's name, without flags
 * @param commands the commands that there are
 */
export function explainMistypedCommand(error: unknown, words: readonly string[], commands: readonly string[]): unknown {
  if (!(error instanceof ReloadError)) return error;
  const [first = '', second, ...rest] = words;
  const habit = KUBECTL_WORDS[`${first} ${second}`];
  if (habit !== undefined) return withHint(error, `Did you mean ${commandLine(habit, rest)}?`);
  const near = first.includes('/') || findKind(first) !== undefined ? undefined : findNearestWord(first, commands);
  if (near === undefined) return error;
  const typed = commandLine(near, words.slice(1));
  if (error instanceof UnknownTypeError) {
    return new UnknownTypeError(`"${first}" is neither a command nor a type`, [typed, ...error.meant]);
  }
  const guess = `Did you mean ${typed}?`;
  return withHint(error, error.hint === undefined ? guess : `${error.hint}\n${guess}`);
}

function commandLine(command: string, words: readonly string[]): string {
  return [PROGRAM, command, ...words].join(' ');
}

function withHint(error: ReloadError, hint: string): ReloadError {
  return new ReloadError(error.message, { hint, exitCode: error.exitCode, cause: error });
}
