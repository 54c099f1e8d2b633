/** Many edits of which most change nothing that anybody uses: times alone cry wolf, the history of the API does not. */
import { beforeAll, expect, test } from 'bun:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusItem } from '../../src/types.ts';
import type { TestCluster } from '../cluster/cluster.ts';
import { apply, kubectl, useCluster, useNamespace } from '../cluster/shared.ts';
import { startForgetfulProxy } from '../support/forgetful-proxy.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from '../support/manifests.ts';
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
import { runCommand } from '../support/run-command.ts';

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await useCluster();
}, 1_800_000);

/** Times are whole seconds: a config that is written in the second in which a container starts may be newer or older. */
const PAST_THE_SECOND = 2000;
const PAST_THE_MARGIN = 4000;
const WORKLOADS = 12;
const EDITS = 24;
const KEYS = ['A', 'B', 'C', 'D', 'E'];

test(`of ${EDITS} edits under ${WORKLOADS} workloads all that matter are found, and by history nothing else`, async () => {
  await using namespace = await useNamespace(cluster);
  await using forgetful = await startForgetfulProxy(cluster);
  const { name } = namespace;
  const makeEdited = (index: number): EditedConfig => ({
    namespace: name,
    name: `config-${index}`,
    data: Object.fromEntries(KEYS.map((key) => [key, 'first'])),
  });
  const configs: [EditedConfig, ...EditedConfig[]] = [makeEdited(0), ...[1, 2, 3, 4, 5, 6, 7].map(makeEdited)];
  await apply(
    cluster,
    name,
    configs.map((config) => makeConfigMap(config.name, config.data)),
  );
  await sleep(PAST_THE_SECOND);
  const use = (index: number) => {
    const [configMap, key] = [`config-${index % configs.length}`, KEYS[index % KEYS.length]];
    return { name: `VALUE_${index}`, valueFrom: { configMapKeyRef: { name: configMap, key } } };
  };
  const workloads = Array.from({ length: WORKLOADS }, (_, index) =>
    makeWorkloadManifest('Deployment', `web-${index}`, makePodSpec({ env: [use(index), use(index + 3)] })),
  );
  await apply(cluster, name, workloads);
  const { code, stderr } = await kubectl(cluster, [
    ...['wait', '--for=condition=Available', 'deployment', '--all', '-n', name, '--timeout=240s'],
  ]);
  expect([code, stderr]).toEqual([0, '']);
  await sleep(PAST_THE_MARGIN);

  const edits = await makeMixedEdits(cluster, configs, { count: EDITS, random: makeRandom(5) });
  const readItems = async (place = ''): Promise<StatusItem[]> => {
    const { stdout } = await runCommand(`status --all -n ${name} -o json ${place}`, { kubeconfig: cluster.kubeconfig });
    return JSON.parse(stdout).items;
  };
  const items = await readItems();
  expect(items).toHaveLength(2 * WORKLOADS);
  const times = score(items, edits, await compareTimesAlone(cluster));
  const later = await readItems(`-s ${forgetful.url}`);
  const forgotten = score(later, edits, isNotCurrent);
  const certain = score(later, edits, isSaidStale);
  const history = score(items, edits, isNotCurrent);
  process.stdout.write(
    renderScores(`${EDITS} edits, ${items.length} uses`, edits, {
      'times of objects alone': times,
      'status, the history forgotten': forgotten,
      '  of these not "unknown"': certain,
      status: history,
    }),
  );
  expect(times.old).toBeGreaterThan(2);
  expect(times).toMatchObject({ found: times.old });
  expect(times.wrong).toBeGreaterThan(times.old);
  expect(forgotten).toMatchObject({ found: times.old });
  expect(certain).toMatchObject({ found: times.old });
  expect(certain.wrong).toBeLessThan(times.wrong / 2);
  expect(history).toEqual({ old: times.old, found: times.old, wrong: 0 });
}, 400_000);
