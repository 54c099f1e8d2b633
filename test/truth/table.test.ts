/**
 * Every way of use against every kind of edit on a real node: the verdicts against a table, and against what the containers hold in truth.
 */
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../../src/cluster/cluster.ts';
import type { ConfigKind, ObjectSet, StatusItem } from '../../src/types.ts';
import type { TestNamespace } from '../cluster/shared.ts';
import { useCluster, useNamespace } from '../cluster/shared.ts';
import type { Content } from '../support/truth/config-hand.ts';
import { ConfigHand } from '../support/truth/config-hand.ts';
import type { Edit, EditName } from '../support/truth/edits.ts';
import { EDIT_NAMES, EDITS } from '../support/truth/edits.ts';
import { collect, judgeForgotten, judgeWithHistory, keepAlone } from '../support/truth/judge.ts';
import { connectTo, waitForPods } from '../support/truth/lab.ts';
import type { Held } from '../support/truth/look.ts';
import { look, restartInPlace } from '../support/truth/look.ts';
import type { Column } from '../support/truth/table.ts';
import { acceptedStates, COLUMNS } from '../support/truth/table.ts';
import type { UseName } from '../support/truth/uses.ts';
import { containerOf, holdsNow, isVerdictOn, makeTruthSpec, USE_NAMES, USES } from '../support/truth/uses.ts';

const KINDS: readonly ConfigKind[] = ['ConfigMap', 'Secret'];
/** Starts that are so long ago are beyond the doubt of clocks and of whole seconds. */
const PAST_THE_MARGIN = 6000;
/** An edit is so much older than the restart in place, or than the new pod, that comes after it. */
const AFTER_THE_EDIT = 8000;
const TEN_MINUTES = 600_000;

/** A pod uses the configs of so many edits: pods are what takes time. */
const EDITS_A_POD = 6;

/** Each edit with the pods that use its config, and in which slot of theirs. */
const CASES = EDIT_NAMES.map((edit, index) => {
  const { suffix = '' }: Edit = EDITS[edit];
  const group = Math.floor(index / EDITS_A_POD);
  const slot = index % EDITS_A_POD;
  return { edit, oldPod: `old-${group}`, newPod: `new-${group}`, slot, config: `config-${index}${suffix}` };
});
type Case = (typeof CASES)[number];

/** The pods, with the cases whose configs they use. */
const PODS = Map.groupBy(CASES, ({ oldPod }) => oldPod);

let namespace: TestNamespace;
let cluster: Cluster;
let objects: ObjectSet;
let withHistory: StatusItem[];
let forgotten: StatusItem[];
const held = new Map<string, Map<string, Held>>();
const contents = new Map<string, Content>();

beforeAll(async () => {
  const testCluster = await useCluster();
  cluster = await connectTo(testCluster);
  namespace = await useNamespace(testCluster);
  const handsOf = ({ config }: Case) => KINDS.map((kind) => new ConfigHand(cluster, kind, namespace.name, config));
  const each = (act: (one: Case) => Promise<unknown>) => Promise.all(CASES.map(act));
  const eachPod = (act: (first: Case, configs: string[]) => Promise<unknown>) =>
    Promise.all(
      [...PODS.values()].map(
        ([first, ...others]) =>
          first &&
          act(
            first,
            [first, ...others].map(({ config }) => config),
          ),
      ),
    );
  const eachConfig = (act: (hand: ConfigHand, edit: Edit) => Promise<unknown>) =>
    each((one) => Promise.all(handsOf(one).map((hand) => act(hand, EDITS[one.edit]))));

  await eachConfig((hand, { create }) => create(hand));
  await eachPod(({ oldPod }, configs) => createPod(oldPod, makeTruthSpec(configs)));
  await waitForPods(cluster, namespace.name, { count: PODS.size, timeoutMs: 240_000 });
  await sleep(PAST_THE_MARGIN);

  await eachConfig((hand, { change }) => change(hand));
  await sleep(AFTER_THE_EDIT);
  await eachPod(({ oldPod }) => restartInPlace(cluster, { namespace: namespace.name, pod: oldPod }, 'again'));
  await eachPod(({ newPod }, configs) => createPod(newPod, makeTruthSpec(configs, 'app')));
  await waitForPods(cluster, namespace.name, {
    count: 2 * PODS.size,
    timeoutMs: 240_000,
    restarts: { again: 1 },
  });

  // What is seen first cannot be older than what a verdict is about.
  await eachPod(async ({ oldPod, newPod }) => {
    for (const pod of [oldPod, newPod]) {
      const seen = await look(cluster, { namespace: namespace.name, pod });
      if (seen === null) throw new Error(`pod ${pod} cannot be looked into`);
      held.set(pod, seen);
    }
  });
  await eachConfig(async (hand) => contents.set(`${hand.kind} ${hand.name}`, await hand.readContent()));
  objects = await collect(cluster, namespace.name);
  withHistory = await judgeWithHistory(cluster, objects);
  forgotten = await judgeForgotten(objects);
}, 1_800_000);

