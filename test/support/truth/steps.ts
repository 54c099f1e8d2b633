import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { isJsonObject, readObject, readObjects, readText } from '../../../src/objects/json.ts';
import type { TestCluster } from '../../cluster/cluster.ts';
import { kubectl } from '../../cluster/shared.ts';
import type { Random } from '../random.ts';
import { runCommand } from '../run-command.ts';
import type { ConfigHand, Content } from './config-hand.ts';
import { restartInPlace } from './look.ts';

/** Where a random history takes place. */
export interface Stage {
  testCluster: TestCluster;
  cluster: Cluster;
  namespace: string;
  deployments: readonly [string, ...string[]];
  /** Those that are edited. */
  hands: readonly [ConfigHand, ...ConfigHand[]];
  /** Those that are immutable: they are only ever made anew. */
  immutable: readonly [ConfigHand, ...ConfigHand[]];
}

/** One step of a history: what it does, in words, and the doing. */
export interface Step {
  text: string;
  run: () => Promise<unknown>;
}

/** Chooses the next step. Nothing but the random numbers decides, so that the same seed gives the same steps. */
export function chooseStep(stage: Stage, random: Random): Step {
  const kind = random.below(20);
  if (kind < 11) return chooseEdit(random.pick(stage.hands), random);
  if (kind < 15) return chooseRestart(stage, random);
  if (kind < 17) return choosePodEdit(stage, random);
  if (kind < 18) return chooseRecreation(random.pick(stage.immutable), random);
  const milliseconds = random.below(3000);
  return { text: `wait ${milliseconds} ms`, run: () => sleep(milliseconds) };
}

const MANAGERS = ['kubectl-edit', 'kubectl-patch', 'helm', 'kubectl-client-side-apply'] as const;
const APPLIERS = ['kustomize-controller', 'kubectl', 'argocd-controller'] as const;
/** A and B are needed by single variables and files; the others come and go. */
const NEEDED = ['A', 'B'] as const;
const LOOSE = ['C', 'D', 'E'] as const;

function chooseEdit(hand: ConfigHand, random: Random): Step {
  const manager = random.pick(MANAGERS);
  const applier = random.pick(APPLIERS);
  const key = random.pick([...NEEDED, ...LOOSE]);
  const loose = random.pick(LOOSE);
  // Few values, so that many a write brings an old one back.
  const value = `v${random.below(3)}`;
  const content: Content = { A: value, B: 'v0', ...(random.once(2) && { [loose]: value }) };
  const removal = random.pick(['strategic', 'merge', 'json', 'put'] as const);
  const edits: [string, () => Promise<unknown>][] = [
    [`${manager} patches ${key}=${value}`, () => hand.patch({ [key]: value }, manager)],
    [`${manager} writes ${key}=${value}`, () => hand.put({ [key]: value }, manager)],
    [`${manager} adds ${loose}=${value}`, () => hand.patch({ [loose]: value }, manager, 'merge')],
    [`${manager} removes ${loose} by ${removal}`, () => removeKey(hand, loose, manager, removal)],
    [`${manager} removes ${loose} by ${removal}`, () => removeKey(hand, loose, manager, removal)],
    [`${manager} replaces all by ${JSON.stringify(content)}`, () => hand.replace(content, manager)],
    [`${applier} applies ${JSON.stringify(content)}`, () => hand.apply(content, applier)],
    [
      `kubectl apply of ${JSON.stringify(content)}`,
      async () => hand.applyByClient(content, await hand.readLastApplied()),
    ],
    [`${manager} labels`, () => hand.label(value, manager)],
    [`${manager} removes the label`, () => hand.label(null, manager)],
    [
      `${manager} patches A and back`,
      async () => {
        const { A = 'v0' } = await hand.readContent();
        await hand.patch({ A: 'between' }, manager);
        await hand.patch({ A }, manager);
      },
    ],
    ['managed fields are stripped', () => hand.strip({}, manager)],
    [`managed fields are stripped with ${key}=${value}`, () => hand.strip({ [key]: value }, manager)],
    [
      `kubectl-patch patches A=${value}, and Flux takes it over`,
      async () => {
        await hand.patch({ A: value }, 'kubectl-patch');
        const now = await hand.readContent();
        await hand.mergeManagers('kustomize-controller');
        await hand.apply(now, 'kustomize-controller');
      },
    ],
  ];
  if (random.once(6)) return chooseRecreation(hand, random);
  const [text, run] = edits[random.below(edits.length)] ?? ['nothing', async () => {}];
  return { text: `${hand.kind} ${hand.name}: ${text}`, run };
}

