import { ExitCode } from '../../src/error.ts';
import type { Streams } from '../streams.ts';
import { BASH_SCRIPT } from './bash-script.ts';
import { FISH_SCRIPT } from './fish-script.ts';
import { POWERSHELL_SCRIPT } from './powershell-script.ts';
import { ZSH_SCRIPT } from './zsh-script.ts';

/** The shells whose command lines we complete. */
export type Shell = 'bash' | 'zsh' | 'fish' | 'powershell';

const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: BASH_SCRIPT,
  zsh: ZSH_SCRIPT,
  fish: FISH_SCRIPT,
  powershell: POWERSHELL_SCRIPT,
};

/** Prints the script of a shell. It asks the program itself, `kubectl-reload __complete ...`, so it knows nothing that could grow old. */
export function runCompletion(shell: Shell, streams: Streams): ExitCode {
  streams.stdout.write(SCRIPTS[shell]);
  return ExitCode.ok;
}
