import { fakeNodeName } from '../cluster/fake-nodes.ts';
import type { Random } from '../support/random.ts';
import { makeRandom } from '../support/random.ts';

/** A ConfigMap or Secret to create. */
export interface GeneratedConfig {
  kind: 'ConfigMap' | 'Secret';
  namespace: string;
  name: string;
  data: Record<string, string>;
}

/** A workload to create. */
export interface GeneratedWorkload {
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'CronJob';
  namespace: string;
  name: string;
  pods: number;
  manifest: object;
}

/** What one size of the bench consists of. */
export interface Population {
  namespaces: string[];
  configs: GeneratedConfig[];
  workloads: GeneratedWorkload[];
  /** How many there will be. */
  pods: number;
  /** Fake nodes that they need. */
  nodes: number;
}

/** As many share a namespace, and a ConfigMap. */
const WORKLOADS_PER_NAMESPACE = 50;
const PODS_PER_NODE = 100;
const DAEMON_NODES = 5;

/**
 * Namespaces with workloads that use ConfigMaps and Secrets of many sizes in many ways: about five pods a workload. The same seed and
 * size give the same. Every name ends in a number of five digits.
 * @param prefix of the names of the namespaces
 */
export function generatePopulation(size: number, { seed = 8, prefix = 'bench' } = {}): Population {
  const random = makeRandom(seed);
  const namespaces = Array.from({ length: Math.ceil(size / WORKLOADS_PER_NAMESPACE) }, (_, index) =>
    number(prefix, index),
  );
  const configs: GeneratedConfig[] = namespaces.map((namespace, index) => ({
    kind: 'ConfigMap',
    namespace,
    name: number('shared', index),
    data: { REGION: 'eu-1', TIER: 'gold', 'logging.conf': fill(random, 2000) },
  }));
  const workloads: GeneratedWorkload[] = [];
  for (let index = 0; index < size; index++) {
    const home = Math.floor(index / WORKLOADS_PER_NAMESPACE);
    const namespace = namespaces[home] ?? prefix;
    const config = {
      kind: 'ConfigMap',
      namespace,
      name: number('config', index),
      data: configContent(random),
    } as const;
    // One Secret serves two workloads.
    const secret = number('secret', index - (index % 2));
    configs.push(config);
    if (index % 2 === 0) configs.push({ kind: 'Secret', namespace, name: secret, data: secretContent(random) });
    const podSpec = generatePodSpec(random, { config: config.name, secret, shared: number('shared', home) });
    workloads.push({ namespace, ...generateWorkload(random, index, podSpec) });
  }
  const pods = workloads.reduce((sum, workload) => sum + workload.pods, 0);
  return { namespaces, configs, workloads, pods, nodes: Math.max(DAEMON_NODES, Math.ceil(pods / PODS_PER_NODE)) };
}

function number(name: string, index: number): string {
  return `${name}-${String(index).padStart(5, '0')}`;
}

/** Most are small, some are large: three in a hundred hold 100 KB. */
function configContent(random: Random): Record<string, string> {
  const chance = random.below(100);
  const size = chance < 80 ? 1000 : chance < 97 ? 10_000 : 100_000;
  return {
    LEVEL: 'info',
    MODE: random.pick(['fast', 'safe']),
    'app.conf': fill(random, size),
    OTHER: 'used by nobody',
  };
}

function secretContent(random: Random): Record<string, string> {
  const chance = random.below(100);
  const size = chance < 75 ? 40 : chance < 98 ? 4000 : 100_000;
  return { USER: 'app', PASSWORD: fill(random, 24), 'tls.pem': fill(random, size) };
}

/** Text that packs about as well as configuration does. */
function fill(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += `setting_${random.below(1000)} = ${random.below(1_000_000)}\n`;
  return text.slice(0, length);
}

interface Names {
  config: string;
  secret: string;
  shared: string;
}

/** One of the ways to use a config, as parts of a container and of its volumes. */
interface Use {
  env?: object;
  envFrom?: object;
  mount?: object;
  volume?: object;
}

