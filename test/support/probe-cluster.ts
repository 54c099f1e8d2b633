import type { TestCluster } from '../cluster/cluster.ts';
import { askKubectl, useCluster } from '../cluster/shared.ts';
import { buildProbe } from '../probe/build-probe.ts';
import { makePodSpec } from './manifests.ts';

/** Milliseconds that `useProbeCluster` may take, where it has to build everything first. */
export const SETUP_TIMEOUT = 1_800_000;

/** A cluster, and the probe built, so that commands can put it in there. */
export async function useProbeCluster(): Promise<TestCluster> {
  buildProbe();
  return useCluster();
}

/** A pod of one container, with the ConfigMap `web` at `/etc/app`. */
export function makeMountingPodSpec(): object {
  const container = { volumeMounts: [{ name: 'config', mountPath: '/etc/app' }] };
  return makePodSpec(container, { volumes: [{ name: 'config', configMap: { name: 'web' } }] });
}

/** The pods of a namespace, raw; of one application only, where it is named. */
export async function readPods(
  cluster: TestCluster,
  namespace: string,
  app?: string,
): Promise<ReturnType<typeof JSON.parse>[]> {
  const selector = app === undefined ? [] : ['-l', `app=${app}`];
  return JSON.parse(await askKubectl(cluster, ['-n', namespace, 'get', 'pods', ...selector, '-o', 'json'])).items;
}
