import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster } from '../cluster/cluster.ts';
import { startForgetfulProxy } from '../support/forgetful-proxy.ts';
import type { EditedConfig, MixedEdits, Score } from '../support/mixed-edits.ts';
import { compareTimesAlone, isNotCurrent, isSaidStale, makeMixedEdits, score } from '../support/mixed-edits.ts';
import { makeRandom } from '../support/random.ts';
import type { Population } from './generate-population.ts';
import { readStatus } from './read-status.ts';

/** How often verdicts are right after many edits. */
export interface EditScores {
  counts: MixedEdits['counts'];
  /** How many uses of configs there are. */
  uses: number;
  scores: Record<string, Score>;
}

const EDITS = 120;
/** Milliseconds: by then a kubelet has rewritten what it mounts, and nothing is pending any more. The API server keeps its past for longer. */
const REWRITTEN = 95_000;
/** Milliseconds between the start of a container and a write that is surely later by whole seconds. */
const PAST_THE_MARGIN = 12_000;

/** Edits ConfigMaps in many ways, and says how often times, and `status` with and without the past, are right about who runs old content. */
export async function scoreMixedEdits(
  cluster: TestCluster,
  program: string,
  population: Population,
  tell: (line: string) => void,
): Promise<EditScores> {
  await using forgetful = await startForgetfulProxy(cluster);
  const [first, ...others] = population.configs.filter(({ kind }) => kind === 'ConfigMap');
  if (first === undefined) throw new Error('nothing to edit');
  const configs: [EditedConfig, ...EditedConfig[]] = [first, ...others];
  await sleep(PAST_THE_MARGIN);
  const edits = await makeMixedEdits(cluster, configs, { count: EDITS, random: makeRandom(120) });
  tell(`${EDITS} edits are made; waiting until nothing is pending…`);
  await sleep(REWRITTEN);
  const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
  const items = await readStatus(program, env, '--all');
  const later = await readStatus(program, env, '--all', '-s', forgetful.url);
  return {
    counts: edits.counts,
    uses: items.length,
    scores: {
      'times of objects alone': score(items, edits, await compareTimesAlone(cluster)),
      'status, the history forgotten': score(later, edits, isNotCurrent),
      'of these not "unknown"': score(later, edits, isSaidStale),
      status: score(items, edits, isNotCurrent),
    },
  };
}
