import type { CommandOptions } from 'commander';
import { Command, CommanderError } from 'commander';
import type { ExitCode } from '../src/error.ts';
import { CLIENT_VERSION } from './client-version.ts';
import { addDepsFlags, addDiffFlags, addRestartFlags, addRolloutStatusFlags, addStatusFlags } from './command-flags.ts';
import { addCompletionCommand } from './completion/completion-command.ts';
import type { DepsFlags } from './deps.ts';
import type { DiffFlags } from './diff.ts';
import { outputOption } from './flag-values.ts';
import type { GlobalFlags } from './flags.ts';
import { addGlobalFlags } from './flags.ts';
import { addHelpCommand, configureHelp } from './help.ts';
import { addProbeCommands } from './probe-commands.ts';
import type { RestartFlags } from './restart.ts';
import type { RolloutStatusFlags } from './rollout-status.ts';
import type { StatusFlags } from './status.ts';
import type { Streams } from './streams.ts';
import type { VersionFlags } from './version.ts';

/** True for what commander throws when it has printed help or a usage error. */
export function isHelpOrUsage(error: unknown): error is CommanderError {
  return error instanceof CommanderError;
}

/** The command that runs when none is named. */
export const DEFAULT_COMMAND = 'status';

/**
 * Builds the command tree. The code of a command is loaded only when it runs, so that help costs nothing.
 * @param finish takes the exit code of the command that ran
 * @param words the command line: a command that it does not name gets no flags, which take long to make; without it all get theirs
 */
export function buildProgram(streams: Streams, finish: (code: ExitCode) => void, words?: readonly string[]): Command {
  const program = new Command('kubectl reload')
    .description('git status, git diff and a safe deploy for ConfigMaps and Secrets')
    .configureOutput({
      writeOut: (text) => streams.stdout.write(text),
      writeErr: (text) => streams.stderr.write(text),
      getOutHelpWidth: () => streams.stdout.columns ?? 100,
      getErrHelpWidth: () => streams.stderr.columns ?? 100,
      // There are none, and to ask the runtime takes long.
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .version(`Client Version: ${CLIENT_VERSION}`, '--version', 'print the version of this program')
    .exitOverride();
  configureHelp(program);
  addGlobalFlags(program);

  const add = (
    name: string,
    description: string,
    options: CommandOptions,
    define: (command: Command) => void,
  ): void => {
    const command = program.command(name, options).description(description);
    if (words === undefined || name === DEFAULT_COMMAND || words.includes(name)) define(command);
  };

  add(
    DEFAULT_COMMAND,
    'which containers run stale configuration, since when, changed by whom',
    { isDefault: true },
    (command) =>
      addStatusFlags(command).action(async (targets: string[], _flags: unknown, command: Command) => {
        const { runStatus } = await import('./status.ts');
        try {
          finish(await runStatus(targets, command.optsWithGlobals<StatusFlags & GlobalFlags>(), streams));
        } catch (error) {
          if (program.args[0] === command.name()) throw error;
          const { explainMistypedCommand } = await import('./mistyped-command.ts');
          throw explainMistypedCommand(
            error,
            targets,
            program.commands.map((known) => known.name()),
          );
        }
      }),
  );

  add('deps', 'who uses which ConfigMap or Secret, how, and which keys', {}, (command) =>
    addDepsFlags(command).action(async (targets: string[], _flags: unknown, command: Command) => {
      const { runDeps } = await import('./deps.ts');
      finish(await runDeps(targets, command.optsWithGlobals<DepsFlags & GlobalFlags>(), streams));
    }),
  );

  add(
    'diff',
    'what running containers hold against what the cluster holds now; with -f that against manifests',
    {},
    (command) =>
      addDiffFlags(command).action(async (targets: string[], _flags: unknown, command: Command) => {
        const { runDiff } = await import('./diff.ts');
        finish(await runDiff(targets, command.optsWithGlobals<DiffFlags & GlobalFlags>(), streams));
      }),
  );

  add('restart', 'restart just the stale workloads, and follow each to the end', {}, (command) =>
    addRestartFlags(command).action(async (targets: string[], _flags: unknown, command: Command) => {
      const { runRestart } = await import('./restart.ts');
      finish(await runRestart(targets, command.optsWithGlobals<RestartFlags & GlobalFlags>(), streams));
    }),
  );

  add('rollout-status', 'follow all rollouts at once to their end; fails fast, with the reason', {}, (command) =>
    addRolloutStatusFlags(command).action(async (targets: string[], _flags: unknown, command: Command) => {
      const { runRolloutStatus } = await import('./rollout-status.ts');
      finish(await runRolloutStatus(targets, command.optsWithGlobals<RolloutStatusFlags & GlobalFlags>(), streams));
    }),
  );

  add(
    'probe',
    'a check inside the pod that restarts the container when its mounted configuration changed',
    {},
    (probe) => addProbeCommands(probe, streams, finish),
  );
  addCompletionCommand(program, streams, finish);

  add('version', 'versions of this program and of the API server', {}, (command) => {
    command
      .option('--client', 'do not ask the server')
      .addOption(outputOption(['text', 'json', 'yaml'], 'text'))
      .action(async (_flags: unknown, command: Command) => {
        const { runVersion } = await import('./version.ts');
        finish(await runVersion(command.optsWithGlobals<VersionFlags & GlobalFlags>(), streams));
      });
  });

  addHelpCommand(program);
  return program;
}
