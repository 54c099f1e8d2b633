import type { Command } from 'commander';
import { parseTimeout } from '../../src/cluster/timeout.ts';
import { ExitCode } from '../../src/error.ts';
import { COMPLETION_TIMEOUT } from '../../src/name.ts';
import type { GlobalFlags } from '../flags.ts';
import { DEFAULT_COMMAND } from '../program.ts';
import type { Streams } from '../streams.ts';
import type { Candidate, CompletionAnswer } from './answer.ts';
import { formatAnswer } from './answer.ts';
import { completeFlags } from './complete-flags.ts';
import { completeTarget } from './complete-targets.ts';
import { completeValue } from './complete-values.ts';
import type { GivenOption, Line } from './line.ts';
import { listCommands, readLine } from './line.ts';
import type { Names } from './names.ts';
import { makeNames } from './names.ts';

/** Milliseconds: who presses TAB waits no longer. */
const PATIENCE = 250;

const NOTHING: CompletionAnswer = { candidates: [] };

/**
 * Prints what the word at the cursor may become, for a shell; see `formatAnswer`. Whatever goes wrong, nothing is offered and nothing is
 * said: a person is in the middle of a line.
 * @param words what follows the program's name; the last is the one at the cursor, '' for a new one
 */
export async function runComplete(words: readonly string[], program: Command, streams: Streams): Promise<ExitCode> {
  program.configureOutput({ writeOut() {}, writeErr() {} });
  // PowerShell before 7.3 passes no empty word on, but these two quotes as one; later versions pass the quotes.
  const line = readLine(program, words.at(-1) === '""' ? [...words.slice(0, -1), ''] : words);
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(), readPatience(streams));
  const signal = AbortSignal.any([ending.signal, streams.interrupted]);
  const tooLate = new Promise<CompletionAnswer>((resolve) => {
    signal.addEventListener('abort', () => resolve(NOTHING));
  });
  try {
    const answer = await Promise.race([complete(line, program, streams, signal), tooLate]);
    streams.stdout.write(formatAnswer(answer));
  } catch {
    streams.stdout.write(formatAnswer(NOTHING));
  } finally {
    clearTimeout(timer);
    ending.abort();
  }
  return ExitCode.ok;
}

function readPatience({ env }: Streams): number {
  const text = env[COMPLETION_TIMEOUT];
  if (!text) return PATIENCE;
  try {
    return Math.min(parseTimeout(text) || PATIENCE, 2 ** 31 - 1);
  } catch {
    return PATIENCE;
  }
}

async function complete(
  line: Line,
  program: Command,
  streams: Streams,
  signal: AbortSignal,
): Promise<CompletionAnswer> {
  const { command, given, operands, place } = line;
  let made: Names | undefined;
  const names = (): Names => {
    made ??= makeNames(readGlobalFlags(program, given), streams, signal);
    return made;
  };
  switch (place.kind) {
    case 'flag':
      return { candidates: completeFlags(command, given, place.typed, findDefaultCommand(program)) };
    case 'value': {
      const answer = await completeValue(place.option, place.typed, operands, names);
      const candidates = answer.candidates
        .filter(({ text }) => text.startsWith(place.typed))
        .map((candidate) => ({ ...candidate, text: place.prefix + candidate.text }));
      return { ...answer, candidates };
    }
    case 'operand':
      return completeOperand(line, place.typed, program, names);
    default:
      return place satisfies never;
  }
}

async function completeOperand(
  { command, given, operands }: Line,
  typed: string,
  program: Command,
  names: () => Names,
): Promise<CompletionAnswer> {
  const commands = operands.length === 0 ? listCommands(command) : [];
  const offered = commands
    .map((known) => ({ text: known.name(), description: known.description() }))
    .filter(({ text }) => text.startsWith(typed));
  // The types of targets may follow the program's name too, but who has typed nothing asks for the commands.
  if (commands.length > 0 && typed === '') return { candidates: offered };
  const [argument] = (command === program ? findDefaultCommand(program) : command)?.registeredArguments ?? [];
  switch (argument?.name()) {
    case 'target': {
      // A name cannot be looked up in all namespaces, and those in manifests are not the cluster's.
      const isElsewhere = given.some(({ option }) =>
        ['allNamespaces', 'filename', 'kustomize'].includes(option.attributeName()),
      );
      const answer = await completeTarget(typed, operands, async (kind) => (isElsewhere ? [] : names().objects(kind)));
      return { ...answer, candidates: [...offered, ...answer.candidates] };
    }
    case 'command':
      return { candidates: completeCommandPath(program, operands, typed) };
    default: {
      const choices = operands.length === 0 ? (argument?.argChoices ?? []) : [];
      return { candidates: [...offered, ...toCandidates(choices.filter((text) => text.startsWith(typed)))] };
    }
  }
}

/** Of `help probe in`. */
function completeCommandPath(program: Command, path: readonly string[], typed: string): Candidate[] {
  let at: Command | undefined = program;
  for (const word of path) at = at?.commands.find((known) => known.name() === word);
  return (at === undefined ? [] : listCommands(at))
    .map((known) => ({ text: known.name(), description: known.description() }))
    .filter(({ text }) => text.startsWith(typed));
}

/** The command that runs when none is named: its usage is that of the program. */
function findDefaultCommand(program: Command): Command | undefined {
  return program.commands.find((command) => command.name() === DEFAULT_COMMAND);
}

function toCandidates(texts: readonly string[]): Candidate[] {
  return texts.map((text) => ({ text }));
}

/** The program's own flags, read by the program itself. */
function readGlobalFlags(program: Command, given: readonly GivenOption[]): GlobalFlags {
  program.parseOptions(
    given
      .filter(({ option }) => program.options.includes(option))
      .map(({ option: { long = '' }, value }) => (value === null ? long : `${long}=${value}`)),
  );
  return program.opts<GlobalFlags>();
}
