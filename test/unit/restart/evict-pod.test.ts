import { describe, expect, test } from 'bun:test';
import { ApiError } from '../../../src/cluster/api-error.ts';
import type { ApiRequest } from '../../../src/cluster/cluster.ts';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import { evictPod } from '../../../src/restart/evict-pod.ts';
import { makeApiError, makeFakeClock, makeFakeCluster } from '../rollout/fake-cluster.ts';

const POD = { name: 'pg-0', uid: 'u-1' };
const PATH = '/api/v1/namespaces/shop/pods/pg-0';

async function evict(
  post: (request: ApiRequest) => unknown,
  pod: () => unknown = () => ({ metadata: { uid: 'u-1' } }),
) {
  const cluster = makeFakeCluster((request) => (request.method === 'POST' ? post(request) : pod()));
  const clock = makeFakeClock();
  const outcome = evictPod(cluster, 'shop', POD, { clock }).catch((error: unknown) => error);
  await clock.advance(10_000);
  return { outcome: await outcome, posts: cluster.requests.filter(({ method }) => method === 'POST') };
}

const fail = (error: unknown) => () => {
  throw error;
};

describe('evicting a pod', () => {
  test('asks the eviction API, without a precondition that could cost a budget its share', async () => {
    const { outcome, posts } = await evict(() => ({}));
    expect(outcome).toEqual({ result: 'going' });
    expect(posts).toMatchObject([{ path: `${PATH}/eviction` }]);
    expect(posts[0]?.body).toEqual({
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'pg-0', namespace: 'shop' },
    });
  });

  test.each([
    ['is another one by now', () => ({ metadata: { uid: 'u-2' } })],
    ['is going already', () => ({ metadata: { uid: 'u-1', deletionTimestamp: '2026-01-01T10:00:00Z' } })],
    ['is gone', fail(makeApiError(404, 'NotFound', 'no such pod'))],
  ])('that %s asks for nothing', async (_, pod) => {
    expect(await evict(() => ({}), pod)).toEqual({ outcome: { result: 'going' }, posts: [] });
  });

  test('that goes between the look and the eviction has gone', async () => {
    expect((await evict(fail(makeApiError(404, 'NotFound', 'no such pod')))).outcome).toEqual({ result: 'going' });
  });

  test('that a budget does not allow is blocked, with the words about the budget, and is not asked for again here', async () => {
    const causes = [
      { reason: 'DisruptionBudget', message: 'The disruption budget db needs 2 healthy pods', field: '' },
    ];
    const details = { name: '', kind: '', causes, retryAfterSeconds: 0 };
    const error = new ApiError({ code: 429, reason: 'TooManyRequests', message: 'Cannot evict pod', details });
    const { outcome, posts } = await evict(fail(error));
    const message = 'pod pg-0 cannot be evicted: The disruption budget db needs 2 healthy pods';
    expect(outcome).toEqual({ result: 'blocked', message });
    expect(posts).toHaveLength(1);
  });

  test('with two budgets is refused at once, though the server calls that its own error', async () => {
    const error = makeApiError(500, 'InternalError', 'This pod has more than one PodDisruptionBudget');
    const { outcome, posts } = await evict(fail(error));
    expect(outcome).toMatchObject({ result: 'refused', reason: 'InternalError' });
    expect(posts).toHaveLength(1);
  });

  test('that may not be evicted is refused with the words of the server', async () => {
    expect((await evict(fail(makeApiError(403, 'Forbidden', 'may not')))).outcome).toEqual({
      result: 'refused',
      reason: 'Forbidden',
      message: 'pod pg-0 cannot be evicted: may not',
    });
  });

  test('is asked for again after a lost connection and while the server is in trouble', async () => {
    const errors = [
      new ConnectionError('lost', { kind: 'lost', sent: true }),
      makeApiError(503, 'ServiceUnavailable', 'starting'),
    ];
    const { outcome, posts } = await evict(() => {
      const error = errors.shift();
      if (error) throw error;
      return {};
    });
    expect(outcome).toEqual({ result: 'going' });
    expect(posts).toHaveLength(3);
  });

  test('is not asked for again when the pod of this name is another one after a try without an answer', async () => {
    let uid = 'u-1';
    const { outcome, posts } = await evict(
      () => {
        uid = 'u-2';
        throw new ConnectionError('lost', { kind: 'lost', sent: true });
      },
      () => ({ metadata: { uid } }),
    );
    expect(outcome).toEqual({ result: 'going' });
    expect(posts).toHaveLength(1);
  });

  test('is in doubt when nothing tells any more what came of a try without an answer', async () => {
    const lost = new ConnectionError('lost', { kind: 'lost', sent: true });
    const expired = makeApiError(401, 'Unauthorized', 'expired');
    let isAsked = false;
    const { outcome, posts } = await evict(
      () => {
        isAsked = true;
        throw lost;
      },
      () => {
        if (isAsked) throw expired;
        return { metadata: { uid: 'u-1' } };
      },
    );
    const message = 'pod pg-0 may have been evicted: no answer came when that was asked for';
    expect(outcome).toEqual({ result: 'perhaps', message, error: expired });
    expect(posts).toHaveLength(1);
  });

  test('is in no doubt when the pod is still there and the server then refuses', async () => {
    const errors = [makeApiError(500, 'InternalError', 'trouble'), makeApiError(403, 'Forbidden', 'may not')];
    const { outcome } = await evict(() => {
      throw errors.shift();
    });
    expect(outcome).toMatchObject({ result: 'refused', reason: 'Forbidden' });
  });

  test.each([
    ['refused when it stays, though the server calls that its own error', {}, 'refused'],
    ['going when it goes all the same', { deletionTimestamp: '2026-01-01T10:00:00Z' }, 'going'],
  ] as const)('that a broken webhook stands before is %s', async (_, after, result) => {
    let isAsked = false;
    const cluster = makeFakeCluster(({ method }) => {
      if (method !== 'POST') return { metadata: { uid: 'u-1', ...(isAsked && after) } };
      isAsked = true;
      throw makeApiError(500, 'InternalError', 'failed calling webhook');
    });
    const clock = makeFakeClock();
    // The time is up before another try.
    const outcome = evictPod(cluster, 'shop', POD, { clock, deadline: clock.now() + 100 });
    await clock.advance(0);
    expect(await outcome).toMatchObject({ result });
  });

  test('is not asked for any more when the run is interrupted during the look', async () => {
    const interruption = new AbortController();
    const cluster = makeFakeCluster(() => {
      interruption.abort('SIGINT');
      return { metadata: { uid: 'u-1' } };
    });
    const evicted = evictPod(cluster, 'shop', POD, { clock: makeFakeClock(), signal: interruption.signal });
    expect(await evicted.catch((reason: unknown) => reason)).toBe('SIGINT');
    expect(cluster.requests.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  test('is looked at again when the look itself is put off: that is no budget', async () => {
    const errors = [makeApiError(429, 'TooManyRequests', 'later')];
    const { outcome, posts } = await evict(
      () => ({}),
      () => {
        const error = errors.shift();
        if (error) throw error;
        return { metadata: { uid: 'u-1' } };
      },
    );
    expect(outcome).toEqual({ result: 'going' });
    expect(posts).toHaveLength(1);
  });

  test('throws when the login has run out', async () => {
    expect((await evict(fail(makeApiError(401, 'Unauthorized', 'expired')))).outcome).toMatchObject({ code: 401 });
  });
});
