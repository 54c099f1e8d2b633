import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cluster } from '../../../src/cluster/cluster.ts';
import { connect } from '../../../src/cluster/connect.ts';
import { isJsonObject, readObject, readObjects, readText } from '../../../src/objects/json.ts';
import type { TestCluster } from '../../cluster/cluster.ts';
import { waitFor } from '../../cluster/shared.ts';

/** Connects as the program does, with all requests over few connections. */
export function connectTo({ kubeconfig }: Pick<TestCluster, 'kubeconfig'>): Promise<Cluster> {
  return connect(
    { kubeconfig },
    {
      env: { PATH: process.env['PATH'] },
      homedir: tmpdir(),
      cwd: tmpdir(),
      stderr: { write: () => {} },
      interactive: false,
      serviceAccountDirectory: join(tmpdir(), 'no-service-account'),
    },
  );
}

/** Waits until every pod of a namespace runs, and so does each of its containers, restarted so many times or more. */
export async function waitForPods(
  cluster: Cluster,
  namespace: string,
  { count, timeoutMs, restarts = {} }: { count: number; timeoutMs: number; restarts?: Record<string, number> },
): Promise<void> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  let waiting: string[] = [];
  await waitFor(
    async () => {
      const list = await cluster.request<unknown>({ path });
      const pods = readObjects(isJsonObject(list) ? list : {}, 'items');
      waiting = pods.flatMap((pod) => {
        const containers = readObjects(readObject(pod, 'status'), 'containerStatuses');
        const isUp =
          containers.length > 0 &&
          containers.every((container) => {
            const least = restarts[readText(container, 'name')] ?? 0;
            return Number(container.restartCount) >= least && readObject(container, 'state')?.running !== undefined;
          });
        return isUp ? [] : [readText(readObject(pod, 'metadata'), 'name')];
      });
      return pods.length >= count && waiting.length === 0;
    },
    timeoutMs,
    `the pods of ${namespace}`,
    500,
  ).catch((error: unknown) => {
    throw new Error(`not up: ${waiting.join(', ')}`, { cause: error });
  });
}
