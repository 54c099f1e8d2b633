import { ExitCode } from '../src/error.ts';
import { compareObjects } from '../src/objects/reference-order.ts';
import { makeClock } from '../src/rollout/clock.ts';
import { followRollouts } from '../src/rollout/follow.ts';
import type { RolloutEvent } from '../src/types.ts';
import { describeRollouts } from '../src/view/rollout-summary.ts';
import { renderRollouts } from '../src/view/rollout-table.ts';
import { parseDuration } from './duration.ts';
import { findRollouts } from './find-rollouts.ts';
import type { GlobalFlags } from './flags.ts';
import { scopeFlags } from './read-cluster.ts';
import { makeRolloutView, showRollouts } from './rollout-progress.ts';
import type { RolloutView } from './rollout-view.ts';
import { formatWarning } from './rollout-view.ts';
import { onServerClock } from './server-clock.ts';
import type { Streams } from './streams.ts';

/** Flags of `rollout-status`. */
export interface RolloutStatusFlags {
  watch: boolean;
  timeout: string;
  soak: string;
  grace: string;
  headers: boolean;
  output: 'table' | 'json';
}

/** Follows rollouts to their end, or with `--watch=false` tells where they stand. */
export async function runRolloutStatus(
  words: string[],
  flags: RolloutStatusFlags & GlobalFlags,
  surroundings: Streams,
): Promise<ExitCode> {
  const timing = {
    timeoutMs: parseDuration('--timeout', flags.timeout),
    soakMs: parseDuration('--soak', flags.soak),
    graceMs: parseDuration('--grace', flags.grace),
  };
  const { cluster, refs, namespace } = await findRollouts(words, flags, surroundings);
  const streams = onServerClock(surroundings, cluster);
  try {
    if (refs.length === 0) {
      streams.stderr.write(
        `no rollouts found${namespace === '' ? '' : ` in namespace "${namespace}"`}: nothing here that was meant is a Deployment, StatefulSet or DaemonSet\n`,
      );
      return ExitCode.ok;
    }
    const view = makeView(flags, { namespace, count: refs.length }, streams);
    const progress = followRollouts(
      cluster,
      refs.map((ref) => ({ ref, uid: '', generation: 0 })),
      {
        clock: makeClock(() => streams.now().getTime()),
        ...timing,
        trustTimes: cluster.serverTime(0) !== null,
        once: !flags.watch,
        signal: streams.interrupted,
        allNamespaces: namespace === '',
        onWarning: view.warn,
      },
    );
    const events = await showRollouts(progress, view);
    const interrupted = streams.interrupted.aborted;
    const { namespace: _, allNamespaces: __, selector: ___, ...connection } = flags;
    streams.stderr.write(
      describeRollouts(events, {
        interrupted,
        watched: flags.watch,
        count: refs.length,
        connection: scopeFlags(connection),
      }),
    );
    return interrupted ? ExitCode.interrupted : exitCodeOf(events);
  } finally {
    cluster.close();
  }
}

function makeView(
  flags: RolloutStatusFlags & GlobalFlags,
  { namespace, count }: { namespace: string; count: number },
  streams: Streams,
): RolloutView {
  const showNamespace = namespace === '';
  if (flags.watch || flags.output === 'json') {
    return makeRolloutView(flags, streams, { showNamespace, wording: 'status', count, followed: true });
  }
  const events: RolloutEvent[] = [];
  return {
    show: (event) => events.push(event),
    warn: (text) => streams.stderr.write(formatWarning(text)),
    end() {
      const rows = events.sort((a, b) => compareObjects(a.workload, b.workload));
      streams.stdout.write(renderRollouts(rows, { showNamespace, headers: flags.headers }));
    },
  };
}

function exitCodeOf(events: readonly RolloutEvent[]): ExitCode {
  if (events.some(({ reason }) => reason === 'NotFound' || reason === 'Forbidden')) return ExitCode.refused;
  return events.every(({ phase }) => phase === 'complete') ? ExitCode.ok : ExitCode.no;
}