const USES: readonly [MakeUse, ...MakeUse[]] = [
  ({ config }) => ({ env: { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: config, key: 'LEVEL' } } } }),
  ({ secret }) => ({ env: { name: 'PASSWORD', valueFrom: { secretKeyRef: { name: secret, key: 'PASSWORD' } } } }),
  ({ config }) => ({
    env: { name: 'EXTRA', valueFrom: { configMapKeyRef: { name: config, key: 'EXTRA', optional: true } } },
  }),
  ({ shared }) => ({ envFrom: { prefix: 'SHARED_', configMapRef: { name: shared } } }),
  ({ secret }) => ({ envFrom: { secretRef: { name: secret } } }),
  ({ config }) => mounted('/etc/app', { configMap: { name: config } }),
  ({ config }) =>
    mounted('/etc/items', { configMap: { name: config, items: [{ key: 'app.conf', path: 'a/b.conf' }] } }),
  ({ secret }) => mounted('/etc/tls', { secret: { secretName: secret } }),
  ({ config, secret, shared }) =>
    mounted('/etc/all', {
      projected: {
        sources: [
          { configMap: { name: config, items: [{ key: 'app.conf', path: 'app.conf' }] } },
          { secret: { name: secret } },
          { configMap: { name: shared, optional: true } },
        ],
      },
    }),
  ({ config }) => mounted('/etc/app.conf', { configMap: { name: config } }, { subPath: 'app.conf' }),
  ({ shared }) => mounted('/etc/logging.conf', { configMap: { name: shared } }, { subPath: 'logging.conf' }),
];
type MakeUse = (names: Names) => Use;

function mounted(mountPath: string, source: object, mount: object = {}): Use {
  const name = mountPath.slice(1).replaceAll(/[/.]/g, '-');
  return { mount: { name, mountPath, ...mount }, volume: { name, ...source } };
}

function generatePodSpec(random: Random, names: Names): object {
  const makers = [random.pick(USES), ...random.some(3, () => random.pick(USES))];
  const uses = [...new Set(makers)].map((make) => make(names));
  const hasSidecar = random.once(4);
  const env = uses.flatMap((use) => use.env ?? []);
  const volumeMounts = uses.flatMap((use) => use.mount ?? []);
  return {
    automountServiceAccountToken: false,
    containers: [
      {
        name: 'app',
        image: 'registry.example/shop/app:1.4.2',
        ports: [{ containerPort: 8080 }],
        resources: { requests: { cpu: '10m', memory: '16Mi' } },
        readinessProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 10 },
        env: [...env, { name: 'PORT', value: '8080' }],
        envFrom: uses.flatMap((use) => use.envFrom ?? []),
        volumeMounts,
      },
      ...(hasSidecar ? [{ name: 'proxy', image: 'registry.example/mesh/proxy:3', env, volumeMounts }] : []),
    ],
    volumes: uses.flatMap((use) => use.volume ?? []),
  };
}

/** Of twenty workloads fifteen are Deployments, two StatefulSets, two DaemonSets, and one is a CronJob that has never run. */
function generateWorkload(random: Random, index: number, spec: object): Omit<GeneratedWorkload, 'namespace'> {
  const chance = random.below(20);
  const name = number('app', index);
  const labels = { 'app.kubernetes.io/name': name };
  const metadata = { name, labels };
  const template = { metadata: { labels }, spec };
  const common = { selector: { matchLabels: labels }, template };
  if (chance < 15) {
    const replicas = random.pick([2, 4, 5, 6, 10]);
    return { kind: 'Deployment', name, pods: replicas, manifest: { metadata, spec: { replicas, ...common } } };
  }
  if (chance < 17) {
    const replicas = random.pick([3, 5]);
    const podManagementPolicy = random.pick(['OrderedReady', 'Parallel']);
    const rest = { serviceName: name, podManagementPolicy, ...common };
    return { kind: 'StatefulSet', name, pods: replicas, manifest: { metadata, spec: { replicas, ...rest } } };
  }
  if (chance < 19) {
    const affinity = nodeAffinity(Array.from({ length: DAEMON_NODES }, (_, node) => fakeNodeName(node)));
    const pinned = { ...template, spec: { ...spec, affinity } };
    return {
      kind: 'DaemonSet',
      name,
      pods: DAEMON_NODES,
      manifest: { metadata, spec: { ...common, template: pinned } },
    };
  }
  const job = { spec: { template: { ...template, spec: { ...spec, restartPolicy: 'Never' } } } };
  return { kind: 'CronJob', name, pods: 0, manifest: { metadata, spec: { schedule: '0 0 1 1 *', jobTemplate: job } } };
}

function nodeAffinity(names: readonly string[]): object {
  const matchExpressions = [{ key: 'kubernetes.io/hostname', operator: 'In', values: names }];
  return {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions }] } },
  };
}
