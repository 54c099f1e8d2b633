import type { Cluster } from '../../../src/cluster/cluster.ts';
import type { ObjectSet, PodObject, StatusItem } from '../../../src/types.ts';
import type { ConfigHand, Content } from './config-hand.ts';
import { collect, judgeByLooking, judgeForgotten, judgeWithHistory } from './judge.ts';
import type { Held } from './look.ts';
import { look } from './look.ts';
import type { Stage } from './steps.ts';
import type { UseName } from './uses.ts';
import { containerOf, holdsNow, isVerdictOn, USE_NAMES, USES } from './uses.ts';

/** What a comparison of verdicts with the truth gave. */
export interface Comparison {
  /** How many verdicts were compared. */
  compared: number;
  /** How many of them were `current`, of containers that hold what the config holds now. */
  rightly: number;
  /** Those that call old content current, or that a look into the container should have settled, in words. */
  wrong: string[];
}

/** What is frozen when a container starts: a look into it always settles what it holds. */
const SETTLED_BY_A_LOOK: readonly UseName[] = USE_NAMES.filter(
  (use) => use !== 'init' && ['env', 'envFrom', 'subPath'].includes(USES[use].via),
);

const TEN_MINUTES = 600_000;
const LATER = 'ten minutes later';
const INSIDE = 'with a look inside';

/**
 * Compares all verdicts with what is seen in the containers.
 * @param slots by deployment, the names of the configs that it uses
 */
export async function compareWithTruth(
  { testCluster, cluster, namespace, hands, immutable }: Stage,
  slots: ReadonlyMap<string, readonly string[]>,
): Promise<Comparison> {
  const objects = await collect(cluster, namespace);
  const views: Record<string, StatusItem[]> = {
    'with history': await judgeWithHistory(cluster, objects),
    forgotten: await judgeForgotten(objects),
    [LATER]: await judgeForgotten(objects, TEN_MINUTES),
  };
  // The kubelet may empty the folder of a subPath at any time: one look before the verdict, one behind it.
  const before = new Map(await lookIntoPods(cluster, objects));
  views[INSIDE] = await judgeByLooking(testCluster, namespace);
  const contents = await readContents([...hands, ...immutable]);
  const seen = await lookIntoPods(cluster, objects);
  const after = await collect(cluster, namespace);
  const comparison: Comparison = { compared: 0, rightly: 0, wrong: [] };
  for (const [pod, held] of seen) {
    const deployment = pod.ref.name.split('-')[0] ?? '';
    for (const [slot, config] of (slots.get(deployment) ?? []).entries()) {
      for (const use of USE_NAMES) {
        const container = held.get(containerOf(use));
        const now = contents.get(`${USES[use].config} ${config}`);
        if (container === undefined || now === undefined || !isSameInstance(pod, after, containerOf(use))) continue;
        const isNow = holdsNow(use, slot, container, now);
        for (const [view, items] of Object.entries(views)) {
          const verdict = findVerdict(items, { deployment, slot, use, pod: pod.ref.name });
          if (verdict === undefined) continue;
          comparison.compared++;
          const heldBefore = before.get(pod)?.get(containerOf(use));
          const wasNow = heldBefore === undefined ? isNow : holdsNow(use, slot, heldBefore, now);
          if (view === INSIDE && use === 'subPathFolder' && wasNow !== isNow) continue;
          const told = { view, use, config, pod, verdict, objects, now, container };
          if (view === INSIDE && !isSettled(use, verdict, isNow)) comparison.wrong.push(describe(told));
          if (verdict.state !== 'current') continue;
          if (isNow) comparison.rightly++;
          else if (view !== LATER || !wasWrittenDuringStart(pod, config, hands)) comparison.wrong.push(describe(told));
        }
      }
    }
  }
  return comparison;
}

