import { expect, test } from 'bun:test';
import type { Access } from '../../../src/cluster/read-rights.ts';
import { readRights } from '../../../src/cluster/read-rights.ts';
import { makeApiError, makeFakeCluster } from '../rollout/fake-cluster.ts';

const rule = (overrides: object = {}) => ({
  verbs: ['patch'],
  apiGroups: ['apps'],
  resources: ['deployments'],
  ...overrides,
});
const patch: Access = { verb: 'patch', group: 'apps', resource: 'deployments', name: 'web' };
const evict: Access = { verb: 'create', group: '', resource: 'pods/eviction', name: 'web-1' };
const RULES = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
const ACCESS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

function review(resourceRules: object[], incomplete = false, allowed = false) {
  const cluster = makeFakeCluster(({ path }) => ({
    status: path === RULES ? { resourceRules, incomplete } : { allowed },
  }));
  return { cluster, may: async (access: Access) => (await readRights(cluster, 'shop')).may(access) };
}

test.each([
  [patch, rule(), true],
  [patch, rule({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }), true],
  [patch, rule({ resourceNames: ['web'] }), true],
  [patch, rule({ resourceNames: ['api'] }), false],
  [patch, rule({ verbs: ['get', 'update'] }), false],
  [patch, rule({ apiGroups: [''] }), false],
  [patch, rule({ resources: ['deployments/status'] }), false],
  [evict, rule({ verbs: ['create'], apiGroups: [''], resources: ['pods/eviction'] }), true],
  [evict, rule({ verbs: ['create'], apiGroups: [''], resources: ['*/eviction'] }), true],
  [evict, rule({ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }), true],
  [evict, rule({ verbs: ['create'], apiGroups: [''], resources: ['pods'] }), false],
])('%p is allowed by the rule %p: %p', async (access, given, expected) => {
  expect(await review([given]).may(access)).toBe(expected);
});

test('a review changes nothing, and says so, so that it is asked again when no answer comes', async () => {
  const { cluster } = review([], true);
  await (await readRights(cluster, 'shop')).may(evict);
  expect(cluster.requests.map(({ isQuestion }) => isQuestion)).toEqual([true, true]);
});

test('one question tells all where the answer is complete', async () => {
  const { cluster } = review([rule()]);
  const rights = await readRights(cluster, 'shop');
  expect([await rights.may(patch), await rights.may(evict)]).toEqual([true, false]);
  expect(cluster.requests).toMatchObject([{ path: RULES, body: { spec: { namespace: 'shop' } } }]);
});

test.each([true, false])('what an incomplete answer does not hold is asked one by one, once: %p', async (allowed) => {
  const { cluster } = review([rule()], true, allowed);
  const rights = await readRights(cluster, 'shop');
  expect(await rights.may(patch)).toBe(true);
  expect([await rights.may(evict), await rights.may(evict)]).toEqual([allowed, allowed]);
  const attributes = {
    namespace: 'shop',
    verb: 'create',
    group: '',
    resource: 'pods',
    subresource: 'eviction',
    name: 'web-1',
  };
  expect(cluster.requests.slice(1)).toMatchObject([
    { path: ACCESS, body: { kind: 'SelfSubjectAccessReview', spec: { resourceAttributes: attributes } } },
  ]);
});

test('what cannot be found out counts as allowed: the attempt will tell', async () => {
  const cluster = makeFakeCluster(() => {
    throw makeApiError(403, 'Forbidden', 'no reviews here');
  });
  expect(await (await readRights(cluster, 'shop')).may(patch)).toBe(true);
});

test('a server in trouble is no answer', async () => {
  const cluster = makeFakeCluster(() => {
    throw makeApiError(500, 'InternalError', 'etcd is gone');
  });
  await expect(readRights(cluster, 'shop')).rejects.toThrow('etcd is gone');
});
