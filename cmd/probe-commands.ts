import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { ExitCode } from '../src/error.ts';
import { dryRunOption, list, outputOption, parseNumber, TARGETS } from './flag-values.ts';
import type { GlobalFlags } from './flags.ts';
import type { InjectFlags, ProbeChangeFlags } from './probe.ts';
import type { ProbeManifestFlags } from './probe-manifest.ts';
import type { ProbeVerifyFlags } from './probe-verify.ts';
import type { Streams } from './streams.ts';

function parseSeconds(least: number): (value: string) => number {
  return (value) => {
    const seconds = Number(/^\d+s?$/.test(value) ? value.replace('s', '') : Number.NaN);
    if (!Number.isInteger(seconds) || seconds < least || seconds > 86_400) {
      throw new InvalidArgumentError(`It takes a whole number from ${least}.`);
    }
    return seconds;
  };
}

/** Adds the commands of `probe`. */
export function addProbeCommands(probe: Command, streams: Streams, finish: (code: ExitCode) => void): void {
  const inject = probe
    .command('inject')
    .description('put the probe into workloads, or with -f into manifests')
    .argument('[target...]', TARGETS)
    .option('--config <name>', 'watch only this one (cm/web, secret/login); may be repeated', list)
    .option('-c, --container <name>', 'the only container that gets it')
    .option('--period <seconds>', 'how often it runs (15)', parseSeconds(1))
    .option(
      '--timeout <seconds>',
      'how long one run may take (10, or 5 more than the check that is there)',
      parseSeconds(1),
    )
    .option('--failure-threshold <n>', 'failures in a row before a restart (1)', parseNumber(1))
    .option(
      '--spread <seconds>',
      'restart pods within this time, each at a moment of its own (60; 0 is none)',
      parseSeconds(0),
    )
    .option('--check <command>', "the application's own test of new files; while it fails, nothing restarts")
    .option('--http', 'perform an existing HTTP check in its place (binary only)')
    .option('--readiness', 'make it the readiness check: ready only with the content of --expect')
    .addOption(new Option('--startup').hideHelp())
    .option('--expect <hash>', 'with --readiness, the hash of the content')
    .option('--baseline <dir>', 'where the probe keeps its files (/dev/shm)')
    .option('--no-config-map', 'with -f, do not add the ConfigMap: another manifest of the namespace has it');
  addFormOptions(inject);
  addChangeOptions(inject).action(async (targets: string[], _flags: unknown, command: Command) => {
    const { runInject } = await import('./probe.ts');
    finish(await runInject(targets, command.optsWithGlobals<InjectFlags & GlobalFlags>(), streams));
  });

  const eject = probe
    .command('eject')
    .description('take out exactly what inject put in')
    .argument('[target...]', TARGETS);
  addChangeOptions(eject).action(async (targets: string[], _flags: unknown, command: Command) => {
    const { runEject } = await import('./probe.ts');
    finish(await runEject(targets, command.optsWithGlobals<ProbeChangeFlags & GlobalFlags>(), streams));
  });

  const verify = probe
    .command('verify')
    .description('ask the probe in a live pod of each workload what it sees; exit 1 unless all is current')
    .argument('[target...]', TARGETS)
    .addOption(outputOption(['text', 'json', 'yaml'], 'text'));
  verify.action(async (targets: string[], _flags: unknown, command: Command) => {
    const { runProbeVerify } = await import('./probe-verify.ts');
    finish(await runProbeVerify(targets, command.optsWithGlobals<ProbeVerifyFlags & GlobalFlags>(), streams));
  });

  const manifest = probe.command('manifest').description('print the ConfigMap that carries the probe');
  addFormOptions(manifest)
    .addOption(outputOption(['yaml', 'json'], 'yaml'))
    .action(async (_flags: unknown, command: Command) => {
      const { runProbeManifest } = await import('./probe-manifest.ts');
      finish(await runProbeManifest(command.optsWithGlobals<ProbeManifestFlags & GlobalFlags>(), streams));
    });
}

function addFormOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--form <form>', 'binary: needs nothing of the image; script: needs a shell, runs on any architecture')
        .choices(['binary', 'script'])
        .default('binary'),
    )
    .addOption(
      new Option('--arch <arch>', 'architecture of the binary; without it that of the nodes').choices([
        'amd64',
        'arm64',
      ]),
    );
}

function addChangeOptions(command: Command): Command {
  return command
    .option('-f, --filename <file>', 'change manifests of a file, a directory or -, and print them all', list)
    .option('-k, --kustomize <dir>', 'the same for what kubectl kustomize makes of a directory')
    .option('-R, --recursive', 'read directories with what is below them')
    .option('-y, --yes', 'do not ask')
    .addOption(dryRunOption())
    .option('--no-wait', 'do not follow the rollouts')
    .option('--wait-timeout <duration>', 'bound on the whole run (90s, 10m); 0 is none', '0')
    .option('--grace <duration>', 'how long a rollout may stand still before its trouble counts as a failure', '60s')
    .option('--soak <duration>', 'how long new pods must run without a restart', '10s')
    .option('--no-headers', 'leave out the header of the table')
    .addOption(outputOption(['table', 'json', 'yaml'], 'table'));
}
