/**
 * Random histories of edits and restarts on a real node: whatever happens, no container that holds old content is called current, and a
 * look into a container tells what it holds.
 *
 * `TRUTH_SEED` makes another history, `TRUTH_STEPS` a longer one: `TRUTH_SEED=$RANDOM TRUTH_STEPS=2000 npm run truth`
 */
import { expect, test } from 'bun:test';
import type { ConfigKind } from '../../src/types.ts';
import { useCluster, useNamespace } from '../cluster/shared.ts';
import { makeRandom } from '../support/random.ts';
import { compareWithTruth } from '../support/truth/check.ts';
import { ConfigHand } from '../support/truth/config-hand.ts';
import { connectTo, waitForPods } from '../support/truth/lab.ts';
import type { Stage } from '../support/truth/steps.ts';
import { chooseStep } from '../support/truth/steps.ts';
import { makeTruthSpec } from '../support/truth/uses.ts';

const SEED = Number(process.env['TRUTH_SEED'] ?? 11);
const STEPS = Number(process.env['TRUTH_STEPS'] ?? 200);
/** Looking takes time, in which nothing happens: there is more than one step between two looks. */
const STEPS_A_LOOK = 6;
const SHOWN = 24;

/** The configs that each deployment uses. */
const DEPLOYMENTS = new Map<string, { configs: string[]; containers: 'all' | 'app' }>([
  ['web', { configs: ['one'], containers: 'all' }],
  ['shop', { configs: ['one', 'two'], containers: 'app' }],
  ['mail', { configs: ['two', 'fixed'], containers: 'app' }],
]);

test(`no container that holds old content is called current, and a look inside tells the truth, in ${STEPS} random steps (seed ${SEED})`, async () => {
  const testCluster = await useCluster();
  await using namespace = await useNamespace(testCluster);
  const { name } = namespace;
  const cluster = await connectTo(testCluster);
  const hand = (kind: ConfigKind, config: string) => new ConfigHand(cluster, kind, name, config);
  const stage: Stage = {
    testCluster,
    cluster,
    namespace: name,
    deployments: ['web', 'shop', 'mail'],
    hands: [hand('ConfigMap', 'one'), hand('Secret', 'one'), hand('ConfigMap', 'two'), hand('Secret', 'two')],
    immutable: [hand('ConfigMap', 'fixed'), hand('Secret', 'fixed')],
  };
  const content = { A: 'v0', B: 'v0', C: 'v0' };
  for (const one of stage.hands) await one.createByClient(content);
  for (const one of stage.immutable) await one.create(content, { manager: 'helm', immutable: true });
  for (const deployment of stage.deployments) await createDeployment(stage, deployment);
  await waitForPods(cluster, name, { count: DEPLOYMENTS.size, timeoutMs: 120_000 });

  const random = makeRandom(SEED);
  const slots = new Map([...DEPLOYMENTS].map(([deployment, { configs }]) => [deployment, configs]));
  const done: string[] = [];
  const total = { compared: 0, rightly: 0 };
  while (done.length < STEPS) {
    const step = chooseStep(stage, random);
    await step.run();
    done.push(`${new Date().toISOString()} ${step.text}`);
    if (done.length % STEPS_A_LOOK > 0) continue;
    const { compared, rightly, wrong } = await compareWithTruth(stage, slots);
    total.compared += compared;
    total.rightly += rightly;
    if (wrong.length > 0) {
      const last = done.slice(-SHOWN).join('\n');
      throw new Error(`seed ${SEED}, after ${done.length} steps:\n${wrong.join('\n')}\nthe last steps:\n${last}`);
    }
  }
  cluster.close();
  // A program that calls nothing current would be right as well.
  expect(total.rightly).toBeGreaterThan(total.compared / 20);
}, 3_600_000);

async function createDeployment({ cluster, namespace }: Stage, name: string): Promise<void> {
  const { configs, containers } = DEPLOYMENTS.get(name) ?? { configs: [], containers: 'app' };
  const labels = { app: name };
  const body = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: makeTruthSpec(configs, containers) },
    },
  };
  await cluster.request({ method: 'POST', path: `/apis/apps/v1/namespaces/${namespace}/deployments`, body });
}
