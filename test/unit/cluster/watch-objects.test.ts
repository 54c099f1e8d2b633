import { describe, expect, test } from 'bun:test';
import type { ApiRequest, Cluster, WatchRequest } from '../../../src/cluster/cluster.ts';
import type { WatchedObjects } from '../../../src/cluster/watch-objects.ts';
import { watchObjects } from '../../../src/cluster/watch-objects.ts';
import { makeApiError, makeFakeCluster } from '../rollout/fake-cluster.ts';

const core = (plural: string) => `/api/v1/namespaces/shop/${plural}`;
const apps = (plural: string) => `/apis/apps/v1/namespaces/shop/${plural}`;
const OPTIONAL = [
  '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts',
  '/apis/apps.openshift.io/v1/namespaces/shop/deploymentconfigs',
];

interface Owner {
  apiVersion: string;
  kind: string;
  name: string;
}
const uidOf = ({ kind, name }: Pick<Owner, 'kind' | 'name'>) => `${kind}-${name}`;
const metadata = (kind: string, name: string, version: number, owner?: Owner) => ({
  name,
  namespace: 'shop',
  uid: uidOf({ kind, name }),
  resourceVersion: String(version),
  ...(owner && { ownerReferences: [{ ...owner, uid: uidOf(owner), controller: true }] }),
});
const object = (kind: string, name: string, version = 1, owner?: Owner) => ({
  metadata: metadata(kind, name, version, owner),
});
const replicaSet = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-1' };
const configRow = (name: string, version: number) => ({
  metadata: metadata('ConfigMap', name, version),
  object: { metadata: metadata('ConfigMap', name, version) },
  cells: [name, 0],
  columns: ['Name', 'Data'],
});
const added = (item: object) => ({ type: 'added' as const, object: item });
const synced = { type: 'synced' as const, resourceVersion: '1' };

/** A scope in which every kind has told that there is nothing, and one ConfigMap. */
function start(
  options: { answer?: (request: ApiRequest) => unknown; quiet?: number; clockLifetime?: number; whole?: boolean } = {},
) {
  const fake = makeFakeCluster(options.answer);
  const watches = new Map<string, WatchRequest>();
  const cluster: Cluster = {
    ...fake,
    watch(request) {
      watches.set(request.path, request);
      return fake.watch(request);
    },
  };
  const controller = new AbortController();
  const { quiet = 1, clockLifetime = 300_000 } = options;
  const watch = watchObjects(cluster, { namespace: 'shop', signal: controller.signal, quiet, clockLifetime });
  const paths = [...watches.keys()];
  for (const path of OPTIONAL) fake.breakWatch(path, makeApiError(404, 'NotFound', 'the server has no such resource'));
  if (options.whole !== false) {
    for (const path of paths.filter((path) => !OPTIONAL.includes(path))) {
      if (path === core('configmaps')) fake.send(path, added(configRow('kube-root-ca.crt', 1)));
      fake.send(path, synced);
    }
  }
  return { ...fake, ...watch, watches, paths, abort: () => controller.abort() };
}

function describeState(state: WatchedObjects | null): Record<string, string[]> {
  if (state === null) throw new Error('it has ended');
  const { workloads, pods, configs, owners } = state.objects;
  const names = (list: readonly { ref: { name: string } }[]) => list.map(({ ref }) => ref.name);
  return { workloads: names(workloads), pods: names(pods), configs: names(configs), owners: names(owners) };
}

async function isWaiting(promise: Promise<unknown>, milliseconds = 60): Promise<boolean> {
  const nothing = Symbol();
  return (await Promise.race([promise, Bun.sleep(milliseconds).then(() => nothing)])) === nothing;
}

