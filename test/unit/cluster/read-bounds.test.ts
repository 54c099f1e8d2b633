import { expect, test } from 'bun:test';
import { readBounds } from '../../../src/cluster/read-bounds.ts';
import { makeApiError, makeFakeCluster } from '../rollout/fake-cluster.ts';

const NOTHING = { budgets: [], autoscalers: [], quotas: [] };
const inNamespace = (namespace: string) => ({ metadata: { name: 'x', namespace } });

test('asks only for what is wanted, in the namespaces in which it is', async () => {
  const cluster = makeFakeCluster(({ path }) => [inNamespace(path.includes('/a/') ? 'a' : 'b')]);
  const { quotas, budgets, autoscalers } = await readBounds(cluster, {
    ...NOTHING,
    quotas: ['a', 'b'],
    budgets: ['a'],
  });
  expect(cluster.requests.map(({ path }) => path).sort()).toEqual([
    '/api/v1/namespaces/a/resourcequotas',
    '/api/v1/namespaces/b/resourcequotas',
    '/apis/policy/v1/namespaces/a/poddisruptionbudgets',
  ]);
  expect([quotas.map(({ ref }) => ref.namespace), budgets.length, autoscalers]).toEqual([['a', 'b'], 1, []]);
});

test('reads all namespaces at once where many are wanted, and keeps what is in those', async () => {
  const cluster = makeFakeCluster(() => [inNamespace('a'), inNamespace('other')]);
  const { autoscalers } = await readBounds(cluster, { ...NOTHING, autoscalers: ['a', 'b', 'c', 'd', 'e'] });
  expect(cluster.requests.map(({ path }) => path)).toEqual(['/apis/autoscaling/v2/horizontalpodautoscalers']);
  expect(autoscalers.map(({ ref }) => ref.namespace)).toEqual(['a']);
});

test.each([
  [403, 'Forbidden'],
  [404, 'NotFound'],
])('what is answered with %p is left out, and the rest is read', async (code, reason) => {
  const cluster = makeFakeCluster(({ path }) => {
    if (path.endsWith('resourcequotas')) throw makeApiError(code, reason, 'no');
    return [inNamespace('a')];
  });
  const { quotas, budgets } = await readBounds(cluster, { ...NOTHING, quotas: ['a'], budgets: ['a'] });
  expect([quotas.length, budgets.length]).toEqual([0, 1]);
});

test('a server in trouble is no answer', async () => {
  const cluster = makeFakeCluster(() => {
    throw makeApiError(500, 'InternalError', 'etcd is gone');
  });
  await expect(readBounds(cluster, { ...NOTHING, quotas: ['a'] })).rejects.toThrow('etcd is gone');
});