afterAll(async () => {
  cluster.close();
  await namespace[Symbol.asyncDispose]();
});

function createPod(name: string, spec: object): Promise<unknown> {
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec };
  return cluster.request({ method: 'POST', path: `/api/v1/namespaces/${namespace.name}/pods`, body });
}

/** One use of one config by one container. */
interface Cell {
  pod: string;
  use: UseName;
  column: Column;
}

/** The uses of the config of an edit, by the column that they stand in. */
function listCells({ oldPod, newPod }: Case): Cell[] {
  const old = Object.entries(COLUMNS).flatMap(([column, uses]) =>
    uses.map((use): Cell => ({ pod: oldPod, use, column: isColumn(column) ? column : 'new' })),
  );
  const inNewPod = USE_NAMES.filter((use) => containerOf(use) === 'app');
  return [...old, ...inNewPod.map((use): Cell => ({ pod: newPod, use, column: 'new' }))];
}

/** True when the container that has a use holds what the config holds now. */
function isNow({ slot, config }: Case, { pod, use }: Pick<Cell, 'pod' | 'use'>): boolean {
  const seen = held.get(pod)?.get(containerOf(use));
  const now = contents.get(`${USES[use].config} ${config}`);
  if (seen === undefined || now === undefined) throw new Error(`${use} of ${pod} was not seen`);
  return holdsNow(use, slot, seen, now);
}

function stateOf(items: readonly StatusItem[], { slot }: Case, { pod, use }: Cell): string {
  const item = items.find((one) => one.workload.name === pod && isVerdictOn(one, slot, use));
  if (item === undefined) throw new Error(`no verdict on ${use} of ${pod}`);
  return item.state;
}

function findCase(edit: EditName): Case {
  const found = CASES.find((one) => one.edit === edit);
  if (found === undefined) throw new Error(`no case of: ${edit}`);
  return found;
}

function isColumn(name: string): name is keyof typeof COLUMNS {
  return name in COLUMNS;
}

describe('after each kind of edit every verdict is one that the table accepts', () => {
  test.each(EDIT_NAMES)('%s', (edit: EditName) => {
    const one = findCase(edit);
    const wrong = listCells(one).flatMap((cell) => {
      const told = { history: stateOf(withHistory, one, cell), forgotten: stateOf(forgotten, one, cell) };
      return (['history', 'forgotten'] as const).flatMap((mode) => {
        const accepted = acceptedStates(edit, cell.column, mode);
        const isAccepted = accepted.some((state) => state === told[mode]);
        return isAccepted ? [] : [`${cell.column}/${cell.use} ${mode}: ${told[mode]}, not ${accepted.join(' or ')}`];
      });
    });
    expect(wrong).toEqual([]);
  });
});

describe('nothing is called current where the container holds old content', () => {
  test.each(EDIT_NAMES)('%s', async (edit: EditName) => {
    const one = findCase(edit);
    const wrong: string[] = [];
    for (const pod of [one.oldPod, one.newPod]) {
      const old = listCells(one).filter((cell) => cell.pod === pod && !isNow(one, cell));
      if (old.length === 0) continue;
      const alone = keepAlone(objects, pod, one.config);
      const views = {
        'with history': withHistory,
        forgotten,
        'forgotten, alone in the namespace': await judgeForgotten(alone),
        'forgotten, ten minutes later': await judgeForgotten(objects, TEN_MINUTES),
        'forgotten, alone, ten minutes later': await judgeForgotten(alone, TEN_MINUTES),
      };
      for (const [view, items] of Object.entries(views)) {
        for (const cell of old) {
          if (stateOf(items, one, cell) === 'current') wrong.push(`${cell.use} of the ${cell.column} column, ${view}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  });
});

test('the edits did reach the containers as they should: what was started since is new, the rest stays as it was', () => {
  const one = findCase('strategic patch of a value');
  const old = ['env', 'envFrom', 'subPath', 'subPathFolder', 'init', 'secretEnv', 'secretSubPath'] as const;
  expect(old.filter((use) => isNow(one, { pod: one.oldPod, use }))).toEqual([]);
  const fresh = [...old, 'volume', 'projected', 'secretVolume'] as const;
  expect(fresh.filter((use) => !isNow(one, { pod: one.newPod, use }))).toEqual([]);
  expect(isNow(one, { pod: one.oldPod, use: 'againEnv' })).toBe(true);
});