describe('objects that are watched', () => {
  test('take one watch a kind, and of ConfigMaps and Secrets no values', () => {
    const { watches, paths, abort } = start();
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toContain(apps('statefulsets'));
    expect(watches.get(core('configmaps'))?.form).toBe('table');
    expect(watches.get(core('secrets'))?.form).toBe('table');
    expect(watches.get(apps('replicasets'))?.form).toBe('metadata');
    expect(watches.get(core('pods'))?.form).toBe('full');
    abort();
  });

  test('are given when every kind has been told, and not before', async () => {
    const { next, send, paths, abort } = start({ whole: false });
    const first = next();
    for (const path of paths.filter((one) => !OPTIONAL.includes(one) && one !== core('secrets'))) {
      send(
        path,
        added(path === core('configmaps') ? configRow('web', 5) : object('X', path.split('/').at(-1) ?? '')),
        synced,
      );
    }
    expect(await isWaiting(first)).toBe(true);
    send(core('secrets'), synced);
    const state = await first;
    expect(describeState(state)).toMatchObject({ pods: ['pods'], configs: ['web'], owners: ['replicasets'] });
    expect(state).toMatchObject({ lost: null, objects: { unseen: [], offline: false } });
    abort();
  });

  test('are given again after a change, what changes together in one, and not without one', async () => {
    const { next, send, abort } = start({ quiet: 50 });
    await next();
    const second = next();
    expect(await isWaiting(second)).toBe(true);
    send(
      core('configmaps'),
      { type: 'modified', object: configRow('kube-root-ca.crt', 7) },
      added(configRow('web', 8)),
    );
    send(core('pods'), added(object('Pod', 'a', 9)));
    const state = await second;
    expect(describeState(state)).toMatchObject({ configs: ['kube-root-ca.crt', 'web'], pods: ['a'] });
    expect(state?.objects.configs[0]?.resourceVersion).toBe('7');
    const third = next();
    expect(await isWaiting(third, 100)).toBe(true);
    send(core('configmaps'), { type: 'deleted', object: configRow('web', 10) });
    expect(describeState(await third)).toMatchObject({ configs: ['kube-root-ca.crt'] });
    abort();
  });

  test('are given after a while though nothing has changed, for who wants to look at the clock', async () => {
    const { next, abort } = start();
    const first = await next();
    expect(await next(30)).toEqual(first);
    abort();
  });

  test('come with the clocks of nodes that a verdict depends on, and again when these are due', async () => {
    const lease = (renewTime: string) => ({
      metadata: {
        name: 'node-1',
        managedFields: [{ time: '2026-01-01T10:00:05Z', fieldsV1: { 'f:spec': { 'f:renewTime': {} } } }],
      },
      spec: { renewTime },
    });
    const leases = [[lease('2026-01-01T10:01:05Z')], [lease('2026-01-01T10:02:05Z')]];
    const { next, send, requests, abort } = start({ answer: () => leases.shift() ?? [], clockLifetime: 100 });
    expect((await next())?.objects.nodeClocks).toEqual([]);
    const restarted = {
      ...object('Pod', 'a', 5),
      spec: { nodeName: 'node-1', containers: [{ name: 'app' }] },
      status: { containerStatuses: [{ name: 'app', restartCount: 1 }] },
    };
    send(core('pods'), added(restarted));
    expect((await next())?.objects.nodeClocks).toEqual([{ node: 'node-1', ahead: 60_000, behind: 0 }]);
    expect((await next())?.objects.nodeClocks).toEqual([{ node: 'node-1', ahead: 120_000, behind: 0 }]);
    expect(requests.map(({ path }) => path)).toEqual(
      Array(2).fill('/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'),
    );
    abort();
  });

  test('are held back while a kind is told anew', async () => {
    const { next, send, abort } = start();
    await next();
    const second = next();
    send(core('configmaps'), { type: 'relist' }, added(configRow('new', 20)));
    send(core('pods'), added(object('Pod', 'a')));
    expect(await isWaiting(second)).toBe(true);
    send(core('configmaps'), synced);
    expect(describeState(await second)).toMatchObject({ configs: ['new'], pods: ['a'] });
    abort();
  });

  test('go on without a kind that may not be watched', async () => {
    const { next, breakWatch, abort } = start({ whole: true });
    breakWatch(core('secrets'), makeApiError(403, 'Forbidden', 'secrets is forbidden'));
    await next();
    const state = await next(1000);
    expect(state?.objects.unseen).toEqual([
      {
        resource: 'secrets',
        kind: 'Secret',
        namespace: 'shop',
        message: 'Error from server (Forbidden): secrets is forbidden',
      },
    ]);
    abort();
  });

  test('fail when neither pods nor workloads may be watched', async () => {
    const { next, paths, breakWatch } = start({ whole: false });
    for (const path of paths) breakWatch(path, makeApiError(403, 'Forbidden', 'all is forbidden'));
    await expect(next()).rejects.toThrow('all is forbidden');
  });

  test('fail when a watch fails for good', async () => {
    const { next, breakWatch } = start();
    await next();
    breakWatch(core('pods'), makeApiError(401, 'Unauthorized', 'log in'));
    await expect(next()).rejects.toThrow('log in');
  });

  test('fail when the namespace does not exist', async () => {
    const answer = ({ path }: ApiRequest) => {
      if (path === '/api/v1/namespaces/shop') throw makeApiError(404, 'NotFound', 'namespaces "shop" not found');
      return {};
    };
    const { next, send, paths } = start({ answer, whole: false });
    for (const path of paths.filter((one) => !OPTIONAL.includes(one))) send(path, synced);
    await expect(next()).rejects.toThrow('namespaces "shop" not found');
  });

  test('end when they are aborted', async () => {
    const { next, abort } = start();
    await next();
    const second = next();
    abort();
    expect(await second).toBeNull();
  });

  test('tell that the connection is lost, not of a blip, and that it is back', async () => {
    const { next, watches, send, abort } = start();
    await next();
    const connection = watches.get(core('pods'))?.onConnection;
    connection?.(new Error('gone'));
    connection?.(null);
    const second = next();
    expect(await isWaiting(second, 100)).toBe(true);
    connection?.(new Error('gone'));
    expect(await isWaiting(second, 1000)).toBe(true);
    expect((await second)?.lost?.message).toBe('gone');
    connection?.(null);
    expect((await next())?.lost).toBeNull();
    send(core('pods'), added(object('Pod', 'a')));
    expect(describeState(await next()).pods).toEqual(['a']);
    abort();
  }, 10_000);

  test('wait for the ReplicaSet of a pod, which another watch tells', async () => {
    const { next, send, abort } = start();
    await next();
    const second = next();
    send(core('pods'), added(object('Pod', 'web-1-a', 5, replicaSet)));
    expect(await isWaiting(second, 300)).toBe(true);
    send(
      apps('replicasets'),
      added(object('ReplicaSet', 'web-1', 4, { ...replicaSet, kind: 'Deployment', name: 'web' })),
    );
    send(apps('deployments'), added(object('Deployment', 'web', 3)));
    expect(await isWaiting(second, 300)).toBe(false);
    expect(describeState(await second)).toMatchObject({ pods: ['web-1-a'], owners: ['web-1'], workloads: ['web'] });
    abort();
  });

  test('wait in vain only once', async () => {
    const { next, send, abort } = start();
    await next();
    send(core('pods'), added(object('Pod', 'orphan', 5, replicaSet)));
    expect(describeState(await next()).pods).toEqual(['orphan']);
    send(core('pods'), added(object('Pod', 'other', 6)));
    expect(await isWaiting(next(), 500)).toBe(false);
    abort();
  }, 10_000);

  test('read the template of a ReplicaSet that nobody owns, again only when more than its status has changed', async () => {
    const bare = (generation: number, version: number) => ({
      metadata: { ...metadata('ReplicaSet', 'bare', version), generation },
    });
    const { next, send, requests, abort } = start({
      answer: () => ({ ...bare(1, 5), spec: { replicas: 1, template: {} } }),
    });
    await next();
    send(apps('replicasets'), added(bare(1, 5)));
    expect(describeState(await next()).workloads).toEqual(['bare']);
    send(apps('replicasets'), { type: 'modified', object: bare(1, 6) });
    expect(describeState(await next()).workloads).toEqual(['bare']);
    expect(requests).toHaveLength(1);
    send(apps('replicasets'), { type: 'modified', object: bare(2, 7) });
    await next();
    expect(requests).toHaveLength(2);
    expect(requests[0]?.path).toBe(`${apps('replicasets')}/bare`);
    abort();
  });

  test('read the owners of a custom kind when a new one is named, and look for one that is not there only once', async () => {
    const kafka = { apiVersion: 'kafka.example.org/v1', kind: 'Kafka', name: 'main' };
    const lists = ['main'];
    const answer = ({ path }: ApiRequest) => {
      if (path === '/apis/kafka.example.org/v1') {
        return { resources: [{ name: 'kafkas', singularName: 'kafka', kind: 'Kafka', namespaced: true }] };
      }
      return lists.map((name) => object('Kafka', name));
    };
    const { next, send, requests, abort } = start({ answer });
    await next();
    send(core('pods'), added(object('Pod', 'a', 5, kafka)));
    expect(describeState(await next()).owners).toEqual(['main']);
    const asked = requests.length;
    send(core('pods'), added(object('Pod', 'b', 6, kafka)));
    expect(describeState(await next())).toMatchObject({ pods: ['a', 'b'], owners: ['main'] });
    expect(requests).toHaveLength(asked);
    send(core('pods'), added(object('Pod', 'c', 7, { ...kafka, name: 'ghost' })));
    await next();
    expect(requests.length).toBeGreaterThan(asked);
    const askedAgain = requests.length;
    send(core('pods'), added(object('Pod', 'd', 8, { ...kafka, name: 'ghost' })));
    await next();
    expect(requests).toHaveLength(askedAgain);
    abort();
  });
});