/** True when a look told what it can tell: of what is frozen at the start always the truth. */
function isSettled(use: UseName, { state }: StatusItem['pods'][number], isNow: boolean): boolean {
  return !SETTLED_BY_A_LOOK.includes(use) || state === (isNow ? 'current' : 'stale');
}

/**
 * True when a config was written while a pod was being started. A write that leaves no time (a removed key, stripped or merged managed
 * fields) cannot be told from one before, as soon as the API has forgotten what was then: that is a limit of what can be known, and hours
 * later nobody would want every verdict to be `unknown` for it.
 */
function wasWrittenDuringStart(
  { createdAt, writtenAt }: PodObject,
  config: string,
  hands: readonly ConfigHand[],
): boolean {
  const [from, to] = [Date.parse(createdAt ?? '') - 1000, Date.parse(writtenAt ?? '') + 2000];
  return hands.some(({ name, writes }) => name === config && writes.some((at) => at >= from && at <= to));
}

async function readContents(hands: readonly ConfigHand[]): Promise<Map<string, Content>> {
  const entries = hands.map(async (hand) => [`${hand.kind} ${hand.name}`, await hand.readContent()] as const);
  return new Map(await Promise.all(entries));
}

async function lookIntoPods(cluster: Cluster, { pods }: ObjectSet): Promise<[PodObject, Map<string, Held>][]> {
  const running = pods.filter(
    ({ phase, deleting, containers }) =>
      phase === 'Running' && !deleting && containers.some(({ name, running }) => name === 'app' && running),
  );
  const seen = await Promise.all(
    running.map(
      async (pod) => [pod, await look(cluster, { namespace: pod.ref.namespace, pod: pod.ref.name })] as const,
    ),
  );
  return seen.flatMap(([pod, held]) => (held === null ? [] : [[pod, held]]));
}

/** True when what was looked into is what was judged: a container may have been started again in between. */
function isSameInstance(pod: PodObject, after: ObjectSet, container: string): boolean {
  const instanceOf = ({ containers }: PodObject) => containers.find(({ name }) => name === container);
  const later = after.pods.find(({ uid }) => uid === pod.uid);
  const [before, now] = [instanceOf(pod), later && instanceOf(later)];
  return (
    before?.running === true &&
    now?.running === true &&
    before.startedAt === now.startedAt &&
    before.restartCount === now.restartCount
  );
}

function findVerdict(
  items: readonly StatusItem[],
  { deployment, slot, use, pod }: { deployment: string; slot: number; use: UseName; pod: string },
): StatusItem['pods'][number] | undefined {
  const item = items.find((one) => one.workload.name === deployment && isVerdictOn(one, slot, use));
  return item?.pods.find(({ name }) => name === pod);
}

/** All that a verdict had to go by, so that a failure can be understood from its message. */
function describe(given: {
  view: string;
  use: UseName;
  config: string;
  pod: PodObject;
  verdict: StatusItem['pods'][number];
  objects: ObjectSet;
  now: Content;
  container: Held;
}): string {
  const { view, use, config, pod, verdict, objects, now, container } = given;
  const object = objects.configs.find(({ ref }) => ref.name === config && ref.kind === USES[use].config);
  const instance = pod.containers.find(({ name }) => name === USES[use].container);
  const values = [...container.environment, ...container.files].filter(([name]) => /^(S\d_|\d\/)/.test(name));
  return [
    `${use} of ${config} in ${pod.ref.name} is called ${verdict.state}, ${view} (${verdict.evidence}: ${verdict.reason})`,
    `  the config holds ${JSON.stringify(now)}, the container ${JSON.stringify(Object.fromEntries(values))}`,
    `  config: version ${object?.resourceVersion}, created ${object?.createdAt}, ${JSON.stringify(object?.keys)}`,
    `  pod: version ${pod.resourceVersion}, created ${pod.createdAt}, written ${pod.writtenAt}`,
    `  container: ${JSON.stringify(instance)}`,
  ].join('\n');
}
