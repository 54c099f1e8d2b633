import type { Random } from './random.ts';
import { makeRandom } from './random.ts';

/** A workload as in a manifest, and the pod spec in it. */
export interface GeneratedWorkload {
  manifest: { apiVersion: string; kind: string; metadata: { name: string; namespace?: string } };
  podSpec: object;
}

/** Where each kind has its pod template; kinds of strangers have it where Deployments do. */
const KINDS: readonly [Kind, ...Kind[]] = [
  ['apps/v1', 'Deployment'],
  ['apps/v1', 'StatefulSet'],
  ['apps/v1', 'DaemonSet'],
  ['apps/v1', 'ReplicaSet'],
  ['v1', 'ReplicationController'],
  ['batch/v1', 'Job'],
  ['batch/v1', 'CronJob'],
  ['v1', 'Pod'],
  ['argoproj.io/v1alpha1', 'Rollout'],
  ['apps.openshift.io/v1', 'DeploymentConfig'],
  ['serving.example.com/v1', 'Service'],
];
type Kind = readonly [apiVersion: string, kind: string];

/** Names that have broken programs: members of every object, words that YAML reads as something else, and no name at all. */
const NAMES: readonly [string, ...string[]] = [
  'web',
  'web-env',
  'db',
  'app.conf',
  'tls',
  'regcred',
  'kube-root-ca.crt',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'yes',
  'null',
  '0644',
  '1e3',
  '~',
  'a: b',
  '- x',
  '#no comment',
  'läuft',
  '日本',
  'a\nb',
  '"quoted"',
  '$(HOME)',
  ' ',
  '',
];

/**
 * Workloads of every kind whose pod specs use ConfigMaps and Secrets in every way that there is, and some that there is not. The
 * same seed gives the same workloads.
 */
export function generateWorkloads(seed: number, count: number): GeneratedWorkload[] {
  const random = makeRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const [apiVersion, kind] = random.pick(KINDS);
    const podSpec = generatePodSpec(random);
    const namespace = random.pick([undefined, 'shop', 'constructor']);
    const metadata = { name: `${kind.toLowerCase()}-${index}`, ...(namespace === undefined ? {} : { namespace }) };
    return { manifest: { apiVersion, kind, metadata, ...wrap(kind, podSpec) }, podSpec };
  });
}

function wrap(kind: string, podSpec: object): object {
  if (kind === 'Pod') return { spec: podSpec };
  const template = { metadata: { labels: { app: 'x' } }, spec: podSpec };
  return { spec: kind === 'CronJob' ? { schedule: '0 * * * *', jobTemplate: { spec: { template } } } : { template } };
}

function generatePodSpec(random: Random): object {
  const volumes = random.some(6, (index) => ({ name: `v${index}`, ...generateVolume(random) }));
  if (random.once(4)) volumes.push({ name: 'kube-api-access-abcde', ...SERVICE_ACCOUNT_VOLUME });
  const names = volumes.map(({ name }) => name);
  return drop(random, {
    initContainers: random.some(2, (index) => ({
      ...generateContainer(random, `init${index}`, names),
      ...(random.once(2) ? { restartPolicy: 'Always' } : {}),
    })),
    containers: [
      generateContainer(random, 'app', names),
      ...random.some(2, (index) => generateContainer(random, `c${index}`, names)),
    ],
    ephemeralContainers: random.some(1, (index) => generateContainer(random, `debug${index}`, names)),
    imagePullSecrets: random.some(2, () => ({ name: random.pick(NAMES) })),
    volumes,
  });
}

/** Leaves lists that are empty away as often as not: both are in the world. */
function drop(random: Random, spec: Record<string, unknown[]>): object {
  return Object.fromEntries(Object.entries(spec).filter(([, list]) => list.length > 0 || random.once(2)));
}

