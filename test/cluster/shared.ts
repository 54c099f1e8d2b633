import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TestCluster } from './cluster.ts';
import { startCluster } from './cluster.ts';
import { clusterVariable } from './cluster-variable.ts';
import type { ApiAnswer } from './request.ts';
import { callApi } from './request.ts';
import type { ClusterDescription } from './supervisor-report.ts';

export { apply, askKubectl, kubectl } from './kubectl.ts';
export { waitFor } from './wait-for.ts';

let own: Promise<TestCluster> | undefined;

/**
 * The cluster of this test run, with a real node: the one that `test/run.ts` started, or one that was started with
 * `npm run cluster -- up --node` when its `env` was evaluated in the shell.
 *
 * Tests run by hand without either get one of their own, which ends with the process, or, under `bun test --isolate`
 * (which gives each file new modules, a new environment, and closes what the last one opened), with the test file.
 * The first start on a machine builds Kubernetes: give `beforeAll` a time limit of many minutes.
 */
export async function useCluster(): Promise<TestCluster> {
  const stop = async () => {};
  const shared = process.env[clusterVariable];
  if (shared !== undefined) {
    const description: ClusterDescription = JSON.parse(shared);
    return { ...description, stop };
  }
  own ??= startCluster({ node: true, onProgress: (line) => process.stderr.write(`${line}\n`) });
  return { ...(await own), stop };
}

/** A namespace of one test. `await using` deletes it, with all that is in it, at the end of the block. */
export interface TestNamespace extends AsyncDisposable {
  name: string;
}

/** Creates a namespace with a name of its own. Its deletion is asked for, not waited for. */
export async function useNamespace(cluster: ClusterDescription): Promise<TestNamespace> {
  const name = `test-${randomBytes(5).toString('hex')}`;
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  const created = await callAdmin(cluster, 'POST', '/api/v1/namespaces', namespace);
  if (created.status !== 201) throw new Error(`creating namespace ${name}: ${created.text}`);
  return {
    name,
    async [Symbol.asyncDispose]() {
      await callAdmin(cluster, 'DELETE', `/api/v1/namespaces/${name}`);
    },
  };
}

/** A plain request to the API server as its administrator, without any client library. */
export function callAdmin(
  cluster: ClusterDescription,
  method: string,
  path: string,
  body?: object,
): Promise<ApiAnswer> {
  const { server, adminToken: token, caFile } = cluster;
  return callApi({ server, token, ca: readFileSync(caFile, 'utf8') }, method, path, body);
}
