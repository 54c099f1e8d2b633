import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import type { TestCluster } from '../cluster/cluster.ts';
import type { EditedConfig } from '../support/mixed-edits.ts';

/** How much to create. */
export interface Population {
  /** Namespaces are called after it; `bench` unless told. */
  prefix?: string;
  namespaces: number;
  deployments: number;
  replicas: number;
  configMaps: number;
}

/** Connections at once: the API server answers writes faster than one connection asks for them. */
const CONNECTIONS = 16;

/**
 * Creates namespaces full of Deployments, each using one key of two of the ConfigMaps, on the fake nodes.
 * @returns the ConfigMaps
 */
export async function populate(
  cluster: TestCluster,
  population: Population,
): Promise<[EditedConfig, ...EditedConfig[]]> {
  const namespaces = Array.from(
    { length: population.namespaces },
    (_, index) => `${population.prefix ?? 'bench'}-${index}`,
  );
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS, ca: readFileSync(cluster.caFile) });
  const create = (path: string, body: object) => post(cluster, agent, path, body);
  await inParallel(namespaces, (name) => create('/api/v1/namespaces', { metadata: { name } }));
  const makeConfig = (index: number): EditedConfig => ({
    namespace: at(namespaces, index),
    name: `config-${index}`,
    data: { LEVEL: 'info', 'app.conf': `value ${index}\n`.repeat(100), OTHER: 'used by nobody' },
  });
  const configs: [EditedConfig, ...EditedConfig[]] = [
    makeConfig(0),
    ...range(population.configMaps - 1).map((index) => makeConfig(index + 1)),
  ];
  await inParallel(configs, ({ namespace, name, data }) =>
    create(`/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name }, data }),
  );
  await inParallel(range(population.deployments), (index) =>
    create(`/apis/apps/v1/namespaces/${at(namespaces, index)}/deployments`, deployment(index, population)),
  );
  agent.destroy();
  return configs;
}

function deployment(index: number, { replicas, namespaces, configMaps }: Population) {
  const labels = { app: `app-${index}` };
  // Deployments and ConfigMaps of the same remainder share a namespace.
  const other = (index + namespaces) % configMaps;
  return {
    metadata: { name: `app-${index}`, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          containers: [
            {
              name: 'app',
              image: 'app:1',
              env: [
                {
                  name: 'LEVEL',
                  valueFrom: { configMapKeyRef: { name: `config-${index % configMaps}`, key: 'LEVEL' } },
                },
              ],
              volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
            },
          ],
          volumes: [
            {
              name: 'config',
              configMap: { name: `config-${other}`, items: [{ key: 'app.conf', path: 'app.conf' }] },
            },
          ],
          tolerations: [{ key: 'kwok.x-k8s.io/node', operator: 'Exists' }],
        },
      },
    },
  };
}

function post({ server, adminToken }: TestCluster, agent: Agent, path: string, body: object): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(`${server}${path}`, {
      agent,
      method: 'POST',
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      answer.on('end', () => (answer.statusCode === 201 ? resolve() : reject(new Error(`${path}: ${text}`))));
    });
    sent.end(JSON.stringify(body));
  });
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function at(names: readonly string[], index: number): string {
  return names[index % names.length] ?? 'default';
}
