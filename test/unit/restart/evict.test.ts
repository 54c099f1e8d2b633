import { describe, expect, test } from 'bun:test';
import type { ApiError } from '../../../src/cluster/api-error.ts';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import { evictPods } from '../../../src/restart/evict.ts';
import type { RolloutState } from '../../../src/types.ts';
import { makeRef } from '../../support/make-objects.ts';
import type { FakeCluster } from '../rollout/fake-cluster.ts';
import { makeApiError, makeFakeClock, makeFakeCluster, settle } from '../rollout/fake-cluster.ts';

const SETS = '/apis/apps/v1/namespaces/shop/statefulsets';
const PODS = '/api/v1/namespaces/shop/pods';
const SYNCED = { type: 'synced', resourceVersion: '10' } as const;

const UNCONFIRMED = {
  phase: 'failed',
  reason: 'Unconfirmed',
  message: 'pod pg-0 may have been evicted: no answer came when that was asked for',
};

const makeSet = (overrides: object = {}) => ({
  metadata: { name: 'pg', uid: 'uid-pg', ...overrides },
  spec: { replicas: 1, selector: { matchLabels: { app: 'pg' } } },
});

const makePod = (uid: string, ready = true) => ({
  metadata: { name: 'pg-0', uid, ownerReferences: [{ uid: 'uid-pg', controller: true }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
});

/** Begins to evict the one pod of a StatefulSet. */
async function begin(
  overrides: { deadline?: number; set?: object; post?: (cluster: FakeCluster) => unknown; secondLook?: ApiError } = {},
) {
  const { set = makeSet(), post = () => ({}) } = overrides;
  let looks = 0;
  const cluster: FakeCluster = makeFakeCluster(({ method, path }) => {
    if (method === 'POST') return post(cluster);
    if (path.startsWith(SETS)) return makeSet();
    if (overrides.secondLook && looks++ > 0) throw overrides.secondLook;
    return makePod('old');
  });
  const clock = makeFakeClock();
  const interruption = new AbortController();
  const told: RolloutState[] = [];
  const step = {
    wave: 0,
    workload: makeRef('StatefulSet', 'pg'),
    uid: 'uid-pg',
    action: 'evict' as const,
    evict: [{ name: 'pg-0', uid: 'old' }],
    pods: 1,
    why: [],
    configs: [],
    warnings: [],
  };
  const end = evictPods(cluster, step, {
    clock,
    soakMs: 10_000,
    graceMs: 60_000,
    deadline: clock.now() + (overrides.deadline ?? 3_600_000),
    signal: interruption.signal,
    tell: (state) => told.push(state),
  }).catch((error: unknown) => error);
  await settle();
  cluster.send(SETS, { type: 'added', object: set }, SYNCED);
  cluster.send(PODS, { type: 'added', object: makePod('old') }, SYNCED);
  await settle();
  return { cluster, clock, interruption, told, end, messages: () => told.map(({ message }) => message) };
}

const posts = (cluster: { requests: { method?: string }[] }) =>
  cluster.requests.filter(({ method }) => method === 'POST').length;

describe('evicting the pods of a workload', () => {
  test('goes on to the end, over a list that begins anew, and leaves no watch behind', async () => {
    const { cluster, clock, end, messages } = await begin();
    expect(posts(cluster)).toBe(1);
    cluster.send(PODS, { type: 'relist' });
    await settle();
    // Half a list would look as if the pod were gone.
    expect(messages().at(-1)).toBe('0 of 1 pods evicted, waiting for pg-0 to end...');
    cluster.send(PODS, { type: 'added', object: makePod('new') }, SYNCED);
    await clock.advance(10_000);
    expect(await end).toMatchObject({ phase: 'complete', desired: 1, updated: 1, ready: 1, old: 0 });
    expect(cluster.watched()).toEqual([]);
  });

  test('tells of a pod once its eviction is accepted, though another one has taken its place by then', async () => {
    const { messages, clock } = await begin({
      async post(cluster) {
        cluster.send(PODS, { type: 'deleted', object: makePod('old') }, { type: 'added', object: makePod('new') });
        await settle();
      },
    });
    await clock.advance(0);
    expect(messages()).toEqual([
      'evicting 1 pod',
      '0 of 1 pods evicted, waiting for pg-0 to end...',
      'Waiting for 1 new pods to stay ready for 10s...',
    ]);
  });

  test('tells of a pod that may have been evicted, and ends with what left it in doubt', async () => {
    const { clock, told, end } = await begin({
      deadline: 5000,
      post: () => {
        throw new ConnectionError('the connection was lost', { kind: 'lost', sent: true });
      },
      secondLook: makeApiError(503, 'ServiceUnavailable', 'starting'),
    });
    await clock.advance(5000);
    expect(await end).toMatchObject({ code: 503 });
    expect(told.at(-1)).toMatchObject(UNCONFIRMED);
  });

  test('fails, and says it once, when the pod that may have been evicted may not be looked at any more', async () => {
    const { clock, told, end } = await begin({
      post: () => {
        throw new ConnectionError('the connection was lost', { kind: 'lost', sent: true });
      },
      secondLook: makeApiError(403, 'Forbidden', 'may not get pods'),
    });
    await clock.advance(1000);
    expect(await end).toMatchObject(UNCONFIRMED);
    expect(told.filter(({ phase }) => phase === 'failed')).toEqual([]);
  });

  test('gives up at the deadline, with what it waited for', async () => {
    const { clock, end } = await begin({ deadline: 5000 });
    await clock.advance(5000);
    expect(await end).toMatchObject({
      phase: 'failed',
      reason: 'TimedOut',
      message: 'timed out: 0 of 1 pods evicted, waiting for pg-0 to end...',
    });
  });

  test('ends without a verdict when it is interrupted', async () => {
    const { interruption, end, cluster } = await begin();
    interruption.abort();
    expect(await end).toBeNull();
    expect(cluster.watched()).toEqual([]);
  });

  test.each([
    ['NotFound', [{ type: 'deleted', object: makeSet() }]],
    ['Deleted', [{ type: 'modified', object: makeSet({ deletionTimestamp: '2026-01-01T10:00:00Z' }) }]],
  ] as const)('fails with %s when the workload goes', async (reason, events) => {
    const { cluster, end } = await begin();
    cluster.send(SETS, ...events);
    expect(await end).toMatchObject({ phase: 'failed', reason });
  });

  test('evicts nothing of a workload that is another one by now', async () => {
    const { cluster, end } = await begin({ set: makeSet({ uid: 'another' }) });
    expect(await end).toMatchObject({ phase: 'failed', reason: 'Recreated' });
    expect(posts(cluster)).toBe(0);
  });

  test('fails with the words of the server where pods may not be watched, and throws what ends the whole run', async () => {
    const forbidden = await begin();
    forbidden.cluster.breakWatch(PODS, makeApiError(403, 'Forbidden', 'may not watch pods'));
    expect(await forbidden.end).toMatchObject({
      phase: 'failed',
      reason: 'Forbidden',
      message: expect.stringContaining('may not watch pods'),
    });
    const expired = await begin();
    expired.cluster.breakWatch(PODS, makeApiError(401, 'Unauthorized', 'expired'));
    expect(await expired.end).toMatchObject({ code: 401 });
  });

  test('asks a budget again and again, later each time, until the grace time is over', async () => {
    const started = await begin({
      post: () => {
        throw makeApiError(429, 'TooManyRequests', 'the budget does not allow it');
      },
    });
    const { cluster, clock, end, told } = started;
    expect(posts(cluster)).toBe(1);
    for (const [seconds, asked] of [
      [1, 2],
      [2, 3],
      [4, 4],
      [8, 5],
      [10, 6],
    ] as const) {
      await clock.advance(seconds * 1000);
      expect(posts(cluster)).toBe(asked);
    }
    await clock.advance(60_000);
    expect(await end).toMatchObject({
      phase: 'failed',
      reason: 'DisruptionBudget',
      message: 'no progress for 60s (--grace): pod pg-0 cannot be evicted: the budget does not allow it',
    });
    expect(told.filter(({ reason }) => reason === 'DisruptionBudget')).toHaveLength(1);
  });
});
