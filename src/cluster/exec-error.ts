import { ReloadError } from '../error.ts';
import { ApiError } from './api-error.ts';
import { ConnectionError } from './connection-error.ts';

/** Why a command in a container gave no result. */
export type ExecFailure =
  /** The user may not. */
  | 'forbidden'
  /** There is no such pod or container, or it does not run. */
  | 'gone'
  /** The image has no such program, or it cannot be run. */
  | 'no-command'
  | 'timeout'
  /** It printed more than is kept. */
  | 'too-much'
  /** Anything else: the node cannot be reached, the connection was cut. */
  | 'failed';

/** A command could not be run in a container, or its result did not come. */
export class ExecError extends ReloadError {
  readonly kind: ExecFailure;

  constructor(kind: ExecFailure, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, { ...(options.hint && { hint: options.hint }), cause: options.cause });
    this.kind = kind;
  }
}

/** What container runtimes say of a program that they cannot start. */
const NO_COMMAND =
  /executable file .*not found|no such file or directory|permission denied|exec format error|not a directory/i;

/** True for the words of a container runtime that could not start a program. */
export function isNoCommand(message: string): boolean {
  return NO_COMMAND.test(message);
}

/** True for the words of a kubelet or container runtime that does not find the container running. */
export function isGone(message: string): boolean {
  return /container not found|not running|not created or running|in a completed pod|not valid for pod/i.test(message);
}

/** What the failure of an exec's request means; what is no failure of the request is given back as it is. */
export function explainRefusal(error: unknown): unknown {
  if (error instanceof ApiError) {
    const { code, message, hint } = error;
    const isRefused = code === 403 || code === 401;
    const kind = isRefused ? 'forbidden' : code === 404 || code === 400 || isGone(message) ? 'gone' : 'failed';
    // The server names no right when only `create` is missing: its sentence ends in the colon before it.
    const full = isRefused
      ? message.replace(/: ?$/, ': exec takes the rights to get and to create pods/exec')
      : message;
    return new ExecError(kind, full, { hint, cause: error });
  }
  if (error instanceof ConnectionError) {
    const { message, hint } = error;
    return new ExecError(error.kind === 'timeout' ? 'timeout' : 'failed', message, { hint, cause: error });
  }
  return error;
}
