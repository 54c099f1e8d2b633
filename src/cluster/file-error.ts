const WORDS: Record<string, string> = {
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  EISDIR: 'is a directory',
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  ELOOP: 'too many levels of symbolic links',
};

/** The code of a system error (`ENOENT`); '' for any other error. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** A file that is not there. */
export function isNotFound(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

/** Why a file could not be read, in the words of the system: `no such file or directory`. */
export function readableCause(error: unknown): string {
  return WORDS[errorCode(error)] ?? (error instanceof Error ? error.message : String(error));
}
