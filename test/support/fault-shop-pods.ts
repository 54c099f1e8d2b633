import { homedir } from 'node:os';
import type { Versioned } from '../../src/cluster/cluster.ts';
import { connect } from '../../src/cluster/connect.ts';
import { askKubectl, waitFor } from '../cluster/shared.ts';
import type { FaultShop } from './fault-shop.ts';

/** A pod of a shop. */
export interface ShopPod {
  name: string;
  uid: string;
  /** `kind/name`. */
  workload: string;
}

/** The pods of a shop, from now on. */
export interface ShopPods extends AsyncDisposable {
  /** Those that are there to stay. */
  list(): Promise<ShopPod[]>;
  /** How many pods each workload has had so far. */
  count(): Promise<Map<string, number>>;
}

interface RawPod extends Versioned {
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    deletionTimestamp?: string;
    labels: { app: string };
    ownerReferences?: { kind: string }[];
  };
}

/** Milliseconds that the watch may lag behind. */
const PATIENCE = 60_000;

/** Watches the pods of a shop, so that none is missed that comes and goes. */
export async function watchShopPods({ cluster: { kubeconfig }, cluster, namespace }: FaultShop): Promise<ShopPods> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const closing = new AbortController();
  const surroundings = { env: {}, homedir: homedir(), cwd: '.', stderr: { write: () => true }, interactive: false };
  const api = await connect({ kubeconfig }, surroundings);
  const seen = new Map<string, ShopPod>();
  const follow = async (): Promise<void> => {
    for await (const event of api.watch<RawPod>({ path, form: 'full', signal: closing.signal })) {
      if (event.type !== 'added' && event.type !== 'modified') continue;
      const pod = readPod(event.object);
      seen.set(pod.uid, pod);
    }
  };
  const followed = follow();
  const list = async (): Promise<ShopPod[]> => {
    const { items }: { items: RawPod[] } = JSON.parse(
      await askKubectl(cluster, ['-n', namespace, 'get', 'pods', '-o', 'json']),
    );
    return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined).map(readPod);
  };
  return {
    list,
    async count() {
      const there = await list();
      await waitFor(() => there.every(({ uid }) => seen.has(uid)), PATIENCE, 'the watch of pods to catch up');
      const counts = Map.groupBy(seen.values(), ({ workload }) => workload);
      return new Map([...counts].map(([workload, pods]) => [workload, pods.length]));
    },
    async [Symbol.asyncDispose]() {
      closing.abort();
      await followed;
      api.close();
    },
  };
}

function readPod({ metadata: { name, uid, labels, ownerReferences = [] } }: RawPod): ShopPod {
  const kind = ownerReferences[0]?.kind.toLowerCase() ?? '';
  return { name, uid, workload: `${kind === 'replicaset' ? 'deployment' : kind}/${labels.app}` };
}
