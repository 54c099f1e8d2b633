import { ExitCode, ReloadError } from '../src/error.ts';
import { escapeLines } from '../src/view/text.ts';
import { spellBooleanFlags } from './boolean-flags.ts';
import { putCommandFirst } from './command-first.ts';
import { buildProgram, isHelpOrUsage } from './program.ts';
import type { Streams } from './streams.ts';

/** The first word of a question of a shell: how the command line that follows may go on. The name is that of cobra's programs. */
export const COMPLETE = '__complete';

/**
 * Runs one command line.
 * @param argv the words after the program's name
 * @returns the exit code; foreseen errors are printed on stderr, unforeseen ones too, with their stack
 */
export async function run(argv: string[], streams: Streams): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  const isQuestion = argv[0] === COMPLETE;
  const finish = (code: ExitCode): void => {
    exitCode = code;
  };
  const program = buildProgram(streams, finish, isQuestion ? undefined : argv);
  try {
    if (isQuestion) {
      const { runComplete } = await import('./completion/complete.ts');
      return await runComplete(argv.slice(1), program, streams);
    }
    await program.parseAsync(putCommandFirst(spellBooleanFlags(argv, program), program), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (isHelpOrUsage(error)) return error.exitCode === 0 ? ExitCode.ok : ExitCode.refused;
    if (streams.interrupted.aborted) {
      streams.stderr.write('interrupted\n');
      return ExitCode.interrupted;
    }
    return reportError(error, streams);
  }
}

/** Errors of the server and of the connection already begin in kubectl's words. */
const SPEAKS_FOR_ITSELF = /^(error: |Error from server|Unable to connect to the server|The connection to the server)/;

function reportError(error: unknown, streams: Streams): ExitCode {
  if (error instanceof ReloadError) {
    const prefix = SPEAKS_FOR_ITSELF.test(error.message) ? '' : 'error: ';
    streams.stderr.write(`${prefix}${escapeLines(error.message)}\n`);
    if (error.hint !== undefined) streams.stderr.write(`${escapeLines(error.hint).replace(/^/gm, '  ')}\n`);
    return error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  streams.stderr.write(`error: this is a bug in kubectl reload, please report it\n${escapeLines(text)}\n`);
  return ExitCode.refused;
}
