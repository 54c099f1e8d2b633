import { readConfigContent } from '../src/cluster/read-config-content.ts';
import { readPodsAt } from '../src/cluster/read-pods-at.ts';
import { diffRunning } from '../src/diff/diff-running.ts';
import type { ValueOptions } from '../src/diff/diff-value.ts';
import type { ReadPods, ReadRaw } from '../src/diff/look-back-content.ts';
import { lookBackContent } from '../src/diff/look-back-content.ts';
import { makeObserve } from '../src/diff/observe-held.ts';
import { ExitCode } from '../src/error.ts';
import { PROGRAM } from '../src/name.ts';
import { judgeUses } from '../src/staleness/status.ts';
import type { ConfigKind, DiffItem } from '../src/types.ts';
import { isDifferent, renderDoubts, summarizeRunning } from '../src/view/diff-summary.ts';
import type { DiffFlags } from './diff.ts';
import { printItems } from './diff.ts';
import type { GlobalFlags } from './flags.ts';
import type { EphemeralChoice } from './look-beside.ts';
import { makeObservers, tellTroubles } from './look-inside.ts';
import type { Scope } from './read-cluster.ts';
import { describePlace, readScope, scopeFlags } from './read-cluster.ts';
import { onServerClock } from './server-clock.ts';
import type { Streams } from './streams.ts';

/** Shows what running containers hold against what the cluster holds now. */
export async function diffRunningScope(
  words: string[],
  flags: DiffFlags & GlobalFlags,
  options: ValueOptions,
  surroundings: Streams,
): Promise<ExitCode> {
  const ephemeral = await readEphemeral(flags, surroundings);
  const scope = await readScope(words, flags, surroundings);
  const streams = onServerClock(surroundings, scope.cluster);
  let items: DiffItem[];
  try {
    items = await readItems(scope, { ...flags, ephemeral }, options, streams);
  } finally {
    scope.cluster.close();
  }
  const showNamespace = scope.namespace === '';
  await printItems(items, flags, showNamespace, streams);
  if (flags.output !== 'name') streams.stderr.write(renderDoubts(items, showNamespace));
  if (flags.output === 'diff') {
    const summary = summarizeRunning(items, {
      workloads: scope.graph.workloads.length,
      where: describePlace(scope.namespace),
      unmatched: scope.unmatched,
      restart: `${PROGRAM} restart${scopeFlags(flags)}${words.map((word) => ` ${word}`).join('')}`,
    });
    streams.stderr.write(summary);
  }
  if (items.some(isDifferent)) return ExitCode.no;
  return items.length === 0 ? ExitCode.ok : ExitCode.refused;
}

async function readEphemeral(flags: DiffFlags, streams: Streams): Promise<EphemeralChoice | null> {
  if (flags.ephemeral === undefined) return null;
  const { readEphemeralChoice } = await import('./look-beside.ts');
  return readEphemeralChoice(flags, streams);
}

async function readItems(
  { cluster, graph, selection }: Scope,
  { allPods = false, ephemeral }: { allPods?: boolean; ephemeral: EphemeralChoice | null },
  options: ValueOptions,
  streams: Streams,
): Promise<DiffItem[]> {
  const now = streams.now().getTime();
  // Only what was asked for is looked back at; the rest of the graph stays as a witness of the order of writes.
  const asked = { ...graph, dependencies: graph.dependencies.filter((use) => selection.includes(use)) };
  const readRaw: ReadRaw = (question) => readConfigContent(cluster, question, streams.interrupted);
  const readPods: ReadPods = (question) => readPodsAt(cluster, question, streams.interrupted);
  const kinds: readonly ConfigKind[] = ['ConfigMap', 'Secret'];
  const { history, questions } = await lookBackContent(asked, { readRaw, readPods, kinds, now });
  const signal = streams.interrupted;
  const beside = ephemeral && (await import('./look-beside.ts')).makeBeside(cluster, ephemeral, streams);
  const uses = [...judgeUses(asked, { now, history })];
  const observe = makeObserve(makeObservers(cluster, beside, signal), {
    uses,
    allPods,
    onTroubles: (troubles) => tellTroubles(troubles).forEach((line) => void streams.stderr.write(line)),
  });
  return diffRunning(uses, { readRaw, readPods, questions, observe }, options);
}
