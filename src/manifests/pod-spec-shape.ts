import type { PathStep } from './manifest.ts';

/** What a value must be where it is there at all: a text, a boolean, a list of something, or an object with such fields. */
type Shape = 'text' | 'boolean' | readonly [Shape] | { readonly [field: string]: Shape };

/** A value that is not what it must be. */
export interface Misfit {
  path: PathStep[];
  message: string;
}

const OBJECT = { name: 'text', optional: 'boolean' } as const;
const KEY = { ...OBJECT, key: 'text' } as const;
const ITEMS = [{ key: 'text', path: 'text' }] as const;
const FILES = { ...OBJECT, items: ITEMS } as const;

const CONTAINERS = [
  {
    name: 'text',
    env: [{ name: 'text', valueFrom: { configMapKeyRef: KEY, secretKeyRef: KEY } }],
    envFrom: [{ prefix: 'text', configMapRef: OBJECT, secretRef: OBJECT }],
    volumeMounts: [{ name: 'text', mountPath: 'text', subPath: 'text', subPathExpr: 'text' }],
    volumeDevices: [{ name: 'text', devicePath: 'text' }],
  },
] as const;

/** The part of a pod spec that tells which configs it uses. https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#PodSpec */
export const POD_SPEC: Shape = {
  serviceAccountName: 'text',
  initContainers: CONTAINERS,
  containers: CONTAINERS,
  ephemeralContainers: CONTAINERS,
  imagePullSecrets: [{ name: 'text' }],
  volumes: [
    {
      name: 'text',
      configMap: FILES,
      secret: { secretName: 'text', optional: 'boolean', items: ITEMS },
      projected: { sources: [{ configMap: FILES, secret: FILES }] },
      csi: { nodePublishSecretRef: { name: 'text' } },
      azureFile: { secretName: 'text' },
    },
  ],
};

/** The part of a ConfigMap or Secret that tells its keys. */
export const CONFIG: Shape = { data: {}, binaryData: {}, stringData: {} };

/** A shape at the end of a path of fields. */
export function shapeAt(path: readonly string[], shape: Shape): Shape {
  return path.reduceRight<Shape>((inner, field) => ({ [field]: inner }), shape);
}

/** The first value that does not have its shape; `undefined` when all have. What is absent or `null` always fits. */
export function findMisfit(value: unknown, shape: Shape, path: PathStep[] = []): Misfit | undefined {
  if (value === undefined || value === null) return undefined;
  if (shape === 'text')
    return typeof value === 'string' ? undefined : { path, message: 'must be a text (put it in quotes)' };
  if (shape === 'boolean') return typeof value === 'boolean' ? undefined : { path, message: 'must be true or false' };
  if (isListShape(shape)) {
    if (!Array.isArray(value)) return { path, message: 'must be a list' };
    return findFirst(
      value.map((member, index) => [index, member, shape[0]]),
      path,
    );
  }
  if (typeof value !== 'object' || Array.isArray(value)) return { path, message: 'must be a mapping' };
  const fields = new Map(Object.entries(value));
  return findFirst(
    Object.entries(shape).map(([field, inner]) => [field, fields.get(field), inner]),
    path,
  );
}

function isListShape(shape: Shape): shape is readonly [Shape] {
  return Array.isArray(shape);
}

function findFirst(parts: [PathStep, unknown, Shape][], path: PathStep[]): Misfit | undefined {
  for (const [step, value, shape] of parts) {
    // A `null` in a list is no absent field: nothing may stand between the dashes.
    if (value === null && typeof step === 'number') return { path: [...path, step], message: 'must not be empty' };
    const misfit = findMisfit(value, shape, [...path, step]);
    if (misfit !== undefined) return misfit;
  }
  return undefined;
}

/** A path as people write it: `spec.template.spec.containers[0].env`. */
export function formatPath(path: readonly PathStep[]): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}
