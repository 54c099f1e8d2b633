import { describe, expect, test } from 'bun:test';
import type { HistoryQuestion, PastConfig } from '../../../src/staleness/history.ts';
import { lookBack } from '../../../src/staleness/look-back.ts';
import { judgeGraph } from '../../../src/staleness/status.ts';
import type { ConfigObject } from '../../../src/types.ts';
import { makeConfig, makeDependency, makeGraph, makePod, makeRef, makeWorkload } from '../../support/make-objects.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');

/** A config written at 09:00 (version 100), 11:00 (300) and 11:30 (400), with the content of each; the container started at 10:00. */
function makeVersions(...contents: string[]): { config: ConfigObject; content: Map<string, string> }[] {
  const times = ['2026-01-01T09:00:00Z', '2026-01-01T11:00:00Z', '2026-01-01T11:30:00Z'];
  return contents.map((content, index) => ({
    config: makeConfig({
      resourceVersion: String(index === 0 ? 100 : 200 + 100 * index),
      keys: [{ key: 'LEVEL', at: times[index] ?? null, by: 'kubectl-edit' }],
    }),
    content: new Map([['LEVEL', content]]),
  }));
}

/** The API server over these versions: a list at an exact version gives the last one written up to it. */
function makeServer(versions: ReturnType<typeof makeVersions>, options: { forgottenUpTo?: number } = {}) {
  const asked: (string | null)[] = [];
  const read = async ({ resourceVersion }: HistoryQuestion): Promise<PastConfig> => {
    asked.push(resourceVersion);
    if (resourceVersion === null) return versions.at(-1) ?? 'absent';
    if (Number(resourceVersion) <= (options.forgottenUpTo ?? 0)) return 'forgotten';
    return versions.findLast(({ config }) => Number(config.resourceVersion) <= Number(resourceVersion)) ?? 'absent';
  };
  return { asked, read };
}

async function look(
  contents: string[],
  options: { forgottenUpTo?: number; graph?: Parameters<typeof makeGraph>[0] } = {},
) {
  const versions = makeVersions(...contents);
  const server = makeServer(versions, options);
  const config = versions.at(-1)?.config ?? makeConfig();
  const graph = makeGraph({ configs: [config], ...options.graph });
  const history = await lookBack(graph, { read: server.read, kinds: ['ConfigMap'], now: NOON });
  return { item: judgeGraph(graph, { now: NOON, history })[0], asked: server.asked };
}

describe('looking back', () => {
  test('proves what changed since the start, at the cost of two requests', async () => {
    const { item, asked } = await look(['info', 'debug']);
    expect(item).toMatchObject({ state: 'stale', evidence: 'history', changedKeys: ['LEVEL'] });
    expect(item?.reason).toBe('the content of LEVEL is not what it was when the container started');
    expect(asked).toEqual(['299', null]);
  });

  test('finds a write that changed no content to be none', async () => {
    expect((await look(['info', 'info'])).item).toMatchObject({
      state: 'current',
      evidence: 'history',
      changedKeys: [],
    });
  });

  test('walks back over several writes to the one that the container started with', async () => {
    const { item, asked } = await look(['info', 'debug', 'info']);
    expect(item).toMatchObject({ state: 'current', evidence: 'history' });
    expect(asked).toEqual(['399', '299', null]);
  });

  test('falls back to times when the server has forgotten, after one request', async () => {
    const { item, asked } = await look(['info', 'info'], { forgottenUpTo: 299 });
    expect(item).toMatchObject({ state: 'stale', evidence: 'time' });
    expect(asked).toEqual(['299']);
  });

  test('asks nothing about what is current, and nothing about kinds whose values may not be read', async () => {
    expect((await look(['info'])).asked).toEqual([]);
    const secret = makeRef('Secret', 'web');
    const graph = {
      dependencies: [makeDependency({ config: secret })],
      configs: [makeConfig({ ref: secret, resourceVersion: '300' })],
    };
    expect((await look(['info'], { graph })).asked).toEqual([]);
  });

  test('asks once for many pods', async () => {
    const pods = Array.from({ length: 50 }, (_, index) =>
      makePod({ ref: makeRef('Pod', `web-${index}`), uid: `pod-${index}` }),
    );
    const { item, asked } = await look(['info', 'debug'], { graph: { workloads: [makeWorkload({ pods })] } });
    expect(item?.pods.filter(({ evidence }) => evidence === 'history')).toHaveLength(50);
    expect(asked).toEqual(['299', null]);
  });

  test('decides nothing when the container may have started with either of two versions', async () => {
    const near = makeVersions('info', 'debug');
    const config = makeConfig({
      resourceVersion: '150',
      keys: [{ key: 'LEVEL', at: '2026-01-01T10:00:00Z', by: 'kubectl' }],
    });
    const server = makeServer([
      near[0] ?? { config, content: new Map() },
      { config, content: new Map([['LEVEL', 'debug']]) },
    ]);
    const graph = makeGraph({ configs: [config] });
    const history = await lookBack(graph, { read: server.read, kinds: ['ConfigMap'], now: NOON });
    expect(judgeGraph(graph, { now: NOON, history })[0]).toMatchObject({ state: 'unknown', evidence: 'none' });
    expect(server.asked).toEqual(['149', null]);
  });

  test('finds a container current that may have started with either of two versions of the same content', async () => {
    const near = makeVersions('info');
    const config = makeConfig({
      resourceVersion: '150',
      keys: [{ key: 'LEVEL', at: '2026-01-01T10:00:00Z', by: 'kubectl' }],
    });
    const server = makeServer([
      near[0] ?? { config, content: new Map() },
      { config, content: new Map([['LEVEL', 'info']]) },
    ]);
    const graph = makeGraph({ configs: [config] });
    const history = await lookBack(graph, { read: server.read, kinds: ['ConfigMap'], now: NOON });
    expect(judgeGraph(graph, { now: NOON, history })[0]).toMatchObject({ state: 'current', evidence: 'history' });
  });

  test('does not take a version for that of the start which may have been written after it', async () => {
    const versions = makeVersions('info', 'debug', 'trace');
    const read = async ({ resourceVersion }: HistoryQuestion): Promise<PastConfig> => {
      if (resourceVersion === null) return versions[2] ?? 'absent';
      return resourceVersion === '399' ? (versions[1] ?? 'absent') : 'forgotten';
    };
    const graph = makeGraph({ configs: [versions[2]?.config ?? makeConfig()] });
    const history = await lookBack(graph, { read, kinds: ['ConfigMap'], now: NOON });
    expect(judgeGraph(graph, { now: NOON, history })[0]).toMatchObject({ state: 'stale', evidence: 'time' });
  });
});
