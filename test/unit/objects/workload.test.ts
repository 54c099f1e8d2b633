import { describe, expect, test } from 'bun:test';
import { projectWorkload } from '../../../src/objects/workload.ts';

const podSpec = {
  serviceAccountName: 'runner',
  containers: [{ name: 'app', envFrom: [{ configMapRef: { name: 'web' } }] }],
};
const template = {
  metadata: {
    annotations: { 'kubectl.kubernetes.io/restartedAt': 'T', 'kubectl-reload.dev/config': '{}', other: 'x' },
  },
  spec: podSpec,
};

describe('projectWorkload', () => {
  test.each([
    ['apps/v1', 'Deployment', { template }, 1],
    ['apps/v1', 'StatefulSet', { template }, 1],
    ['apps/v1', 'DaemonSet', { template }, null],
    ['apps/v1', 'ReplicaSet', { template }, 1],
    ['v1', 'ReplicationController', { template }, 1],
    ['batch/v1', 'Job', { template }, null],
    ['batch/v1', 'CronJob', { jobTemplate: { spec: { template } } }, null],
    ['argoproj.io/v1alpha1', 'Rollout', { template }, 1],
    ['apps.openshift.io/v1', 'DeploymentConfig', { template }, 1],
    ['example.com/v1', 'Runner', { template }, null],
  ])('finds the template of %s %s', (apiVersion, kind, spec, replicas) => {
    const workload = projectWorkload({ apiVersion, kind, metadata: { name: 'web', namespace: 'shop' }, spec });
    expect(workload.ref).toEqual({ apiVersion, kind, namespace: 'shop', name: 'web' });
    expect(workload.references.map(({ config, via }) => [config.namespace, config.name, via])).toEqual([
      ['shop', 'web', 'envFrom'],
    ]);
    expect(workload.serviceAccountName).toBe('runner');
    expect(Object.keys(workload.templateAnnotations).sort()).toEqual([
      'kubectl-reload.dev/config',
      'kubectl.kubernetes.io/restartedAt',
    ]);
    expect(workload.policy.replicas).toBe(replicas);
  });

  test('a Pod is its own template', () => {
    const workload = projectWorkload({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: podSpec });
    expect(workload.references).toHaveLength(1);
    expect(workload.policy.replicas).toBeNull();
  });

  test('a member of a list is of the kind that the list tells', () => {
    const workload = projectWorkload(
      { metadata: { name: 'web' }, spec: { template } },
      { apiVersion: 'apps/v1', kind: 'StatefulSet' },
    );
    expect([workload.ref.kind, workload.references.length]).toEqual(['StatefulSet', 1]);
  });

  test('tells which containers have no readiness probe, and what a pod asks for', () => {
    const containers = [
      { name: 'app', readinessProbe: { exec: { command: ['true'] } }, resources: { requests: { cpu: '100m' } } },
      { name: 'proxy' },
    ];
    const workload = projectWorkload({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      spec: { replicas: 10, template: { metadata: { labels: { app: 'web' } }, spec: { containers } } },
      status: { observedGeneration: 1, replicas: 10 },
    });
    expect(workload).toMatchObject({
      templateLabels: { app: 'web' },
      unprobed: ['proxy'],
      podResources: { 'requests.cpu': 0.1 },
      policy: { surge: 3, unavailable: 2 },
      progress: { desired: 10, total: 10 },
    });
  });

  test('the annotation that repeats the whole object, Secret values and all, is not kept', () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"pass":"aHVudGVyMg=="}}',
      'kubectl-reload.dev/wave': '2',
      'configmap.reloader.stakater.com/reload': 'a',
      'reloader.stakater.com/auto': 'true',
      'example.com/x': 'y',
    };
    const labels = { app: 'web', constructor: 'x' };
    const workload = projectWorkload({ kind: 'Deployment', apiVersion: 'apps/v1', metadata: { annotations, labels } });
    expect(Object.keys(workload.annotations).sort()).toEqual([
      'configmap.reloader.stakater.com/reload',
      'kubectl-reload.dev/wave',
      'reloader.stakater.com/auto',
    ]);
    expect(workload.labels).toEqual(labels);
  });

  test('only the owner that manages it is its controller', () => {
    const ownerReferences = [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: '1' },
      { apiVersion: 'example.com/v1', kind: 'Database', name: 'pg', uid: '2', controller: true },
    ];
    const { controller } = projectWorkload({
      kind: 'StatefulSet',
      apiVersion: 'apps/v1',
      metadata: { ownerReferences },
    });
    expect(controller).toEqual({ apiVersion: 'example.com/v1', kind: 'Database', name: 'pg', uid: '2' });
  });

  test('what has the wrong shape is taken as absent', () => {
    for (const raw of [null, 'x', [], { metadata: 'x', spec: [] }, { spec: { template: { spec: 'x' } } }]) {
      expect(projectWorkload(raw).references).toEqual([]);
    }
  });
});
