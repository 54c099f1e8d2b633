import { describe, expect, test } from 'bun:test';
import type { ApiRequest } from '../../../src/cluster/cluster.ts';
import { findRolloutKind, listTargets } from '../../../src/rollout/list-targets.ts';
import { makeApiError, makeFakeCluster } from './fake-cluster.ts';

const named = (...names: string[]) => names.map((name) => ({ metadata: { namespace: 'shop', name } }));

/** A namespace that has a Deployment and a StatefulSet of each of two names. */
function answer({ path }: ApiRequest): object[] {
  if (path.endsWith('/deployments') || path.endsWith('/statefulsets')) return named('web', 'api');
  if (path.endsWith('/daemonsets')) return [];
  throw makeApiError(404, 'NotFound', 'the server could not find the requested resource');
}

async function list(
  wanted: { type: string; name: string | null }[],
  options: { answer?: typeof answer; selector?: string; namespace?: string } = {},
) {
  const cluster = makeFakeCluster(options.answer ?? answer);
  const warnings: string[] = [];
  const { selector = '', namespace = 'shop' } = options;
  const refs = await listTargets(cluster, wanted, { namespace, selector, onWarning: (text) => warnings.push(text) });
  return { names: refs.map(({ kind, name }) => `${kind} ${name}`), requests: cluster.requests, warnings };
}

describe('the targets of a rollout status', () => {
  test('are all that rolls where nothing is named, also where the cluster has no custom kinds', async () => {
    const { names, warnings } = await list([]);
    expect(names).toEqual(['Deployment api', 'Deployment web', 'StatefulSet api', 'StatefulSet web']);
    expect(warnings).toEqual([]);
  });

  test('take one request a kind that is named, and no other', async () => {
    const { names, requests } = await list([
      { type: 'deploy', name: 'web' },
      { type: 'deployments.apps', name: 'api' },
      { type: 'deployment', name: 'web' },
    ]);
    expect(names).toEqual(['Deployment api', 'Deployment web']);
    expect(requests.map(({ path }) => path)).toEqual(['/apis/apps/v1/namespaces/shop/deployments']);
  });

  test('are all of a type that is named alone', async () => {
    expect((await list([{ type: 'sts', name: null }])).names).toEqual(['StatefulSet api', 'StatefulSet web']);
    expect((await list([{ type: 'ds', name: null }])).names).toEqual([]);
  });

  test('are selected by the server, in all namespaces too', async () => {
    const { requests } = await list([{ type: 'deploy', name: null }], { selector: 'app in (a,b)', namespace: '' });
    expect(requests).toEqual([{ path: '/apis/apps/v1/deployments', query: { labelSelector: 'app in (a,b)' } }]);
  });

  test('must exist when they are named', async () => {
    await expect(list([{ type: 'deploy', name: 'wbe' }])).rejects.toThrow(
      'Error from server (NotFound): deployments.apps "wbe" not found',
    );
  });

  test('of a kind that may not be read are refused when named, and left out with a word when not', async () => {
    const refuse = (request: ApiRequest) => {
      if (request.path.endsWith('/statefulsets')) throw makeApiError(403, 'Forbidden', 'no statefulsets');
      return answer(request);
    };
    await expect(list([{ type: 'sts', name: null }], { answer: refuse })).rejects.toThrow('no statefulsets');
    const both = [
      { type: 'deploy', name: null },
      { type: 'sts', name: null },
    ];
    await expect(list(both, { answer: refuse })).rejects.toThrow('no statefulsets');
    const { names, warnings } = await list([], { answer: refuse });
    expect(names).toEqual(['Deployment api', 'Deployment web']);
    expect(warnings).toEqual([expect.stringContaining('no statefulsets')]);
  });

  test('are refused where nothing may be read at all', async () => {
    const refuse = () => {
      throw makeApiError(403, 'Forbidden', 'go away');
    };
    await expect(list([], { answer: refuse })).rejects.toThrow('go away');
  });
});

test('only words for kinds that roll are known', () => {
  expect(['deploy', 'sts', 'daemonsets', 'ro', 'dc'].map((word) => findRolloutKind(word)?.kind)).toEqual([
    'Deployment',
    'StatefulSet',
    'DaemonSet',
    'Rollout',
    'DeploymentConfig',
  ]);
  expect(['cm', 'po', 'cj', 'svc'].map(findRolloutKind)).toEqual([undefined, undefined, undefined, undefined]);
});
