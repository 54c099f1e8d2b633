import type { Readable } from 'node:stream';

/** Where text goes: enough of a `WriteStream` to draw on, small enough to fake in a test. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** Of a stream of the process: a program that we run can write to it by itself. */
  readonly fd?: number;
  /** Of a terminal: its size is another one. */
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** Everything that a command touches of the process it runs in. */
export interface Streams {
  stdin: Readable & { readonly isTTY?: boolean };
  /** Results, and nothing else. */
  stdout: TextSink;
  /** Progress, prompts, warnings, errors. */
  stderr: TextSink;
  env: Record<string, string | undefined>;
  cwd: string;
  homedir: string;
  now(): Date;
  /** Aborted by SIGINT and SIGTERM. */
  interrupted: AbortSignal;
}
