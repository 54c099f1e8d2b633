/** A real shell on a terminal of its own, in which a command line can be typed, TAB and all. */
import { chmod, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { waitFor } from '../cluster/wait-for.ts';
import { makeFolder } from './connection.ts';

/** The shells that we type in. */
export type TestShell = 'bash' | 'zsh' | 'fish';

/** A shell that waits for a line. */
export interface ShellSession extends AsyncDisposable {
  /** Its home and working directory. */
  folder: string;
  /** Types keys, then Enter; gives the words that `kubectl-reload` was run with, as the shell read them. */
  run(keys: string): Promise<string[]>;
  /** Types keys and waits until the terminal shows a text that matches, then Enter. The command is run with what is then there. */
  show(keys: string, expected: RegExp): Promise<void>;
}

const COMMANDS: Readonly<Record<TestShell, readonly string[]>> = {
  bash: ['bash', '--norc', '--noprofile', '-i'],
  zsh: ['zsh', '-f', '-i'],
  fish: ['fish', '--no-config', '-i'],
};

const SETUP: Readonly<Record<TestShell, string>> = {
  bash: `bind 'set bell-style none'; bind 'set show-all-if-ambiguous on'; source <(kubectl-reload completion bash)`,
  zsh: 'unsetopt BEEP PROMPT_SP; autoload -U compinit && compinit -u -D; source <(kubectl-reload completion zsh)',
  fish: 'function fish_prompt; end; kubectl-reload completion fish | source',
};

/** The program from its source where a shell asks for completions, and an echo of its words where it is run. */
const PROGRAM = `#!/bin/sh
case $1 in
__complete | completion) exec "$BUN" "$SOURCE" "$@" ;;
esac
printf 'RAN'
for word; do printf '<%s>' "$word"; done
printf 'DONE\\n'
`;

/**
 * Starts a shell with the completion of the program loaded.
 * @param setting.path folders that come before all others in PATH
 * @param setting.setup what the shell runs first
 */
export async function startShell(
  shell: TestShell,
  setting: { kubeconfig: string; path?: string; setup?: string },
): Promise<ShellSession> {
  const folder = await makeFolder();
  const programs = join(folder.path, 'bin');
  await mkdir(programs);
  await writeFile(join(programs, 'kubectl-reload'), PROGRAM);
  await chmod(join(programs, 'kubectl-reload'), 0o755);
  await copyFile('scripts/kubectl_complete-reload', join(programs, 'kubectl_complete-reload'));
  let written = '';
  const decoder = new TextDecoder();
  const child = Bun.spawn([...COMMANDS[shell]], {
    cwd: folder.path,
    env: {
      PATH: [programs, setting.path, process.env['PATH']].filter(Boolean).join(':'),
      HOME: folder.path,
      TERM: 'dumb',
      PS1: '> ',
      LC_ALL: 'C.UTF-8',
      KUBECONFIG: setting.kubeconfig,
      BUN: process.execPath,
      SOURCE: resolve('cmd/kubectl-reload.ts'),
      // A busy machine is slow, and that is not what is tested.
      KUBECTL_RELOAD_COMPLETION_TIMEOUT: '60s',
    },
    terminal: {
      cols: 200,
      rows: 60,
      data(_, bytes) {
        written += decoder.decode(bytes, { stream: true });
      },
    },
  });
  const type = (keys: string): void => void child.terminal?.write(keys);
  const expect = async (pattern: RegExp, from: number): Promise<RegExpMatchArray> => {
    try {
      return await waitFor(() => pattern.exec(written.slice(from)) ?? undefined, 120_000, String(pattern));
    } catch (error) {
      throw new Error(`${shell} shows ${JSON.stringify(written.slice(from))}`, { cause: error });
    }
  };
  type(`${setting.setup ?? 'true'}; ${SETUP[shell]}; kubectl-reload is re''ady\r`);
  await expect(/RAN<is><ready>DONE/, 0);
  return {
    folder: folder.path,
    async run(keys) {
      const from = written.length;
      type(`${keys}\r`);
      const [, words = ''] = await expect(/RAN(.*?)DONE/s, from);
      return [...words.matchAll(/<(.*?)>/gs)].map(([, word = '']) => word);
    },
    async show(keys, expected) {
      const from = written.length;
      type(keys);
      await expect(expected, from);
      type('\r');
      await expect(/DONE/, from);
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await child.exited;
      child.terminal?.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}
