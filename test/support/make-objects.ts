/** Small whole values of `src/types.ts` for unit tests: every field can be overridden. */
import type {
  ConfigObject,
  ConfigRef,
  ContainerInstance,
  Dependency,
  Graph,
  ObjectReference,
  PodObject,
  Workload,
} from '../../src/types.ts';

export function makeRef(kind: string, name: string, namespace = 'shop'): ObjectReference {
  return {
    apiVersion: kind === 'ConfigMap' || kind === 'Secret' || kind === 'Pod' ? 'v1' : 'apps/v1',
    kind,
    namespace,
    name,
  };
}

export function makeUse(overrides: Partial<ConfigRef> = {}): ConfigRef {
  return {
    config: makeRef('ConfigMap', 'web'),
    container: 'app',
    init: false,
    via: 'env',
    keys: ['LEVEL'],
    at: 'LEVEL',
    optional: false,
    ...overrides,
  };
}

export function makeDependency(overrides: Partial<Dependency> = {}): Dependency {
  return { ...makeUse(), workload: makeRef('Deployment', 'web'), exists: true, missingKeys: [], ...overrides };
}

export function makeInstance(overrides: Partial<ContainerInstance> = {}): ContainerInstance {
  return {
    name: 'app',
    init: false,
    startedAt: '2026-01-01T10:00:00Z',
    running: true,
    restartCount: 0,
    previousEndedAt: null,
    ...overrides,
  };
}

/** A pod that was created, started and became ready around 10:00:00, its last write having version 200. */
export function makePod(overrides: Partial<PodObject> = {}): PodObject {
  return {
    ref: makeRef('Pod', 'web-1'),
    uid: 'pod-1',
    resourceVersion: '200',
    createdAt: '2026-01-01T09:59:58Z',
    writtenAt: '2026-01-01T10:00:01Z',
    controller: null,
    labels: {},
    annotations: {},
    phase: 'Running',
    deleting: false,
    serviceAccountName: 'default',
    references: [makeUse()],
    containers: [makeInstance()],
    ...overrides,
  };
}

/** A ConfigMap that was written once, at 09:00:00, with version 100. */
export function makeConfig(overrides: Partial<ConfigObject> = {}): ConfigObject {
  return {
    ref: makeRef('ConfigMap', 'web'),
    type: '',
    uid: 'config-1',
    resourceVersion: '100',
    createdAt: '2026-01-01T09:00:00Z',
    keys: [{ key: 'LEVEL', at: '2026-01-01T09:00:00Z', by: 'kubectl-client-side-apply' }],
    keysComplete: true,
    timesIncomplete: false,
    writtenAt: '2026-01-01T09:00:00Z',
    immutable: false,
    labels: {},
    annotations: {},
    ...overrides,
  };
}

export function makeWorkload(overrides: Partial<Workload> = {}): Workload {
  return {
    ref: makeRef('Deployment', 'web'),
    uid: 'workload-1',
    resourceVersion: '210',
    controller: null,
    labels: {},
    annotations: {},
    templateAnnotations: {},
    templateLabels: {},
    serviceAccountName: 'default',
    references: [makeUse()],
    policy: { replicas: 1, paused: false, strategy: 'RollingUpdate', partition: 0, surge: 1, unavailable: 0 },
    progress: { observed: true, desired: 1, total: 1, updated: 1, available: 1 },
    unprobed: [],
    podResources: {},
    pods: [makePod()],
    ...overrides,
  };
}

export function makeGraph(overrides: Partial<Graph> = {}): Graph {
  return {
    workloads: [makeWorkload()],
    dependencies: [makeDependency()],
    configs: [makeConfig()],
    unused: [],
    unseen: [],
    ...overrides,
  };
}
