import { describe, expect, test } from 'bun:test';
import { objectKey } from '../../../src/objects/object-key.ts';
import { readConfigContent } from '../../../src/staleness/expected-content.ts';
import type { HistoryQuestion, PastConfig } from '../../../src/staleness/history.ts';
import { ConfigHistory } from '../../../src/staleness/history.ts';
import type { LookInsideOptions } from '../../../src/staleness/look-inside.ts';
import { lookInside } from '../../../src/staleness/look-inside.ts';
import type { RunCommand } from '../../../src/staleness/observe.ts';
import { judgeGraph } from '../../../src/staleness/status.ts';
import type { ConfigObject, PodObject } from '../../../src/types.ts';
import { runInFake } from '../../support/fake-container.ts';
import {
  makeConfig,
  makeDependency,
  makeGraph,
  makeInstance,
  makePod,
  makeRef,
  makeUse,
  makeWorkload,
} from '../../support/make-objects.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');

/** Written at 11:00 with version 300: after the start of every pod below. */
const CHANGED = makeConfig({
  resourceVersion: '300',
  keys: [{ key: 'LEVEL', at: '2026-01-01T11:00:00Z', by: 'kubectl-edit' }],
});
/** Written at 09:00: before it. */
const UNCHANGED = makeConfig();

function makePods(count: number, overrides: Partial<PodObject> = {}): PodObject[] {
  return Array.from({ length: count }, (_, index) =>
    makePod({
      ref: makeRef('Pod', `web-${index}`),
      uid: `pod-${index}`,
      labels: { 'pod-template-hash': 'a' },
      ...overrides,
    }),
  );
}

interface Setting {
  config?: ConfigObject;
  /** What LEVEL is in the container of each pod; 'info' is what the config holds. */
  levels: Record<string, string>;
  options?: Partial<LookInsideOptions>;
  run?: (pod: string) => RunCommand;
  uses?: Parameters<typeof makeDependency>[0];
  environment?: Record<string, string>;
  image?: string;
}

async function look(
  pods: PodObject[],
  { config = CHANGED, levels, options = {}, run, uses = {}, environment = {}, image = '' }: Setting,
) {
  const asked: string[] = [];
  const questions: (string | null)[] = [];
  const graph = makeGraph({
    workloads: [makeWorkload({ pods: pods.map((pod) => ({ ...pod, references: [makeUse(uses)] })) })],
    dependencies: [makeDependency(uses)],
    configs: [config],
  });
  const container = {
    name: 'app',
    env:
      uses.via === 'envFrom' ? [] : [{ name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'web', key: 'LEVEL' } } }],
    envFrom: uses.via === 'envFrom' ? [{ configMapRef: { name: 'web' } }] : [],
  };
  const history = new ConfigHistory();
  const { inside, troubles } = await lookInside(graph, {
    now: NOON,
    history,
    allPods: false,
    isWanted: () => true,
    announce: () => {},
    readPods: async (wanted) =>
      new Map(
        wanted.map((ref) => [
          objectKey(ref),
          {
            metadata: { uid: pods.find((pod) => pod.ref.name === ref.name)?.uid },
            spec: { nodeName: 'n1', containers: [container] },
            status: { containerStatuses: [{ name: 'app', imageID: image }] },
          },
        ]),
      ),
    readContent: async () => readConfigContent({ data: { LEVEL: 'info' } }, 'ConfigMap'),
    readPast: async ({ resourceVersion }: HistoryQuestion): Promise<PastConfig> => {
      questions.push(resourceVersion);
      return 'forgotten';
    },
    run: ({ name }) => {
      asked.push(name);
      return run?.(name) ?? runInFake({ environment: { LEVEL: levels[name] ?? '', ...environment } });
    },
    ...options,
  });
  const [item] = judgeGraph(graph, { now: NOON, history, inside });
  const pods_ = item?.pods.map(({ name, state, evidence }) => `${name} ${state} ${evidence}`);
  return { asked, pods: pods_, troubles, questions, item };
}

const all = (level: string) => Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`web-${index}`, level]));

