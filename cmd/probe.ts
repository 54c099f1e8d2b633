import type { ExitCode } from '../src/error.ts';
import { ReloadError } from '../src/error.ts';
import { findKind, isConfigKind } from '../src/objects/kinds.ts';
import type { ConfigName } from '../src/probe/copies.ts';
import type { Architecture, ProbeForm, ProbeOptions } from '../src/probe/probe-options.ts';
import type { GlobalFlags } from './flags.ts';
import type { ManifestFlags } from './read-manifests.ts';
import { namesManifests } from './read-manifests.ts';
import type { Streams } from './streams.ts';

/** Flags of what changes workloads. */
export interface ProbeChangeFlags extends ManifestFlags {
  yes?: boolean;
  dryRun: 'none' | 'client' | 'server';
  wait: boolean;
  waitTimeout: string;
  grace: string;
  soak: string;
  /** False leaves the ConfigMaps of the probe out of manifests. */
  configMap?: boolean;
  headers: boolean;
  output: 'table' | 'json' | 'yaml';
}

/** Flags of `probe inject`. Times of the check in seconds. */
export interface InjectFlags extends ProbeChangeFlags {
  config?: string[];
  container?: string;
  readiness?: boolean;
  startup?: boolean;
  expect?: string;
  period?: number;
  timeout?: number;
  failureThreshold?: number;
  spread?: number;
  check?: string;
  http?: boolean;
  baseline?: string;
  form: ProbeForm;
  arch?: Architecture;
}

/** Puts the probe into workloads of the cluster, or of manifests. */
export async function runInject(
  words: string[],
  flags: InjectFlags & GlobalFlags,
  streams: Streams,
): Promise<ExitCode> {
  const options = readProbeOptions(flags);
  if (flags.readiness === true) {
    streams.stderr.write(
      'warning: a container that has other content than expected gets no traffic, and nothing restarts it\n',
    );
  }
  if (namesManifests(flags)) {
    const { changeManifests } = await import('./probe-manifests.ts');
    return changeManifests(words, { verb: 'inject', form: flags.form, arch: flags.arch, options }, flags, streams);
  }
  const { changeCluster } = await import('./probe-cluster.ts');
  return changeCluster(words, { verb: 'inject', form: flags.form, arch: flags.arch, options }, flags, streams);
}

/** Takes the probe out of workloads of the cluster, or of manifests. */
export async function runEject(
  words: string[],
  flags: ProbeChangeFlags & GlobalFlags,
  streams: Streams,
): Promise<ExitCode> {
  if (namesManifests(flags)) {
    const { changeManifests } = await import('./probe-manifests.ts');
    return changeManifests(words, { verb: 'eject' }, flags, streams);
  }
  const { changeCluster } = await import('./probe-cluster.ts');
  return changeCluster(words, { verb: 'eject' }, flags, streams);
}

/** What is to be done. */
export type ProbeChange =
  | { verb: 'inject'; form: ProbeForm; arch: Architecture | undefined; options: ProbeOptions }
  | { verb: 'eject' };

/**
 * What the flags ask for.
 * @throws ReloadError for what cannot work
 */
export function readProbeOptions(flags: InjectFlags): ProbeOptions {
  if (flags.startup === true) {
    throw new ReloadError('a startup probe cannot watch configuration', {
      hint: 'It ends once it has passed, at the start, when nothing can have changed yet. Leave --startup away.',
    });
  }
  if (flags.readiness === true && flags.expect === undefined) {
    throw new ReloadError('--readiness needs --expect', {
      hint: 'Readiness restarts nothing, so that a changed config would leave the container unready for ever. With the\nhash of a volume it is ready as soon as it has that content: cd DIR && LC_ALL=C sha256sum -- * | sha256sum  prints it.',
    });
  }
  if (flags.expect !== undefined && flags.readiness !== true) {
    throw new ReloadError('--expect needs --readiness', {
      hint: 'As a liveness check it would restart the container for ever while the content is another one.',
    });
  }
  if (flags.expect !== undefined && !/^[0-9a-f]{64}$/.test(flags.expect)) {
    throw new ReloadError(`--expect takes a hash of 64 hex digits, not "${flags.expect}"`);
  }
  if (flags.http === true && flags.form === 'script') {
    throw new ReloadError('--http needs the binary', { hint: 'Leave --form=script or --http away.' });
  }
  for (const flag of ['check', 'baseline'] as const) {
    if (flags[flag]?.trim() === '' || flags[flag]?.includes('\n')) {
      throw new ReloadError(`--${flag} takes one line that is not empty`);
    }
  }
  const { container, expect, period, timeout, failureThreshold, spread, check, http, baseline } = flags;
  return {
    check: flags.readiness === true ? 'readiness' : 'liveness',
    ...(container !== undefined && { container }),
    ...(flags.config !== undefined && { configs: flags.config.map(parseConfig) }),
    ...(expect !== undefined && { expect }),
    ...(period !== undefined && { period }),
    ...(timeout !== undefined && { timeout }),
    ...(failureThreshold !== undefined && { failureThreshold }),
    ...(spread !== undefined && { spread }),
    ...(check !== undefined && { checkCommand: check }),
    ...(http !== undefined && { http }),
    ...(baseline !== undefined && { baseline }),
  };
}

function parseConfig(word: string): ConfigName {
  const slash = word.indexOf('/');
  const kind = findKind(word.slice(0, Math.max(0, slash)))?.kind;
  const name = word.slice(slash + 1);
  if (kind !== undefined && isConfigKind(kind) && name !== '' && !name.includes('/')) return { kind, name };
  throw new ReloadError(`"${word}" names no ConfigMap or Secret`, {
    hint: 'Write --config=cm/web or --config=secret/login.',
  });
}
