import { readConfigContent } from '../src/cluster/read-config-content.ts';
import { readPodsAt } from '../src/cluster/read-pods-at.ts';
import { diffRunning } from '../src/diff/diff-running.ts';
import type { ValueOptions } from '../src/diff/diff-value.ts';
import type { ReadPods, ReadRaw } from '../src/diff/look-back-content.ts';
import { lookBackContent } from '../src/diff/look-back-content.ts';
import type { Observers } from '../src/diff/observe-held.ts';
import { makeObserve } from '../src/diff/observe-held.ts';
import { ExitCode } from '../src/error.ts';
import { PROGRAM } from '../src/name.ts';
import { judgeUses } from '../src/staleness/status.ts';
import type { ConfigKind, DiffItem } from '../src/types.ts';
import { isDifferent, renderDoubts, summarizeRunning } from '../src/view/diff-summary.ts';
import { escapeControls } from '../src/view/text.ts';
import type { DiffFlags } from './diff.ts';
import { printItems } from './diff.ts';
import type { GlobalFlags } from './flags.ts';
import { makeReadContent, readPod, run } from './look-inside.ts';
import type { Scope } from './read-cluster.ts';
import { readScope, scopeFlags } from './read-cluster.ts';
import type { Streams } from './streams.ts';

/** Shows what running containers hold against what the cluster holds now. */
export async function diffRunningScope(
  words: string[],
  flags: DiffFlags & GlobalFlags,
  options: ValueOptions,
  streams: Streams,
): Promise<ExitCode> {
  const scope = await readScope(words, flags, streams);
  let items: DiffItem[];
  try {
    items = await readItems(scope, options, streams);
  } finally {
    scope.cluster.close();
  }
  const showNamespace = scope.namespace === '';
  await printItems(items, flags, showNamespace, streams);
  if (flags.output !== 'name') streams.stderr.write(renderDoubts(items, showNamespace));
  if (flags.output === 'diff') {
    const summary = summarizeRunning(items, {
      workloads: scope.graph.workloads.length,
      where: showNamespace ? 'in any namespace' : `in namespace ${scope.namespace}`,
      restart: `${PROGRAM} restart${scopeFlags(flags)}${words.map((word) => ` ${word}`).join('')}`,
    });
    streams.stderr.write(summary);
  }
  if (items.some(isDifferent)) return ExitCode.no;
  return items.length === 0 ? ExitCode.ok : ExitCode.refused;
}

async function readItems(
  { cluster, graph, selection }: Scope,
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
  const observers: Observers = {
    readPod: (pod) => readPod(cluster, pod, signal),
    readContent: makeReadContent(cluster, signal),
    run: (pod, container) => (command) =>
      run(cluster, { namespace: pod.namespace, pod: pod.name, container, command, signal }),
  };
  const observe = makeObserve(observers, (message) =>
    streams.stderr.write(`warning: containers could not be looked into: ${escapeControls(message)}\n`),
  );
  return diffRunning(judgeUses(asked, { now, history }), { readRaw, readPods, questions, observe }, options);
}
