import { describe, expect, test } from 'bun:test';
import type { HistoryQuestion, PastConfig, PastPods, PodQuestion } from '../../../src/staleness/history.ts';
import { lookBack } from '../../../src/staleness/look-back.ts';
import { judgeGraph } from '../../../src/staleness/status.ts';
import type { ConfigRef, Graph, PodObject } from '../../../src/types.ts';
import {
  makeConfig,
  makeDependency,
  makeGraph,
  makePod,
  makeRef,
  makeUse,
  makeWorkload,
} from '../../support/make-objects.ts';

const START = Date.parse('2026-01-01T10:00:00Z');
const at = (seconds: number) => new Date(START + seconds * 1000).toISOString().replace('.000Z', 'Z');

/** One write of the config; `seconds` after the start of the container. */
interface Write {
  version: number;
  seconds: number;
  content: Record<string, string>;
  /** It left no time: that of the write before stays. */
  silent?: true;
}

function makeVersions(writes: readonly Write[]) {
  let last = writes[0]?.seconds ?? 0;
  return writes.map(({ version, seconds, content, silent }) => {
    if (silent !== true) last = seconds;
    const keys = Object.keys(content).map((key) => ({ key, at: at(last), by: 'helm' }));
    const resourceVersion = String(version);
    const config = makeConfig({ resourceVersion, createdAt: at(writes[0]?.seconds ?? 0), writtenAt: at(last), keys });
    return { config, content: new Map(Object.entries(content)) };
  });
}

/** The verdict on a container that started at 10:00:00 in a pod created a second before, by what the API tells at a moment after. */
async function judge(
  writes: readonly Write[],
  given: { seconds: number; use?: Partial<ConfigRef>; pod?: Partial<PodObject>; pods?: Record<number, PastPods> },
) {
  const versions = makeVersions(writes);
  const use = makeUse({ keys: null, ...given.use });
  const pods = [makePod({ createdAt: at(-1), writtenAt: at(1), references: [use], ...given.pod })];
  const last = versions.at(-1)?.config ?? makeConfig();
  const graph: Graph = makeGraph({
    workloads: [makeWorkload({ pods })],
    dependencies: [makeDependency(use)],
    configs: [last],
  });
  const now = START + given.seconds * 1000;
  const asked: string[] = [];
  const history = await lookBack(graph, {
    now,
    kinds: ['ConfigMap'],
    read: async ({ resourceVersion }: HistoryQuestion): Promise<PastConfig> => {
      asked.push(`config ${resourceVersion ?? 'now'}`);
      const upTo = Number(resourceVersion ?? Number.POSITIVE_INFINITY);
      return versions.findLast(({ config }) => Number(config.resourceVersion) <= upTo) ?? 'absent';
    },
    readPods: async ({ resourceVersion }: PodQuestion): Promise<PastPods> => {
      asked.push(`pods ${resourceVersion}`);
      return given.pods?.[Number(resourceVersion)] ?? 'unseen';
    },
  });
  return { ...judgeGraph(graph, { now, history })[0], asked };
}

const CREATED: Write = { version: 100, seconds: -3600, content: { A: '1', B: '1' } };

describe('in the minutes after a start', () => {
  test('one answer about pods settles that a config was written before, and no config is read', async () => {
    const result = await judge([CREATED], { seconds: 60, pods: { 100: new Set() } });
    expect(result).toMatchObject({ state: 'current', evidence: 'history', asked: ['pods 100'] });
    expect(result.reason).toBe('its pod was not there yet when the config was last written');
  });

  test('a config that was written in the second in which the pod was created is current, if the pod was not there yet', async () => {
    const near = { ...CREATED, seconds: -1 };
    expect(await judge([near], { seconds: 60, pods: { 100: new Set() } })).toMatchObject({ state: 'current' });
    expect(await judge([near], { seconds: 60, pods: { 100: new Set(['pod-1']) } })).toMatchObject({ state: 'unknown' });
  });

  test('what is forgotten is older than a start that is not', async () => {
    const pods = { 100: 'forgotten', 200: new Set(['pod-1']) } as const;
    expect(await judge([CREATED], { seconds: 60, pods })).toMatchObject({
      state: 'current',
      evidence: 'time',
      asked: ['pods 100', 'pods 200'],
    });
    const touched = { resourceVersion: '200', writtenAt: at(250) };
    expect(await judge([CREATED], { seconds: 280, pods, pod: touched })).not.toMatchObject({ evidence: 'time' });
  });

  test('a key that was removed while the pod became ready is not overlooked', async () => {
    const removed: Write = { version: 190, seconds: 1, content: { A: '1' }, silent: true };
    const pods = { 190: new Set(['pod-1']), 100: new Set<string>() };
    expect(await judge([CREATED, removed], { seconds: 60, pods })).toMatchObject({ state: 'unknown' });
    const before = { 190: new Set<string>() };
    expect(await judge([CREATED, removed], { seconds: 60, pods: before })).toMatchObject({ state: 'current' });
  });

  test('a write is dated by the version before it', async () => {
    const early: Write = { version: 190, seconds: -30, content: { A: '2', B: '1' } };
    expect(await judge([CREATED, early], { seconds: 60 })).toMatchObject({
      state: 'current',
      evidence: 'history',
    });
  });
});

