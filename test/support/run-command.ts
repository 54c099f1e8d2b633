import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { run } from '../../cmd/run.ts';

/** For the kubectl that a command may start: without a home it would keep its cache in the current folder. */
export const KUBECTL_CACHE = { KUBECACHEDIR: join(tmpdir(), 'kubectl-reload-test-cache') };

/** How a command ended and what it printed. */
export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** What surrounds a command in a test. */
export interface CommandSetting {
  /** Path of a kubeconfig; without one the command finds none. */
  kubeconfig?: string;
  stdin?: string;
  /** In the place of `stdin`, what comes bit by bit. */
  input?: () => AsyncIterable<Buffer>;
  /** Standard input is a terminal. */
  tty?: boolean;
  cwd?: string;
  env?: Record<string, string | undefined>;
  now?: () => Date;
  interrupted?: AbortSignal;
}

/** Runs one command line in this process as the program would: no terminal, no colours, nothing of the caller's environment. */
export async function runCommand(
  line: string | readonly string[],
  setting: CommandSetting = {},
): Promise<CommandResult> {
  const printed = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof printed) => ({
    write: (text: string) => {
      printed[name] += text;
    },
  });
  const code = await run(typeof line === 'string' ? line.split(' ').filter(Boolean) : [...line], {
    stdin: Object.assign(
      Readable.from(setting.input?.() ?? (setting.stdin === undefined ? [] : [Buffer.from(setting.stdin)])),
      {
        isTTY: setting.tty === true,
      },
    ),
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env: {
      PATH: process.env['PATH'],
      ...KUBECTL_CACHE,
      ...(setting.kubeconfig === undefined ? {} : { KUBECONFIG: setting.kubeconfig }),
      ...setting.env,
    },
    cwd: setting.cwd ?? process.cwd(),
    homedir: '/nonexistent',
    now: setting.now ?? (() => new Date()),
    interrupted: setting.interrupted ?? new AbortController().signal,
  });
  return { code, ...printed };
}
