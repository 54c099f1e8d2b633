import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusItem } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { startForgetfulProxy } from '../support/forgetful-proxy.ts';
import type { EditedConfig } from '../support/mixed-edits.ts';
import {
  compareTimesAlone,
  isNotCurrent,
  isSaidStale,
  makeMixedEdits,
  renderScores,
  score,
} from '../support/mixed-edits.ts';
import { makeRandom } from '../support/random.ts';

const EDITS = 120;
/** Milliseconds: by then a kubelet has rewritten what it mounts, and nothing is pending any more. The API server keeps its past for longer. */
const REWRITTEN = 95_000;
/** Milliseconds between the start of a container and a write that is surely later by whole seconds. */
const PAST_THE_MARGIN = 12_000;

/** Edits configs in many ways, and says how often times, and `status` with and without the past, are right about who runs old content. */
export async function scoreMixedEdits(
  cluster: TestCluster,
  program: string,
  configs: readonly [EditedConfig, ...EditedConfig[]],
  tell: (line: string) => void,
): Promise<string> {
  await using forgetful = await startForgetfulProxy(cluster);
  await sleep(PAST_THE_MARGIN);
  const edits = await makeMixedEdits(cluster, configs, { count: EDITS, random: makeRandom(120) });
  tell(`${EDITS} edits are made; waiting until nothing is pending…`);
  await sleep(REWRITTEN);
  const readItems = async (...place: string[]): Promise<StatusItem[]> => {
    const child = Bun.spawn([program, 'status', '-A', '--all', '-o', 'json', ...place], {
      env: { ...process.env, KUBECONFIG: cluster.kubeconfig },
      stdin: 'ignore',
      stderr: 'inherit',
    });
    return JSON.parse(await new Response(child.stdout).text()).items;
  };
  const items = await readItems();
  const later = await readItems('-s', forgetful.url);
  return renderScores(`${EDITS} edits, ${items.length} uses`, edits, {
    'times of objects alone': score(items, edits, await compareTimesAlone(cluster)),
    'status, the history forgotten': score(later, edits, isNotCurrent),
    '  of these not "unknown"': score(later, edits, isSaidStale),
    status: score(items, edits, isNotCurrent),
  });
}
