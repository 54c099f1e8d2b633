import type { Command } from 'commander';
import { Argument } from 'commander';
import type { ExitCode } from '../../src/error.ts';
import { COMPLETION_TIMEOUT } from '../../src/name.ts';
import type { Streams } from '../streams.ts';
import type { Shell } from './print-script.ts';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish', 'powershell'];

const HELP = `
Load it where your shell starts:
  bash        source <(kubectl reload completion bash)
  zsh         source <(kubectl reload completion zsh)     after compinit
  fish        kubectl reload completion fish | source
  powershell  kubectl reload completion powershell | Out-String | Invoke-Expression

That completes kubectl-reload. For "kubectl reload", kubectl's own completion (from 1.26 on) asks the program
kubectl_complete-reload, which comes with this one: it must be in PATH. A link of that name to this program does
it too; krew makes none.

Names come from the cluster if it answers within 250ms; with ${COMPLETION_TIMEOUT}=2s there is more
time, for a slow login.
`;

/** Adds `completion`. */
export function addCompletionCommand(program: Command, streams: Streams, finish: (code: ExitCode) => void): void {
  program
    .command('completion')
    .description('print the script that completes command lines in your shell')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', HELP)
    .action(async (shell: Shell) => {
      const { runCompletion } = await import('./print-script.ts');
      finish(runCompletion(shell, streams));
    });
}
