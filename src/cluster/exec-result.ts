import { parseJsonObject, readObject, readObjects, readText } from '../objects/json.ts';
import type { ExecResult } from './cluster.ts';
import { ExecError, isGone, isNoCommand } from './exec-error.ts';

/** So much of both outputs together is kept. */
export const OUTPUT_LIMIT = 8 * 1024 * 1024;
const STATUS_LIMIT = 64 * 1024;

/** The first byte of a message says what the message carries. */
const CHANNELS: Readonly<Record<number, 'stdout' | 'stderr' | 'status'>> = { 1: 'stdout', 2: 'stderr', 3: 'status' };

/** Puts the messages of an exec together: its outputs and its end. */
export class ExecOutput {
  readonly #bytes = { stdout: new ByteQueue(), stderr: new ByteQueue(), status: new ByteQueue() };
  #channel: number | undefined;

  /** A message begins. */
  begin(): void {
    this.#channel = undefined;
  }

  /**
   * A piece of the message.
   * @throws ExecError when more came than is kept
   */
  add(piece: Uint8Array): void {
    const content = this.#channel === undefined ? piece.subarray(1) : piece;
    this.#channel ??= piece[0] ?? 0;
    const name = CHANNELS[this.#channel];
    if (name === undefined) return;
    if (this.isTooMuch) throw tooMuch();
    this.#bytes[name].push(content);
    if (this.isTooMuch) throw tooMuch();
  }

  /** True when more was printed than is kept. */
  get isTooMuch(): boolean {
    const { stdout, stderr, status } = this.#bytes;
    return stdout.length + stderr.length > OUTPUT_LIMIT || status.length > STATUS_LIMIT;
  }

  /** True when the server has told how the command ended. */
  get isEnded(): boolean {
    return this.#bytes.status.length > 0;
  }

  /**
   * What came of it, once the connection is closed.
   * @throws ExecError when the command did not run to an end
   */
  finish(): ExecResult {
    if (!this.isEnded)
      throw new ExecError('failed', 'the connection to the container was cut before the command ended');
    const { stdout, stderr, status } = this.#bytes;
    const exitCode = readExitCode(Buffer.from(status.read()).toString('utf8'));
    return { stdout: stdout.read(), stderr: stderr.read(), exitCode };
  }
}

/** The output is longer than what is kept. */
export function tooMuch(): ExecError {
  return new ExecError('too-much', `the command printed more than ${OUTPUT_LIMIT / 1024 / 1024} MiB`);
}

/** Bytes in the order in which they came, in one piece: a list of pieces would cost many times their length if they are tiny. */
export class ByteQueue {
  #bytes = new Uint8Array(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(piece, this.#length);
    this.#length = length;
  }

  read(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }
}

/** The exit code in the `Status` that ends an exec: 0 for success, else among the causes. */
function readExitCode(text: string): number {
  const status = parseJsonObject(text);
  if (readText(status, 'status') === 'Success') return 0;
  const causes = readObjects(readObject(status, 'details'), 'causes');
  const code = Number(
    readText(
      causes.find((cause) => readText(cause, 'reason') === 'ExitCode'),
      'message',
    ) || 'none',
  );
  if (Number.isInteger(code)) return code;
  const message = readText(status, 'message') || 'the command ended in a way that the server did not tell';
  throw new ExecError(isNoCommand(message) ? 'no-command' : isGone(message) ? 'gone' : 'failed', message);
}
