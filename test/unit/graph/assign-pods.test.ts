import { describe, expect, test } from 'bun:test';
import { assignPods } from '../../../src/graph/assign-pods.ts';
import { NO_POLICY } from '../../../src/objects/rollout-policy.ts';
import type { ControllerReference, ObjectSet, OwnerObject, PodObject, WorkloadObject } from '../../../src/types.ts';
import { makePod, makeRef, makeUse, makeWorkload } from '../../support/make-objects.ts';

const API: Record<string, string> = {
  CronJob: 'batch/v1',
  Job: 'batch/v1',
  ReplicationController: 'v1',
  Node: 'v1',
  Rollout: 'argoproj.io/v1alpha1',
  DeploymentConfig: 'apps.openshift.io/v1',
  Database: 'example.com/v1',
  Cluster: 'example.com/v1',
};

/** `Kind/name`, with the uid made of it. */
function controllerOf(text: string | null): ControllerReference | null {
  if (text === null) return null;
  const [kind = '', name = ''] = text.split('/');
  return { apiVersion: API[kind] ?? 'apps/v1', kind, name, uid: text };
}

function refOf(text: string, namespace = 'shop') {
  const { apiVersion = '', kind = '', name = '' } = controllerOf(text) ?? {};
  return { apiVersion, kind, namespace, name };
}

function owner(text: string, controller: string | null = null, namespace = 'shop'): OwnerObject {
  return { ref: refOf(text, namespace), uid: text, controller: controllerOf(controller) };
}

function workload(text: string, controller: string | null = null, more: Partial<WorkloadObject> = {}): WorkloadObject {
  const { pods: _, ...object } = makeWorkload({
    ref: refOf(text),
    uid: text,
    controller: controllerOf(controller),
    references: [],
  });
  return { ...object, ...more };
}

function pod(name: string, controller: string | null, more: Partial<PodObject> = {}): PodObject {
  return makePod({ ref: makeRef('Pod', name), uid: name, controller: controllerOf(controller), ...more });
}

/** Each workload with the names of its pods. */
function assign(objects: Partial<ObjectSet>): Record<string, string[]> {
  const set = { workloads: [], pods: [], configs: [], serviceAccounts: [], owners: [], unseen: [], offline: false };
  return Object.fromEntries(
    assignPods({ ...set, ...objects }).map(({ ref, pods }) => [
      `${ref.kind}/${ref.name}`,
      pods.map((one) => one.ref.name),
    ]),
  );
}

describe('a pod belongs to', () => {
  test('the Deployment above its ReplicaSet', () => {
    const owners = [owner('ReplicaSet/web-1', 'Deployment/web'), owner('ReplicaSet/web-2', 'Deployment/web')];
    const pods = [pod('a', 'ReplicaSet/web-1'), pod('b', 'ReplicaSet/web-2')];
    expect(assign({ workloads: [workload('Deployment/web')], owners, pods })).toEqual({ 'Deployment/web': ['a', 'b'] });
  });

  test.each(['StatefulSet/pg', 'DaemonSet/agent', 'ReplicationController/old', 'Job/once'])('its %s', (text) => {
    expect(assign({ workloads: [workload(text)], pods: [pod('a', text)] })).toEqual({ [text]: ['a'] });
  });

  test('the CronJob above its Job, whether the Job is listed as a workload or as an owner', () => {
    const workloads = [workload('CronJob/report')];
    const pods = [pod('a', 'Job/report-1')];
    const expected = { 'CronJob/report': ['a'] };
    expect(assign({ workloads, owners: [owner('Job/report-1', 'CronJob/report')], pods })).toEqual(expected);
    expect(assign({ workloads: [...workloads, workload('Job/report-1', 'CronJob/report')], pods })).toEqual(expected);
  });

  test('the Rollout above its ReplicaSet and the DeploymentConfig above its ReplicationController', () => {
    const owners = [owner('ReplicaSet/r-1', 'Rollout/r'), owner('ReplicationController/d-1', 'DeploymentConfig/d')];
    const workloads = [workload('Rollout/r'), workload('DeploymentConfig/d')];
    expect(
      assign({ workloads, owners, pods: [pod('a', 'ReplicaSet/r-1'), pod('b', 'ReplicationController/d-1')] }),
    ).toEqual({
      'Rollout/r': ['a'],
      'DeploymentConfig/d': ['b'],
    });
  });

  test('its StatefulSet even where an operator owns that', () => {
    const workloads = [workload('StatefulSet/pg', 'Database/pg')];
    expect(assign({ workloads, owners: [owner('Database/pg')], pods: [pod('a', 'StatefulSet/pg')] })).toEqual({
      'StatefulSet/pg': ['a'],
    });
  });

  test('the topmost custom resource', () => {
    const owners = [owner('Database/pg-1', 'Cluster/pg'), owner('Cluster/pg')];
    expect(assign({ owners, pods: [pod('a', 'Database/pg-1')] })).toEqual({ 'Cluster/pg': ['a'] });
  });

  test('the last owner that is named where the walk breaks off', () => {
    expect(assign({ pods: [pod('a', 'ReplicaSet/web-1')] })).toEqual({ 'ReplicaSet/web-1': ['a'] });
    const owners = [owner('ReplicaSet/web-1', 'Deployment/web')];
    expect(assign({ owners, pods: [pod('a', 'ReplicaSet/web-1')] })).toEqual({ 'Deployment/web': ['a'] });
  });

  test('the Deployment or Rollout after which its ReplicaSet is named, where that may not be listed', () => {
    const workloads = [workload('Deployment/web'), workload('Rollout/web'), workload('Deployment/web-5')];
    const hashed = (name: string, label: string, more: Partial<PodObject> = {}) =>
      pod(name, 'ReplicaSet/web-5f', { labels: { [label]: '5f' }, ...more });
    expect(assign({ workloads, pods: [hashed('a', 'pod-template-hash')] })).toMatchObject({ 'Deployment/web': ['a'] });
    expect(assign({ workloads, pods: [hashed('a', 'rollouts-pod-template-hash')] })).toMatchObject({
      'Rollout/web': ['a'],
    });
    const alone = { 'ReplicaSet/web-5f': ['a'] };
    expect(assign({ workloads, pods: [hashed('a', 'other')] })).toMatchObject(alone);
    expect(assign({ workloads: [workload('Deployment/api')], pods: [hashed('a', 'pod-template-hash')] })).toMatchObject(
      alone,
    );
    const elsewhere = makeRef('Pod', 'a', 'test');
    expect(assign({ workloads, pods: [hashed('a', 'pod-template-hash', { ref: elsewhere })] })).toMatchObject(alone);
    // What can be seen decides: this one belongs to nobody.
    const owners = [owner('ReplicaSet/web-5f')];
    expect(assign({ workloads, owners, pods: [hashed('a', 'pod-template-hash')] })).toMatchObject(alone);
  });

  test('a bare ReplicaSet', () => {
    const workloads = [workload('ReplicaSet/bare')];
    expect(assign({ workloads, owners: [owner('ReplicaSet/bare')], pods: [pod('a', 'ReplicaSet/bare')] })).toEqual({
      'ReplicaSet/bare': ['a'],
    });
  });

  test('itself where nobody owns it, or only its node', () => {
    expect(assign({ pods: [pod('a', null), pod('etcd', 'Node/127.0.0.1')] })).toEqual({
      'Pod/a': ['a'],
      'Pod/etcd': ['etcd'],
    });
  });

  test('no owner of another namespace, but one of no namespace', () => {
    const owners = [owner('ReplicaSet/x', 'Deployment/evil', 'other'), owner('Database/y', 'Cluster/y', '')];
    expect(assign({ owners, pods: [pod('a', 'ReplicaSet/x'), pod('b', 'Database/y')] })).toEqual({
      'ReplicaSet/x': ['a'],
      'Cluster/y': ['b'],
    });
  });

  test('somebody even where owners own each other in a circle', () => {
    const owners = [owner('Database/x', 'Database/y'), owner('Database/y', 'Database/x')];
    expect(Object.values(assign({ owners, pods: [pod('a', 'Database/x')] }))).toEqual([['a']]);
  });
});

