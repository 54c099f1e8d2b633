/** Small manifests for tests on the real node. */

/** A container that does nothing, and ends at once when it is told to. */
export function makeContainer(overrides: object = {}): object {
  return { name: 'app', image: 'local/busybox:1', command: ['sleep', '2147483647'], ...overrides };
}

/** A pod spec of one idle container. */
export function makePodSpec(container: object = {}, overrides: object = {}): object {
  return {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 0,
    containers: [makeContainer(container)],
    ...overrides,
  };
}

/** A workload of one of the kinds that roll. */
export function makeWorkloadManifest(
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet',
  name: string,
  podSpec: object,
  options: { replicas?: number; annotations?: Record<string, string>; spec?: object } = {},
): object {
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, annotations: options.annotations ?? {} },
    spec: {
      ...(kind === 'DaemonSet' ? {} : { replicas: options.replicas ?? 1 }),
      ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: podSpec },
      ...options.spec,
    },
  };
}

/** A ConfigMap. */
export function makeConfigMap(name: string, data: Record<string, string>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}
