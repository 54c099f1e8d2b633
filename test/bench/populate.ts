import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestCluster } from '../cluster/cluster.ts';
import type { ApiAccess } from '../cluster/request.ts';
import { callApi } from '../cluster/request.ts';
import { askKubectl, waitFor } from '../cluster/shared.ts';
import type { GeneratedConfig, GeneratedWorkload, Population } from './generate-population.ts';

/** Requests at once: the API server answers writes faster than one connection asks for them. */
const AT_ONCE = 16;
/** Milliseconds after which a start is later than a write without any doubt. */
const MARGIN = 12_000;
const PATIENCE = 1_500_000;

const WITNESS = {
  metadata: { name: 'witness' },
  spec: { automountServiceAccountToken: false, containers: [{ name: 'app', image: 'registry.example/witness:1' }] },
};

const COLLECTIONS: Record<GeneratedWorkload['kind'], string> = {
  Deployment: '/apis/apps/v1/namespaces/%/deployments',
  StatefulSet: '/apis/apps/v1/namespaces/%/statefulsets',
  DaemonSet: '/apis/apps/v1/namespaces/%/daemonsets',
  CronJob: '/apis/batch/v1/namespaces/%/cronjobs',
};

/** Creates all of it, and waits until every pod is ready. What the pods use is older than they are, so that all is current. */
export async function populate(
  cluster: TestCluster,
  { namespaces, configs, workloads, pods }: Population,
  tell: (line: string) => void,
): Promise<void> {
  const access = accessOf(cluster);
  const create = async (path: string, body: object): Promise<void> => {
    const { status, text } = await callApi(access, 'POST', path, body);
    if (status !== 201) throw new Error(`creating in ${path}: ${text}`);
  };
  tell(`creating ${workloads.length} workloads of ${pods} pods, ${configs.length} ConfigMaps and Secrets…`);
  const started = performance.now();
  await inParallel(namespaces, (name) => create('/api/v1/namespaces', { metadata: { name } }));
  await inParallel(configs, (config) => create(collectionOf(config), manifestOf(config)));
  // Something that was surely written between the configs and the starts shows their order, also when the server has forgotten the past.
  await create(`/api/v1/namespaces/${namespaces[0]}/pods`, WITNESS);
  await sleep(MARGIN);
  await inParallel(workloads, ({ kind, namespace, manifest }) =>
    create(COLLECTIONS[kind].replace('%', namespace), manifest),
  );
  await waitFor(async () => (await countReady(cluster, namespaces)) >= pods, PATIENCE, `${pods} ready pods`, 5000);
  tell(`${pods} pods are ready after ${((performance.now() - started) / 1000).toFixed(0)} s`);
}

/** As its administrator. */
export function accessOf({ server, caFile, adminToken: token }: TestCluster): ApiAccess {
  return { server, token, ca: readFileSync(caFile, 'utf8') };
}

/** The path of a config. */
export function configPath(config: GeneratedConfig): string {
  return `${collectionOf(config)}/${config.name}`;
}

/** The path of a workload. */
export function workloadPath({ kind, namespace, name }: GeneratedWorkload): string {
  return `${COLLECTIONS[kind].replace('%', namespace)}/${name}`;
}

/** The config as the API takes it. */
export function manifestOf({ kind, name, data }: GeneratedConfig): object {
  return { metadata: { name }, [kind === 'Secret' ? 'stringData' : 'data']: data };
}

function collectionOf({ kind, namespace }: GeneratedConfig): string {
  return `/api/v1/namespaces/${namespace}/${kind.toLowerCase()}s`;
}

async function countReady(cluster: TestCluster, namespaces: readonly string[]): Promise<number> {
  const columns =
    '-o=jsonpath={range .items[*]}{.metadata.namespace} {.status.readyReplicas}{.status.numberReady}{"\\n"}{end}';
  const text = await askKubectl(cluster, ['get', 'deployments,statefulsets,daemonsets', '-A', columns]);
  return text
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([namespace = '']) => namespaces.includes(namespace))
    .reduce((sum, [, count]) => sum + Number(count), 0);
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}
