import type { Random } from '../support/random.ts';
import { makeName, makeText, SECRET } from './hostile-text.ts';

/** Makes objects as manifests may hold them, all of their texts hostile. */
export interface ObjectMaker {
  object(): unknown;
  /** A ConfigMap or Secret; the values of a Secret have `SECRET` in them. */
  config(): unknown;
}

/** A value where another type stood. */
export function makeMisfit(random: Random): unknown {
  return random.pick<unknown>([
    null,
    true,
    0,
    -1,
    Number.MAX_VALUE,
    '',
    'text',
    [],
    {},
    [null],
    [[]],
    { __proto__: null },
  ]);
}

/** @param isTyped every field has its type, as in all built-in objects that an API server has stored */
export function makeObjects(random: Random, isTyped = false): ObjectMaker {
  const perhaps = (value: unknown): unknown => (!isTyped && random.once(25) ? makeMisfit(random) : value);
  const name = () => makeName(random);
  const text = () => makeText(random);
  const some = (most: number, make: () => unknown): unknown => perhaps(random.some(most, make));
  // `__proto__` is a field like any other.
  const fields = (most: number, key: () => string, value: () => unknown): unknown =>
    Object.fromEntries(random.some(most, () => [key(), value()] as const));

  const annotations = (): object => ({
    ...Object(fields(2, name, text)),
    ...(random.once(4) && { 'kubectl-reload.dev/wave': text() }),
    ...(random.once(4) && { 'kubectl-reload.dev/ignore': random.pick(['true', 'configmap/web', text()]) }),
    ...(random.once(4) && {
      'kubectl-reload.dev/config': `{"v":1,"t":"2026-01-01T10:00:00Z","c":[{"n":"configmap/${name()}"}]}`,
    }),
    ...(random.once(4) && { 'reloader.stakater.com/auto': random.pick(['true', text()]) }),
    ...(random.once(4) && { 'configmap.reloader.stakater.com/reload': `web,${text()},.*` }),
  });
  const metadata = (): unknown =>
    perhaps({
      name: perhaps(name()),
      ...(random.once(3) && { namespace: name() }),
      ...(random.once(4) && { labels: fields(2, name, text) }),
      ...(random.once(2) && { annotations: perhaps(annotations()) }),
    });

  const variable = (): unknown =>
    perhaps({
      name: name(),
      valueFrom: perhaps(
        random.once(2)
          ? { configMapKeyRef: { name: name(), key: name() } }
          : { secretKeyRef: { name: name(), key: name(), optional: perhaps(true) } },
      ),
    });
  const container = (): unknown =>
    perhaps({
      name: perhaps(name()),
      env: some(2, variable),
      envFrom: some(2, () => ({ prefix: text(), configMapRef: perhaps({ name: name() }) })),
      volumeMounts: some(2, () => perhaps({ name: 'v', mountPath: text(), subPath: name() })),
    });
  const source = (): object =>
    random.pick<object>([
      { configMap: { name: name(), items: perhaps([{ key: name(), path: text() }]) } },
      { secret: { secretName: name(), optional: true } },
      { projected: { sources: perhaps([{ configMap: { name: name() } }, { secret: { name: name() } }]) } },
      { csi: { driver: text(), nodePublishSecretRef: { name: name() } } },
    ]);
  const podSpec = (): unknown =>
    perhaps({
      containers: some(2, container),
      volumes: some(2, () => ({ name: 'v', ...source() })),
      ...(random.once(4) && { initContainers: some(2, container) }),
      ...(random.once(4) && { imagePullSecrets: perhaps([{ name: name() }]) }),
      ...(random.once(4) && { serviceAccountName: name() }),
    });

  const config = (): unknown => {
    const kind = random.pick(['ConfigMap', 'Secret']);
    const isSecret = kind === 'Secret';
    const value = () => perhaps(isSecret ? `${SECRET}${text()}` : text());
    return {
      apiVersion: 'v1',
      kind,
      metadata: metadata(),
      [isSecret ? 'stringData' : 'data']: perhaps(fields(4, name, value)),
      ...(random.once(4) && { binaryData: perhaps(fields(1, name, () => '/w==')) }),
      ...(random.once(6) && { immutable: perhaps(true) }),
    };
  };
  const object = (): unknown => {
    const template = { metadata: metadata(), spec: podSpec() };
    const spec = { selector: {}, replicas: 3, template: perhaps(template) };
    switch (random.below(6)) {
      case 0:
      case 1:
        return config();
      case 2:
        return {
          apiVersion: 'batch/v1',
          kind: 'CronJob',
          metadata: metadata(),
          spec: perhaps({ jobTemplate: { spec: { template } } }),
        };
      case 3:
        return { apiVersion: text(), kind: name(), metadata: metadata(), spec: { template } };
      case 4:
        return isTyped ? config() : { apiVersion: 'v1', kind: 'List', items: some(3, object) };
      default:
        return { apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata(), spec: perhaps(spec) };
    }
  };
  return { object, config };
}
