import { readConfigAt } from '../src/cluster/read-config-version.ts';
import { lookBack } from '../src/staleness/look-back.ts';
import { judgeGraph } from '../src/staleness/status.ts';
import type { ConfigKind, StatusItem } from '../src/types.ts';
import type { DeepFlags } from './look-inside.ts';
import type { Scope } from './read-cluster.ts';
import type { Streams } from './streams.ts';

/**
 * The verdicts on the scope, with the API's own history where times leave a doubt.
 * @param kinds whose values may be read for that
 * @param deep look into the containers too, which takes the values of all kinds
 */
export async function judgeScope(
  scope: Scope,
  kinds: readonly ConfigKind[],
  streams: Streams,
  deep?: DeepFlags,
): Promise<StatusItem[]> {
  const { cluster, graph } = scope;
  const now = streams.now().getTime();
  const read: Parameters<typeof lookBack>[1]['read'] = (question) =>
    readConfigAt(cluster, question, question.resourceVersion, streams.interrupted);
  const history = await lookBack(graph, { read, kinds, now });
  if (deep === undefined) return judgeGraph(graph, { now, history });
  const { lookIntoScope } = await import('./look-inside.ts');
  const inside = await lookIntoScope(scope, { now, history, ...deep }, streams);
  return judgeGraph(graph, { now, history, inside });
}
