import type { Command } from 'commander';
import { Option } from 'commander';
import { dryRunOption, list, outputOption, parseNumber, TARGETS } from './flag-values.ts';

/** What `status` takes. */
export function addStatusFlags(command: Command): Command {
  return command
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
    .addOption(outputOption(['table', 'wide', 'json', 'yaml', 'name'], 'table'));
}

/** What `deps` takes. */
export function addDepsFlags(command: Command): Command {
  return command
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
    .addOption(outputOption(['tree', 'table', 'wide', 'json', 'yaml', 'name', 'dot', 'mermaid'], 'tree'));
}

/** What `diff` takes. */
export function addDiffFlags(command: Command): Command {
  return command
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
    .addOption(outputOption(['diff', 'json', 'yaml', 'name'], 'diff'));
}

/** What `restart` takes. */
export function addRestartFlags(command: Command): Command {
  return command
    .argument('[target...]', TARGETS)
    .option('--force', 'restart current workloads too, and those that a restart may not help')
    .option('-y, --yes', 'do not ask')
    .addOption(dryRunOption())
    .option('--no-preflight', 'do not ask the API server first what it would refuse')
    .option('--evict', 'evict pods one by one instead of changing the pod template')
    .option('--max-parallel <n>', 'rollouts under way at once', parseNumber(1), 4)
    .option('--no-wait', 'do not follow the rollouts')
    .option('--undo-on-failure', 'take the restart of a workload back when it fails')
    .option('--timeout <duration>', 'bound on the whole run (90s, 10m); 0 is none', '0')
    .option('--grace <duration>', 'how long a rollout may stand still before its trouble counts as a failure', '60s')
    .option('--soak <duration>', 'how long new pods must run without a restart', '10s')
    .option('--no-headers', 'leave out the header of the table')
    .addOption(outputOption(['table', 'json', 'yaml'], 'table'));
}

/** What `rollout-status` takes. */
export function addRolloutStatusFlags(command: Command): Command {
  return command
    .argument('[target...]', `${TARGETS}; without any, all workloads`)
    .option('-w, --watch', 'follow them to their end; --no-watch (or --watch=false) tells where they stand', true)
    .option('--no-watch')
    .option('--timeout <duration>', 'bound on the whole run (90s, 10m); 0 is none', '0')
    .option('--soak <duration>', 'how long new pods must run without a restart', '10s')
    .option('--grace <duration>', 'how long a trouble that may mend itself is borne without progress', '60s')
    .option('--no-headers', 'leave out the header of the table')
    .addOption(outputOption(['table', 'json'], 'table'));
}
