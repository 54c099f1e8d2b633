import type { CommandOptions } from 'commander';
import { Command, CommanderError, Option } from 'commander';
import type { ExitCode } from '../src/error.ts';
import { CLIENT_VERSION } from './client-version.ts';
import { addCompletionCommand } from './completion/completion-command.ts';
import type { DepsFlags } from './deps.ts';
import type { DiffFlags } from './diff.ts';
import { list, outputOption, parseNumber, TARGETS } from './flag-values.ts';
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
    define: (command: Command) => void,
    options?: CommandOptions,
  ): void => {
    const command = program.command(name, options).description(description);
    if (words === undefined || name === DEFAULT_COMMAND || words.includes(name)) define(command);
  };

  add(
    DEFAULT_COMMAND,
    'which containers run stale configuration, since when, changed by whom',
    (command) => {
      command
        .argument('[target...]', TARGETS)
        .option('--all', 'show current rows too')
        .option('-w, --watch', 'keep watching, and show every change')
        .option('--deep', 'look into the containers: what they hold, and not only when they started')
        .option('--all-pods', 'with --deep, look into every pod, also where one stands for others')
        .option(
          '--ephemeral <image>',
          'with --deep, add an ephemeral container of this image where one has nothing to look with; it stays in the pod',
        )
        .option('-y, --yes', 'with --ephemeral, do not ask')
        .option('--exit-code', 'exit 1 if anything is stale')
        .option('--no-headers', 'leave out the header of the table')
        .addOption(outputOption(['table', 'wide', 'json', 'yaml', 'name'], 'table'))
        .action(async (targets: string[], _flags: unknown, command: Command) => {
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
        });
    },
    { isDefault: true },
  );

  add('deps', 'who uses which ConfigMap or Secret, how, and which keys', (command) => {
    command
      .argument('[target...]', TARGETS)
      .addOption(new Option('--by <side>', 'list from this side').choices(['workload', 'config']).default('workload'))
      .option(
        '-f, --filename <file>',
        'read manifests from a file, a directory or - instead of the cluster; may be repeated',
        list,
      )
      .option('-k, --kustomize <dir>', 'read the manifests that kubectl kustomize makes of a directory')
      .option('-R, --recursive', 'read directories with what is below them')
      .option('--all', 'show what Kubernetes itself adds to pods, and what is marked to be ignored')
      .option('--exit-code', 'exit 1 if a required reference has no target')
      .option('--no-headers', 'leave out the header of the table')
      .addOption(outputOption(['tree', 'table', 'wide', 'json', 'yaml', 'name', 'dot', 'mermaid'], 'tree'))
      .action(async (targets: string[], _flags: unknown, command: Command) => {
        const { runDeps } = await import('./deps.ts');
        finish(await runDeps(targets, command.optsWithGlobals<DepsFlags & GlobalFlags>(), streams));
      });
  });

  add(
    'diff',
    'what running containers hold against what the cluster holds now; with -f that against manifests',
    (command) => {
      command
        .argument('[target...]', TARGETS)
        .option(
          '-f, --filename <file>',
          'compare the cluster with what applying this file, directory or - would make of it; may be repeated',
          list,
        )
        .option('-k, --kustomize <dir>', 'the same for what kubectl kustomize makes of a directory')
        .option('-R, --recursive', 'read directories with what is below them')
        .option('--all', 'include what is marked to be ignored')
        .option('-U, --unified <n>', 'unchanged lines to show around a change', parseNumber(0), 3)
        .option('--show-secrets', 'show the values of Secrets')
        .option('--all-pods', 'look into every pod, and not into some of those of one template')
        .option(
          '--ephemeral <image>',
          'add an ephemeral container of this image where one has nothing to look with; it stays in the pod',
        )
        .option('-y, --yes', 'with --ephemeral, do not ask')
        .option('--no-headers', 'leave out the header of the table')
        .addOption(outputOption(['diff', 'json', 'yaml', 'name'], 'diff'))
        .action(async (targets: string[], _flags: unknown, command: Command) => {
          const { runDiff } = await import('./diff.ts');
          finish(await runDiff(targets, command.optsWithGlobals<DiffFlags & GlobalFlags>(), streams));
        });
    },
  );

  add('restart', 'restart just the stale workloads, and follow each to the end', (command) => {
    command
      .argument('[target...]', TARGETS)
      .option('--force', 'restart current workloads too, and those that a restart may not help')
      .option('-y, --yes', 'do not ask')
      .addOption(
        new Option('--dry-run <how>', 'print the plan and change nothing; server also asks the API server to check it')
          .choices(['none', 'client', 'server'])
          .default('none'),
      )
      .option('--no-preflight', 'do not ask the API server first what it would refuse')
      .option('--evict', 'evict pods one by one instead of changing the pod template')
      .option('--max-parallel <n>', 'rollouts under way at once', parseNumber(1), 4)
      .option('--no-wait', 'do not follow the rollouts')
      .option('--undo-on-failure', 'take the restart of a workload back when it fails')
      .option('--timeout <duration>', 'bound on the whole run (90s, 10m); 0 is none', '0')
      .option('--grace <duration>', 'how long a rollout may stand still before its trouble counts as a failure', '60s')
      .option('--soak <duration>', 'how long new pods must run without a restart', '10s')
      .option('--no-headers', 'leave out the header of the table')
      .addOption(outputOption(['table', 'json', 'yaml'], 'table'))
      .action(async (targets: string[], _flags: unknown, command: Command) => {
        const { runRestart } = await import('./restart.ts');
        finish(await runRestart(targets, command.optsWithGlobals<RestartFlags & GlobalFlags>(), streams));
      });
  });

  add('rollout-status', 'follow all rollouts at once to their end; fails fast, with the reason', (command) => {
    command
      .argument('[target...]', `${TARGETS}; without any, all workloads`)
      .option('-w, --watch', 'follow them to their end; --no-watch (or --watch=false) tells where they stand', true)
      .option('--no-watch')
      .option('--timeout <duration>', 'bound on the whole run (90s, 10m); 0 is none', '0')
      .option('--soak <duration>', 'how long new pods must run without a restart', '10s')
      .option('--grace <duration>', 'how long a trouble that may mend itself is borne without progress', '60s')
      .option('--no-headers', 'leave out the header of the table')
      .addOption(outputOption(['table', 'json'], 'table'))
      .action(async (targets: string[], _flags: unknown, command: Command) => {
        const { runRolloutStatus } = await import('./rollout-status.ts');
        finish(await runRolloutStatus(targets, command.optsWithGlobals<RolloutStatusFlags & GlobalFlags>(), streams));
      });
  });

  add('probe', 'a check inside the pod that restarts the container when its mounted configuration changed', (probe) =>
    addProbeCommands(probe, streams, finish),
  );
  addCompletionCommand(program, streams, finish);

  add('version', 'versions of this program and of the API server', (command) => {
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
