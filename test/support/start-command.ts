import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { run } from '../../cmd/run.ts';
import { KUBECTL_CACHE } from './run-command.ts';

/** A command that runs on. */
export interface StartedCommand {
  stdout(): string;
  stderr(): string;
  interrupt(): void;
  /** Its exit code. */
  ended: Promise<number>;
}

/**
 * Starts a command in this process that ends only when it is interrupted.
 * @param setting.screen makes its standard output a terminal
 * @param setting.now its clock
 */
export function startCommand(
  line: string,
  setting: { kubeconfig: string; screen?: { columns: number; rows: number }; now?: () => Date },
): StartedCommand {
  const printed = { stdout: '', stderr: '' };
  const interruption = new AbortController();
  const sink = (name: keyof typeof printed) => ({
    write(text: string) {
      printed[name] += text;
    },
  });
  const screen = setting.screen && Object.assign(new EventEmitter(), setting.screen, { isTTY: true });
  const ended = run(line.split(' '), {
    stdin: Object.assign(Readable.from([]), { isTTY: false }),
    stdout: Object.assign(screen ?? {}, sink('stdout')),
    stderr: sink('stderr'),
    env: { PATH: process.env['PATH'], ...KUBECTL_CACHE, KUBECONFIG: setting.kubeconfig, NO_COLOR: '1' },
    cwd: process.cwd(),
    homedir: '/nonexistent',
    now: setting.now ?? (() => new Date()),
    interrupted: interruption.signal,
  });
  return {
    stdout: () => printed.stdout,
    stderr: () => printed.stderr,
    interrupt: () => interruption.abort(),
    ended,
  };
}