async function removeKey(
  hand: ConfigHand,
  key: string,
  manager: string,
  way: 'strategic' | 'merge' | 'json' | 'put',
): Promise<void> {
  if (way === 'put') return hand.put({}, manager, [key]);
  if (way !== 'json') return hand.patch({ [key]: null }, manager, way);
  if ((await hand.readContent())[key] === undefined) return;
  await hand.patchJson([{ op: 'remove', path: `/data/${key}` }], manager);
}

function chooseRecreation(hand: ConfigHand, random: Random): Step {
  const isSame = random.once(2);
  const value = `v${random.below(3)}`;
  return {
    text: `${hand.kind} ${hand.name}: made anew with ${isSame ? 'the same content' : `A=${value}`}`,
    run: async () => {
      const now = await hand.readContent();
      const { immutable } = await hand.read();
      await hand.remove();
      await hand.create(isSame ? now : { A: value, B: 'v0' }, { manager: 'helm', immutable: immutable === true });
    },
  };
}

function chooseRestart({ testCluster, cluster, namespace, deployments }: Stage, random: Random): Step {
  const name = random.pick(deployments);
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  const contentType = 'application/strategic-merge-patch+json';
  switch (random.below(7)) {
    case 0:
    case 1: {
      const line = `restart deployment/${name} -n ${namespace} --no-wait`;
      const { kubeconfig } = testCluster;
      return { text: `our restart of ${name}`, run: () => runCommand(line, { kubeconfig }) };
    }
    case 2:
      return {
        text: `kubectl rollout restart of ${name}`,
        run: () => {
          const annotations = { 'kubectl.kubernetes.io/restartedAt': new Date().toISOString() };
          const body = { spec: { template: { metadata: { annotations } } } };
          const query = { fieldManager: 'kubectl-rollout' };
          return cluster.request({ method: 'PATCH', path, query, contentType, body });
        },
      };
    case 3:
      return {
        text: `kubectl rollout undo of ${name}`,
        run: () => kubectl(testCluster, ['rollout', 'undo', `deployment/${name}`, '-n', namespace]),
      };
    case 4: {
      const replicas = 1 + random.below(2);
      return {
        text: `${name} scaled to ${replicas}`,
        run: () => cluster.request({ method: 'PATCH', path, contentType, body: { spec: { replicas } } }),
      };
    }
    default: {
      const choice = random.below(100);
      const container = random.pick(['app', 'again'] as const);
      return {
        text: `container ${container} of a pod of ${name} ends`,
        run: async () => {
          const pod = await findPod(cluster, namespace, choice, name);
          // Those that end too often are started again later and later.
          if (pod === null || pod.restarts > 2) return;
          // It may be on its way out, or the container be without the other.
          await restartInPlace(cluster, { namespace, pod: pod.name }, container).catch(() => {});
        },
      };
    }
  }
}

function choosePodEdit({ cluster, namespace }: Stage, random: Random): Step {
  const choice = random.below(100);
  const field = random.pick(['labels', 'annotations'] as const);
  const value = random.once(2) ? null : `v${random.below(3)}`;
  return {
    text: `a pod gets ${field} note=${value}`,
    run: async () => {
      const pod = await findPod(cluster, namespace, choice);
      if (pod === null) return;
      const path = `/api/v1/namespaces/${namespace}/pods/${pod.name}`;
      const query = { fieldManager: 'kubectl-label' };
      const body = { metadata: { [field]: { note: value } } };
      const contentType = 'application/merge-patch+json';
      await cluster.request({ method: 'PATCH', path, query, contentType, body }).catch(() => {});
    },
  };
}

/** One of the pods that are not on their way out. */
async function findPod(
  cluster: Cluster,
  namespace: string,
  choice: number,
  deployment?: string,
): Promise<{ name: string; restarts: number } | null> {
  const query = deployment === undefined ? {} : { labelSelector: `app=${deployment}` };
  const list = await cluster.request<unknown>({ path: `/api/v1/namespaces/${namespace}/pods`, query });
  const pods = readObjects(isJsonObject(list) ? list : {}, 'items').filter(
    (pod) => readObject(pod, 'metadata')?.deletionTimestamp === undefined,
  );
  const pod = pods[choice % Math.max(1, pods.length)];
  if (pod === undefined) return null;
  const statuses = readObjects(readObject(pod, 'status'), 'containerStatuses');
  const restarts = statuses.reduce((sum, { restartCount }) => sum + Number(restartCount), 0);
  return { name: readText(readObject(pod, 'metadata'), 'name'), restarts };
}