describe('mounted files', () => {
  const use = { via: 'volume', at: '/etc/web' } as const;

  test('are pending for 90 seconds after a change that was taken back in its very second, and no longer', async () => {
    const back: Write[] = [
      CREATED,
      { version: 300, seconds: 60, content: { A: '2', B: '1' } },
      { version: 301, seconds: 60, content: { A: '1', B: '1' } },
    ];
    const use: Partial<ConfigRef> = { via: 'volume', at: '/etc/web' };
    expect(await judge(back, { seconds: 149, use })).toMatchObject({ state: 'pending', evidence: 'history' });
    expect(await judge(back, { seconds: 151, use })).toMatchObject({ state: 'current', evidence: 'history' });
    // A key that was added and removed again: the removal left no time, and may just have been.
    const removed: Write[] = [
      CREATED,
      { version: 300, seconds: 60, content: { A: '1', B: '1', C: '1' } },
      { version: 301, seconds: 60, content: { A: '1', B: '1' } },
    ];
    expect(await judge(removed, { seconds: 151, use })).toMatchObject({ state: 'pending', evidence: 'history' });
  });

  test('are pending for 90 seconds after a key was removed, though that left no time', async () => {
    const removed: Write = { version: 300, seconds: 100, content: { A: '1' }, silent: true };
    const result = await judge([CREATED, removed], { seconds: 110, use, pods: { 100: new Set() } });
    expect(result).toMatchObject({ state: 'pending', evidence: 'history', changedKeys: ['B'] });
  });

  test('are refreshed 90 seconds after the last change of what is used, whatever was written since', async () => {
    const changed: Write = { version: 300, seconds: 20, content: { A: '2', B: '1' } };
    const labelled: Write = { version: 400, seconds: 115, content: { A: '2', B: '1' }, silent: true };
    const pods = { 100: new Set<string>() };
    expect(await judge([CREATED, changed, labelled], { seconds: 120, use, pods })).toMatchObject({
      state: 'refreshed',
    });
  });

  test('may be those of in between for 90 seconds after a change was taken back', async () => {
    const writes: Write[] = [
      CREATED,
      { version: 300, seconds: 20, content: { A: '2', B: '1' } },
      { version: 400, seconds: 30, content: { A: '1', B: '1' } },
    ];
    const pods = { 100: new Set<string>() };
    expect(await judge(writes, { seconds: 60, use, pods })).toMatchObject({ state: 'pending', evidence: 'history' });
    expect(await judge(writes, { seconds: 130, use, pods })).toMatchObject({ state: 'current', evidence: 'history' });
    expect(await judge(writes, { seconds: 60, pods })).toMatchObject({ state: 'current', evidence: 'history' });
  });

  test('of a folder are gone when a file beside it was changed, even if that was taken back', async () => {
    const folder = { via: 'subPath', at: '/etc/a', keys: ['A'], volumeKeys: ['A', 'B'] } as const;
    const beside = { ...folder, keys: [...folder.keys], volumeKeys: [...folder.volumeKeys] };
    const writes: Write[] = [
      CREATED,
      { version: 300, seconds: 20, content: { A: '1', B: '2' } },
      { version: 400, seconds: 30, content: { A: '1', B: '1' } },
    ];
    const pods = { 100: new Set<string>() };
    expect(await judge(writes.slice(0, 2), { seconds: 60, use: beside, pods })).toMatchObject({ state: 'stale' });
    const back = await judge(writes, { seconds: 60, use: beside, pods });
    expect(back).toMatchObject({ state: 'stale', evidence: 'history' });
    expect(back.reason).toContain('the mounted folder is empty');
    const file = { via: 'subPath', at: '/etc/a', keys: ['A'] } as const;
    expect(await judge(writes, { seconds: 60, use: { ...file, keys: ['A'] }, pods })).toMatchObject({
      state: 'current',
    });
  });
});

describe('an immutable config', () => {
  const state = (name: string, evidence: Partial<PodObject> = {}) => {
    const ref = makeRef('ConfigMap', name);
    const use = makeUse({ config: ref });
    const graph = makeGraph({
      workloads: [makeWorkload({ pods: [makePod({ references: [use], ...evidence })] })],
      dependencies: [makeDependency(use)],
      configs: [makeConfig({ ref, immutable: true })],
    });
    return judgeGraph(graph, { now: START + 3_600_000 })[0]?.state;
  };

  test('is never current by time: its node may still give out an earlier one of its name', () => {
    expect(state('web')).toBe('unknown');
    expect(state('web-v2')).toBe('unknown');
  });

  test('is current when its name tells its content, as kustomize makes them', () => {
    expect(state('web-7k2m9t4f5h')).toBe('current');
  });
});
