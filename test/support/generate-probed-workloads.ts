import type { Random } from './random.ts';
import { makeRandom } from './random.ts';

/** Deployments, StatefulSets and DaemonSets as an API server takes them, that use configs in every way; the same seed gives the same ones. */
export function generateProbedWorkloads(seed: number, count: number): { kind: string; manifest: object }[] {
  const random = makeRandom(seed);
  return Array.from({ length: count }, (_, index) => {
    const kind = random.pick(['Deployment', 'StatefulSet', 'DaemonSet']);
    const labels = { app: 'x' };
    const spec = {
      ...(kind === 'DaemonSet' ? {} : { replicas: random.below(4) }),
      ...(kind === 'StatefulSet' ? { serviceName: 'x' } : {}),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: generatePodSpec(random) },
    };
    return { kind, manifest: { apiVersion: 'apps/v1', kind, metadata: { name: `w${index}` }, spec } };
  });
}

const CONFIGS = ['web', 'app.conf', 'db-login'] as const;
const KEYS = ['level', 'a.conf', 'TOKEN', 'x-y'] as const;

function generatePodSpec(random: Random): object {
  const volumes = Array.from({ length: 1 + random.below(4) }, (_, index) => ({
    name: `v${index}`,
    ...generateVolume(random),
  }));
  const names = volumes.map(({ name }) => name);
  return {
    ...(random.once(3) && {
      initContainers: [
        { ...generateContainer(random, 'setup', names), livenessProbe: undefined },
        { ...generateContainer(random, 'proxy', names), restartPolicy: 'Always' },
      ],
    }),
    containers: Array.from({ length: 1 + random.below(2) }, (_, index) =>
      generateContainer(random, `c${index}`, names),
    ),
    volumes,
    ...(random.once(3) && { nodeSelector: { 'kubernetes.io/arch': 'amd64' } }),
  };
}

function generateContainer(random: Random, name: string, volumes: readonly string[]): object {
  const probe = random.pick<object>([
    {},
    {},
    { livenessProbe: { exec: { command: ['test', '-e', '$(HOME)/$$x'] }, periodSeconds: 1 + random.below(30) } },
    { livenessProbe: { httpGet: { port: 'web', path: '/healthz' }, timeoutSeconds: 1 + random.below(9) } },
    { livenessProbe: { httpGet: { port: 8080 }, failureThreshold: 5, terminationGracePeriodSeconds: 7 } },
  ]);
  return {
    name,
    image: 'example',
    ports: [{ name: 'web', containerPort: 8080 }],
    env: random.some(4, (index) => ({ name: `V${random.once(5) ? 0 : index}`, ...generateValue(random) })),
    envFrom: random.some(2, () => ({
      ...(random.once(2) && { prefix: 'APP_' }),
      ...random.pick<object>([
        { configMapRef: { name: random.pick(CONFIGS), optional: random.once(2) } },
        { secretRef: { name: random.pick(CONFIGS) } },
      ]),
    })),
    volumeMounts: random.some(4, (index) => ({
      name: volumes[random.below(volumes.length)] ?? 'v0',
      mountPath: `/m${index}`,
      ...random.pick<object>([
        {},
        {},
        { readOnly: true },
        { subPath: random.pick(KEYS) },
        { subPath: 'dir/x' },
        { subPathExpr: '$(V0)' },
      ]),
    })),
    ...probe,
  };
}

function generateValue(random: Random): object {
  const key = { name: random.pick(CONFIGS), key: random.pick(KEYS) };
  return random.pick<object>([
    { value: '$(HOME)/$$x' },
    { valueFrom: { configMapKeyRef: key } },
    { valueFrom: { secretKeyRef: { ...key, optional: true } } },
    { valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ]);
}

function generateVolume(random: Random): object {
  const name = random.pick(CONFIGS);
  const items = random.once(2) ? {} : { items: [{ key: random.pick(KEYS), path: random.pick(['x', 'dir/x']) }] };
  return random.pick<object>([
    { configMap: { name, ...items } },
    { secret: { secretName: name, optional: true, ...items } },
    {
      projected: {
        sources: [
          { configMap: { name, items: [{ key: 'level', path: 'level' }] } },
          { secret: { name, items: [{ key: 'TOKEN', path: 'dir/t' }] } },
        ],
      },
    },
    { projected: { sources: [{ serviceAccountToken: { path: 'token' } }, { configMap: { name, ...items } }] } },
    { emptyDir: {} },
  ]);
}