describe('an owner that is known by name only', () => {
  const set = { workloads: [], pods: [], configs: [], serviceAccounts: [], owners: [], unseen: [], offline: false };

  test('uses what its live pods use', () => {
    const [a, b] = [makeUse({ at: 'A' }), makeUse({ at: 'B' })];
    const pods = [
      pod('a', 'Database/pg', { references: [b, a] }),
      pod('b', 'Database/pg', { references: [a] }),
      pod('c', 'Database/pg', { references: [makeUse({ at: 'C' })], phase: 'Succeeded' }),
    ];
    const [database] = assignPods({ ...set, pods });
    expect(database).toMatchObject({
      ref: { apiVersion: 'example.com/v1', kind: 'Database', namespace: 'shop', name: 'pg' },
      uid: 'Database/pg',
      references: [a, b],
      labels: {},
      policy: { replicas: null },
    });
  });

  test('uses what its finished pods used where there are no others', () => {
    const pods = [pod('a', 'Database/pg', { phase: 'Failed' })];
    expect(assignPods({ ...set, pods })[0]?.references).toHaveLength(1);
  });

  test('uses what ReplicaSets in the manifests use', () => {
    const references = [makeUse()];
    const workloads = [
      workload('ReplicaSet/web-2', 'Deployment/web', { references }),
      workload('ReplicaSet/web-1', 'Deployment/web', {
        references: [makeUse({ at: 'OLD' })],
        policy: { ...NO_POLICY, replicas: 0 },
      }),
    ];
    const found = assignPods({ ...set, workloads, offline: true });
    expect(found.map(({ ref, references: uses }) => [ref.kind, uses])).toEqual([['Deployment', references]]);
  });
});

test('a bare pod keeps its labels and annotations', () => {
  const bare = pod('a', null, { labels: { app: 'x' }, annotations: { 'kubectl-reload.dev/ignore': 'cm/a' } });
  const [found] = assignPods({
    workloads: [],
    pods: [bare],
    configs: [],
    serviceAccounts: [],
    owners: [],
    unseen: [],
    offline: false,
  });
  expect(found).toMatchObject({ labels: bare.labels, annotations: bare.annotations, references: bare.references });
});

test('manifests without uids are told apart by name', () => {
  const workloads = [workload('Deployment/a', null, { uid: '' }), workload('Deployment/b', null, { uid: '' })];
  expect(assign({ workloads, offline: true })).toEqual({ 'Deployment/a': [], 'Deployment/b': [] });
});