describe('looking inside', () => {
  test('asks one pod of a template where it bears out what times say of all', async () => {
    expect(await look(makePods(3), { levels: all('debug') })).toMatchObject({
      asked: ['web-0'],
      pods: ['web-0 stale exec', 'web-1 stale time', 'web-2 stale time'],
    });
    expect(await look(makePods(3), { config: UNCHANGED, levels: all('info') })).toMatchObject({
      asked: ['web-0'],
      pods: ['web-0 current exec', 'web-1 current time', 'web-2 current time'],
    });
  });

  test('asks every pod where one shows something else: what is true of one need not be of another', async () => {
    // The change was put back; a pod that started in between holds what was there then.
    expect(await look(makePods(3), { levels: { ...all('info'), 'web-2': 'debug' } })).toMatchObject({
      asked: ['web-0', 'web-1', 'web-2'],
      pods: ['web-0 current exec', 'web-1 current exec', 'web-2 stale exec'],
    });
    // An immutable config that was made anew: times say that all is well.
    expect(await look(makePods(2), { config: UNCHANGED, levels: { 'web-0': 'debug', 'web-1': 'info' } })).toMatchObject(
      {
        pods: ['web-0 stale exec', 'web-1 current exec'],
      },
    );
  });

  test('says beforehand how many pods it takes, and again how many more', async () => {
    const announced: number[] = [];
    const announce = (pods: number) => void announced.push(pods);
    await look(makePods(3), { levels: { ...all('info'), 'web-2': 'debug' }, options: { announce } });
    expect(announced).toEqual([1, 2]);
  });

  test('asks a pod of each template, of each verdict, and those that tell no template', async () => {
    const levels = all('debug');
    const [first, second, third] = makePods(3);
    if (!first || !second || !third) throw new Error('three pods');
    const other = { ...second, labels: { 'controller-revision-hash': 'b' } };
    expect((await look([first, other, third], { levels })).asked).toEqual(['web-0', 'web-1']);
    const restarted = {
      ...third,
      containers: [makeInstance({ startedAt: '2026-01-01T11:30:00Z' })],
      resourceVersion: '400',
    };
    expect((await look([first, second, restarted], { levels: { ...levels, 'web-2': 'info' } })).asked).toEqual([
      'web-0',
      'web-2',
    ]);
    expect((await look(makePods(3, { labels: {} }), { levels })).asked).toHaveLength(3);
  });

  test('asks every pod when it is told to', async () => {
    expect((await look(makePods(3), { levels: all('debug'), options: { allPods: true } })).asked).toHaveLength(3);
  });

  test('asks nobody about what the API has proven, what is not wanted, and what does not run', async () => {
    const levels = all('debug');
    expect((await look(makePods(1), { levels, options: { isWanted: () => false } })).asked).toEqual([]);
    const ended = { containers: [makeInstance({ running: false })] };
    expect((await look(makePods(1, ended), { levels })).asked).toEqual([]);
    const missing = { exists: false };
    expect((await look(makePods(1), { levels, uses: missing })).item).toMatchObject({ state: 'missing' });
    expect((await look(makePods(1), { levels, uses: missing })).asked).toEqual([]);
    const annotation = { via: 'annotation', container: null } as const;
    expect((await look(makePods(1), { levels, uses: annotation })).asked).toEqual([]);
  });

  test('asks one container of an image that has nothing to look with', async () => {
    const run = () => async () => ({ result: 'no-command' as const });
    const { asked, pods, item } = await look(makePods(3), { levels: {}, run });
    expect(asked).toEqual(['web-0']);
    expect(pods).toEqual(['web-0 stale time', 'web-1 stale time', 'web-2 stale time']);
    expect(item?.reason).toContain('could not be looked into: the image has no sh, cat or env to look with');
  });

  test('asks the others where one did not answer', async () => {
    const run = (pod: string): RunCommand =>
      pod === 'web-0'
        ? async () => ({ result: 'failed', message: 'late' })
        : runInFake({ environment: { LEVEL: 'debug' } });
    expect(await look(makePods(2), { levels: {}, run })).toMatchObject({
      asked: ['web-0', 'web-1'],
      pods: ['web-0 stale time', 'web-1 stale exec'],
      troubles: [],
    });
  });

  test('waits for a dead node twice, and not once for each of its pods', async () => {
    let commands = 0;
    const run = () => async () => {
      commands++;
      return { result: 'late' as const, message: 'the command gave no result within 10 s' };
    };
    const { pods, item } = await look(makePods(40), { levels: {}, run, options: { allPods: true } });
    expect(commands).toBeLessThanOrEqual(16);
    expect(pods?.every((pod) => pod.endsWith('stale time'))).toBe(true);
    expect(item?.reason).toContain('could not be looked into: the command gave no result within 10 s');
    expect(item?.pods.at(-1)?.reason).toContain('could not be looked into: node n1 does not answer');
  });

  test('stops where the user may not, says why once, and leaves the other evidence', async () => {
    const run = () => async () => ({ result: 'refused' as const, message: 'no right to pods/exec' });
    const { asked, pods, troubles } = await look(makePods(5), { levels: {}, run });
    expect(asked).toEqual(['web-0']);
    expect(troubles).toEqual(['no right to pods/exec']);
    expect(pods?.every((pod) => pod.endsWith('stale time'))).toBe(true);
  });

  test('asks how the config was when more is in the environment than it holds', async () => {
    const uses = { via: 'envFrom', at: '*', keys: null } as const;
    const { pods, questions } = await look(makePods(1), { levels: all('info'), uses, environment: { GONE: '1' } });
    expect(pods).toEqual(['web-0 unknown none']);
    expect(questions).toEqual(['200']);
    const without = await look(makePods(1), { levels: all('info'), uses });
    expect(without).toMatchObject({ pods: ['web-0 current exec'], questions: [] });
  });

  test('asks the others of the image where a variable may come from it', async () => {
    const uses = { via: 'envFrom', at: '*', keys: null } as const;
    const [old, young] = makePods(2);
    if (!old || !young) throw new Error('two pods');
    // It started after the last write: what no config has now is of the image there, and so in the other pod.
    const since = { containers: [makeInstance({ startedAt: '2026-01-01T11:30:00Z' })], resourceVersion: '400' };
    const pods = [old, { ...young, ...since, writtenAt: '2026-01-01T11:30:01Z', createdAt: '2026-01-01T11:29:58Z' }];
    const setting = { levels: all('info'), uses, environment: { LANG: 'C' } };
    expect((await look(pods, { ...setting, image: 'sha256:1' })).pods).toEqual([
      'web-0 current exec',
      'web-1 current exec',
    ]);
    // Where both may hold what was there before, neither tells anything of the image.
    const older = { ...young, labels: { 'pod-template-hash': 'b' } };
    const both = await look([old, older], { ...setting, image: 'sha256:1' });
    expect(both.pods).toEqual(['web-0 unknown none', 'web-1 unknown none']);
    // Of an image that the kubelet has not told, nothing is known.
    expect((await look(pods, setting)).pods).toEqual(['web-0 unknown none', 'web-1 current exec']);
  });
});
