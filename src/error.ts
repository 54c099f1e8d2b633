/** Exit codes, the same for every command. */
export const ExitCode = {
  /** Done. */
  ok: 0,
  /** "The answer is no": stale, different, failed. */
  no: 1,
  /** Refused, or could not tell: usage, login, forbidden, unreachable, time-out. */
  refused: 2,
  /** Interrupted by a signal. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** An error that was foreseen: its message is a sentence for the user, with what to do next in `hint`. */
export class ReloadError extends Error {
  override readonly name = 'ReloadError';
  readonly hint: string | undefined;
  readonly exitCode: ExitCode;

  constructor(message: string, options: { hint?: string; exitCode?: ExitCode; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.hint = options.hint;
    this.exitCode = options.exitCode ?? ExitCode.refused;
  }
}
