import { readConfigAt } from '../src/cluster/read-config-version.ts';
import { lookBack } from '../src/staleness/look-back.ts';
import { judgeGraph } from '../src/staleness/status.ts';
import type { ConfigKind, StatusItem } from '../src/types.ts';
import type { Scope } from './read-cluster.ts';
import type { Streams } from './streams.ts';

/**
 * The verdicts on the scope, with the API's own history where times leave a doubt.
 * @param kinds whose values may be read for that
 */
export async function judgeScope(
  { cluster, graph }: Scope,
  kinds: readonly ConfigKind[],
  streams: Streams,
): Promise<StatusItem[]> {
  const now = streams.now().getTime();
  const read: Parameters<typeof lookBack>[1]['read'] = (question) =>
    readConfigAt(cluster, question, question.resourceVersion, streams.interrupted);
  const history = await lookBack(graph, { read, kinds, now });
  return judgeGraph(graph, { now, history });
}
