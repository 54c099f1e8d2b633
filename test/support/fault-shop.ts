import type { StatusItem } from '../../src/types.ts';
import { apply, askKubectl } from '../cluster/shared.ts';
import type { ClusterDescription } from '../cluster/supervisor-report.ts';
import { makeConfigMap, makePodSpec, makeWorkloadManifest } from './manifests.ts';

/** The value of every Secret: it may stand in no output. */
export const SECRET_MARKER = 'a-value-that-nobody-must-see';

/** A use of a config by a workload, both as `kind/name`. */
interface Use {
  workload: string;
  config: string;
}

/** Uses whose content is fixed when a container starts. */
const FIXED_USES: readonly Use[] = [
  { workload: 'deployment/web', config: 'configmap/web' },
  { workload: 'deployment/api', config: 'secret/api' },
  { workload: 'statefulset/db', config: 'configmap/db' },
  { workload: 'daemonset/agent', config: 'secret/agent' },
  { workload: 'deployment/steady', config: 'configmap/steady' },
  { workload: 'deployment/live', config: 'configmap/live' },
];
/** Its files are written anew by the kubelet; the process has read the old ones. */
const FILES: Use = { workload: 'daemonset/agent', config: 'configmap/agent' };

/** The configs whose change makes one workload stale, but the one that only a watch changes. */
export const EDITED_CONFIGS = ['configmap/web', 'secret/api', 'configmap/db', 'secret/agent'] as const;
/** What a watch changes, and what uses it. */
export const LIVE: Use = { workload: 'deployment/live', config: 'configmap/live' };
/** Workloads whose rollouts are complete. */
export const SOUND = ['deployment/web', 'deployment/api', 'deployment/steady', 'statefulset/db', 'daemonset/agent'];
/** A workload whose rollout never is. */
export const STUCK = 'deployment/stuck';

/** Some workloads in a namespace of which it is known, without asking the program, what they run. */
export interface FaultShop {
  cluster: ClusterDescription;
  namespace: string;
  /** Changes a config, which makes the workload that uses it stale. */
  edit(config: string): Promise<void>;
  /** All that is stale was restarted. */
  mended(): void;
  /** Which workloads run old content, as `kind/name`. */
  listStale(): string[];
  /** Those, and the ones that a restart may take besides. */
  listRestartable(): string[];
  /** What is wrong about what a status says of its uses; `hidden` tells that rows of current uses are left out. */
  findWrong(items: readonly StatusItem[], hidden: 'none' | 'current'): string[];
  /** How often the spec of each workload was changed, by `kind/name`. */
  readGenerations(): Promise<Map<string, number>>;
}

const env = (name: string, key: string, kind: 'configMapKeyRef' | 'secretKeyRef' = 'configMapKeyRef') => ({
  env: [{ name: key, valueFrom: { [kind]: { name, key } } }],
});
const secret = (name: string, value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData: { TOKEN: value },
});

function makeManifests(): object[] {
  const mount = (name: string, file: string) => ({ volumes: [{ name: 'files', configMap: { name } }], file });
  const db = mount('db', 'db.conf');
  const agent = mount('agent', 'agent.conf');
  const cronSpec = { ...makePodSpec({ envFrom: [{ secretRef: { name: 'api' } }] }), restartPolicy: 'Never' };
  return [
    ...['web', 'steady', 'live'].map((name) => makeConfigMap(name, { LEVEL: 'first' })),
    ...[db, agent].map(({ volumes: [volume], file }) =>
      makeConfigMap(volume?.configMap.name ?? '', { [file]: 'first' }),
    ),
    secret('api', `${SECRET_MARKER}-first`),
    secret('agent', `${SECRET_MARKER}-first`),
    ...['web', 'steady', 'live'].map((name) =>
      makeWorkloadManifest('Deployment', name, makePodSpec(env(name, 'LEVEL'))),
    ),
    makeWorkloadManifest('Deployment', 'api', makePodSpec({ envFrom: [{ secretRef: { name: 'api' } }] }), {
      replicas: 2,
    }),
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'api' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'api' } } },
    },
    makeWorkloadManifest(
      'StatefulSet',
      'db',
      makePodSpec(
        { volumeMounts: [{ name: 'files', mountPath: '/etc/db.conf', subPath: db.file }] },
        { volumes: db.volumes },
      ),
    ),
    makeWorkloadManifest(
      'DaemonSet',
      'agent',
      makePodSpec(
        { ...env('agent', 'TOKEN', 'secretKeyRef'), volumeMounts: [{ name: 'files', mountPath: '/etc/agent' }] },
        { volumes: agent.volumes },
      ),
    ),
    makeWorkloadManifest('Deployment', 'stuck', makePodSpec({}, { nodeSelector: { 'node-of': 'nobody' } })),
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'report' },
      spec: { schedule: '0 0 1 1 *', suspend: true, jobTemplate: { spec: { template: { spec: cronSpec } } } },
    },
  ];
}

const keyOf = ({ workload, config }: Use): string => `${workload} ${config}`;

/** Opens the shop: everything runs, and nothing is stale but the files of one workload. */
export async function openFaultShop(cluster: ClusterDescription, namespace: string): Promise<FaultShop> {
  const ask = (...args: string[]) => askKubectl(cluster, ['-n', namespace, ...args]);
  const stale = new Set<string>();
  let edits = 0;
  let hasOldFiles = true;

  async function edit(config: string): Promise<void> {
    const value = `edit-${++edits}`;
    const [type = '', name = ''] = config.split('/');
    const patch =
      type === 'secret'
        ? { stringData: { TOKEN: `${SECRET_MARKER}-${value}` } }
        : { data: { [name === 'db' || name === 'agent' ? `${name}.conf` : 'LEVEL']: value } };
    await ask('patch', type, name, '-p', JSON.stringify(patch));
    const use = FIXED_USES.find((one) => one.config === config);
    if (use) stale.add(keyOf(use));
  }

  await apply(cluster, namespace, makeManifests());
  await Promise.all([...SOUND, LIVE.workload].map((name) => ask('rollout', 'status', name, '--timeout=300s')));
  await edit(FILES.config);

  const listStale = () => FIXED_USES.filter((use) => stale.has(keyOf(use))).map(({ workload }) => workload);
  return {
    cluster,
    namespace,
    edit,
    mended() {
      if (listStale().includes(FILES.workload)) hasOldFiles = false;
      stale.clear();
    },
    listStale,
    listRestartable: () => [...listStale(), ...(hasOldFiles ? [FILES.workload] : [])],
    findWrong(items, hidden) {
      const told = new Map<string, string>();
      for (const { workload, config, state } of items)
        told.set(keyOf({ workload: name(workload), config: name(config) }), state);
      return FIXED_USES.flatMap((use) => {
        const state = told.get(keyOf(use)) ?? (hidden === 'current' ? 'current' : 'absent');
        if (state === 'unknown') return [];
        const isRight = stale.has(keyOf(use)) ? state === 'stale' : state === 'current';
        return isRight ? [] : [`${keyOf(use)} is told to be ${state}`];
      });
    },
    async readGenerations() {
      const list: { items: { kind: string; metadata: { name: string; generation: number } }[] } = JSON.parse(
        await ask('get', 'deployments,statefulsets,daemonsets', '-o', 'json'),
      );
      return new Map(list.items.map((item) => [name({ ...item, name: item.metadata.name }), item.metadata.generation]));
    },
  };
}

const name = (ref: { kind: string; name: string }): string => `${ref.kind.toLowerCase()}/${ref.name}`;
