import type { Cluster } from '../src/cluster/cluster.ts';
import { connect } from '../src/cluster/connect.ts';
import { readConfigAt } from '../src/cluster/read-config-version.ts';
import { readPodsAt } from '../src/cluster/read-pods-at.ts';
import { isOutage, isPassing } from '../src/cluster/retry.ts';
import { watchObjects } from '../src/cluster/watch-objects.ts';
import { collectAtRest } from '../src/collect-garbage.ts';
import { ExitCode, ReloadError } from '../src/error.ts';
import { buildGraph } from '../src/graph/graph.ts';
import { selectTargets } from '../src/graph/select.ts';
import { indexGraph } from '../src/staleness/graph-index.ts';
import { lookBack } from '../src/staleness/look-back.ts';
import { findNextTurn } from '../src/staleness/next-turn.ts';
import { makePastMemory } from '../src/staleness/past-memory.ts';
import { judgeGraph } from '../src/staleness/status.ts';
import type { Graph, StatusItem } from '../src/types.ts';
import { summarizeStatus } from '../src/view/status-summary.ts';
import { escapeControls } from '../src/view/text.ts';
import { connectionEnvironment } from './connection.ts';
import type { GlobalFlags } from './flags.ts';
import { describeUnseen, readTargets } from './read-cluster.ts';
import { onServerClock } from './server-clock.ts';
import type { StatusFlags } from './status.ts';
import { adviseOn } from './status.ts';
import type { Streams } from './streams.ts';
import type { WatchView } from './watch-view.ts';
import { makeLineView, makeLiveView } from './watch-view.ts';

/** Milliseconds before a look at the past that failed is tried again. */
const TRY_AGAIN = 2000;
/** The watches bear an outage themselves; a look at the past that fails this often without one is another trouble. */
const TRIES = 5;

/** `status` that goes on: every change is shown, until it is interrupted. */
export async function watchStatus(
  words: string[],
  flags: StatusFlags & GlobalFlags,
  surroundings: Streams,
): Promise<ExitCode> {
  refuseFlags(flags);
  const targets = readTargets(words, flags);
  const cluster = await connect(flags, connectionEnvironment(flags, surroundings));
  const streams = onServerClock(surroundings, cluster);
  const view = makeView(flags, streams);
  const watching = new AbortController();
  const signal = AbortSignal.any([streams.interrupted, watching.signal]);
  try {
    const namespace = flags.allNamespaces === true ? '' : cluster.namespace;
    const watch = watchObjects(cluster, { namespace, all: flags.all === true, signal });
    const judge = makeJudge(cluster, streams);
    const warned = new Set<string>();
    let wait = Number.POSITIVE_INFINITY;
    let failures = 0;
    let isFirst = true;
    for (;;) {
      const state = await watch.next(wait);
      if (state === null) return ExitCode.interrupted;
      const graph = buildGraph(state.objects, { all: flags.all === true });
      for (const line of describeUnseen(graph.unseen)) {
        if (!warned.has(line)) view.warn(line);
        warned.add(line);
      }
      const selection = select(() => selectTargets(graph, targets, flags.selector), isFirst);
      isFirst = false;
      let items: StatusItem[];
      try {
        const all = await judge(graph);
        items = selection instanceof ReloadError ? [] : all.filter((item) => selection.includes(item));
        failures = 0;
      } catch (error) {
        if (!(isPassing(error) || isOutage(error)) || ++failures === TRIES) throw error;
        wait = TRY_AGAIN;
        continue;
      }
      const summary =
        selection instanceof ReloadError
          ? `${escapeControls(selection.message)}\n`
          : summarizeStatus(items, adviseOn(words, flags, { graph, selection, namespace }, items));
      view.show({ items, summary, lost: state.lost });
      collectAtRest();
      wait = findNextTurn(items, streams.now().getTime());
    }
  } catch (error) {
    if (streams.interrupted.aborted) return ExitCode.interrupted;
    throw error;
  } finally {
    watching.abort();
    view.end();
    cluster.close();
  }
}

function refuseFlags(flags: StatusFlags): void {
  if (flags.output === 'yaml' || flags.output === 'name') {
    throw new ReloadError(`-o ${flags.output} cannot be watched`, {
      hint: 'Use -o json for a line of JSON for each change.',
    });
  }
  if (flags.exitCode === true) throw new ReloadError('--exit-code needs an end, and --watch has none');
  if (flags.deep === true) {
    throw new ReloadError('--deep and --watch do not go together', {
      hint: 'Every look would run commands in the containers. Use --deep without --watch.',
    });
  }
}

function makeView(flags: StatusFlags & GlobalFlags, streams: Streams): WatchView {
  // Traces on the same terminal would break the frame.
  const isLive =
    streams.stdout.isTTY === true &&
    streams.env['TERM'] !== 'dumb' &&
    flags.verbose !== true &&
    flags.output !== 'json';
  return isLive ? makeLiveView(flags, streams) : makeLineView(flags, streams);
}

/** The verdicts on a graph, with the API's own history, of which only what is new is asked for. */
function makeJudge(cluster: Cluster, streams: Streams): (graph: Graph) => Promise<StatusItem[]> {
  const memory = makePastMemory({
    config: (question) => readConfigAt(cluster, question, question.resourceVersion, streams.interrupted),
    pods: (question) => readPodsAt(cluster, question, streams.interrupted),
  });
  return async (graph) => {
    memory.begin(graph);
    const now = streams.now().getTime();
    // The values of Secrets never leave the server for a status.
    const { read, readPods } = memory;
    const index = indexGraph(graph);
    const history = await lookBack(graph, { read, readPods, kinds: ['ConfigMap'], now, index });
    return judgeGraph(graph, { now, history, index });
  };
}

/** What is meant; later on, a target that has gone away is no reason to end. */
function select<Selection>(find: () => Selection, isFirst: boolean): Selection | ReloadError {
  try {
    return find();
  } catch (error) {
    if (isFirst || !(error instanceof ReloadError)) throw error;
    return error;
  }
}