const SERVICE_ACCOUNT_VOLUME = {
  projected: {
    sources: [
      { serviceAccountToken: { path: 'token', expirationSeconds: 3607 } },
      { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
    ],
  },
};

function generateContainer(random: Random, name: string, volumes: readonly string[]): object {
  const [first, ...rest] = volumes;
  return {
    name,
    image: 'example',
    env: random.some(3, (index) => ({ name: random.once(4) ? '__proto__' : `V${index}`, ...generateValue(random) })),
    envFrom: random.some(2, () => ({
      ...(random.once(2) ? { prefix: random.pick(['APP_', '']) } : {}),
      ...random.pick([{ configMapRef: generateRef(random) }, { secretRef: generateRef(random) }]),
    })),
    volumeMounts:
      first === undefined
        ? []
        : random.some(4, (index) => ({
            name: random.pick([first, ...rest]),
            mountPath: `/m${index}`,
            ...random.pick([
              {},
              {},
              { subPath: random.pick(['a', 'dir', 'dir/b', '..data', '..data/a', '.', './a', 'nowhere/else', '']) },
              { subPathExpr: random.pick(['$(V0)', '$(V1)/a', '$$(V0)', '$(POD_NAME)', 'dir']) },
            ]),
          })),
  };
}

function generateValue(random: Random): object {
  const key = { ...generateRef(random), key: random.pick(['a', 'dir/b', '__proto__', 'constructor']) };
  return random.pick<object>([
    { value: random.pick(['a', 'dir', '$(V0)', '$$', '']) },
    { valueFrom: { configMapKeyRef: key } },
    { valueFrom: { secretKeyRef: key } },
    { valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    { valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
    { valueFrom: { fileKeyRef: { volumeName: 'v0', path: 'env', key: 'A' } } },
    { valueFrom: {} },
    {},
  ]);
}

function generateRef(random: Random): { name: string; optional?: boolean } {
  return { name: random.pick(NAMES), ...(random.once(2) ? { optional: random.once(2) } : {}) };
}

function generateItems(random: Random): object {
  const items = random.some(2, (index) => ({
    key: random.pick(['a', 'b', '__proto__']),
    path: random.pick(['a', 'dir/b', `dir/${index}`]),
  }));
  return random.once(2) ? {} : { items };
}

function generateVolume(random: Random): object {
  const name = random.pick(NAMES);
  const secretRef = { name };
  return random.pick<object>([
    { configMap: { ...generateRef(random), ...generateItems(random) } },
    { configMap: { ...generateRef(random), ...generateItems(random) } },
    { secret: { secretName: name, ...generateItems(random) } },
    { secret: { secretName: name, optional: true } },
    { projected: { sources: random.some(4, () => generateProjection(random)) } },
    { projected: { sources: random.some(4, () => generateProjection(random)) } },
    { csi: { driver: 'example', nodePublishSecretRef: secretRef } },
    { csi: { driver: 'example', volumeAttributes: { secretProviderClass: name } } },
    { azureFile: { secretName: name, shareName: 's' } },
    { cephfs: { monitors: ['m'], secretRef } },
    { cinder: { volumeID: 'v', secretRef } },
    { flexVolume: { driver: 'd', secretRef } },
    { iscsi: { targetPortal: 't', iqn: 'i', lun: 0, secretRef } },
    { rbd: { monitors: ['m'], image: 'i', secretRef } },
    { scaleIO: { gateway: 'g', system: 's', secretRef } },
    { storageos: { volumeName: 'v', secretRef } },
    { glusterfs: { endpoints: name, path: '/' } },
    { emptyDir: {} },
    { persistentVolumeClaim: { claimName: name } },
    { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } },
    { image: { reference: name } },
  ]);
}

function generateProjection(random: Random): object {
  return random.pick<object>([
    { configMap: { ...generateRef(random), ...generateItems(random) } },
    { secret: { ...generateRef(random), ...generateItems(random) } },
    { serviceAccountToken: { path: 'token' } },
    { clusterTrustBundle: { name: random.pick(NAMES), path: 'a' } },
    { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } },
  ]);
}
