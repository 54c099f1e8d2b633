import { describe, expect, test } from 'bun:test';
import type { DaemonSetObject, StatefulSetObject } from '../../../src/rollout/rollout-object.ts';
import { splitPods } from '../../../src/rollout/template-pods.ts';
import type { TroubleEvent } from '../../../src/rollout/trouble-event.ts';
import { makeRolloutPod } from './make-rollouts.ts';

function namesOf({ updated, old }: ReturnType<typeof splitPods>) {
  return { updated: updated.map((pod) => pod.name), old: old.map((pod) => pod.name) };
}

describe('the pods of a Deployment', () => {
  const deployment = {
    kind: 'Deployment' as const,
    metadata: { name: 'web', annotations: { 'deployment.kubernetes.io/revision': '7' } },
  };
  const owners = [
    { uid: 'rs-old', revision: '6' },
    { uid: 'rs-new', revision: '7' },
  ];

  test('are told apart by the revision of their ReplicaSets', () => {
    const pods = [makeRolloutPod({ name: 'a', owner: 'rs-new' }), makeRolloutPod({ name: 'b', owner: 'rs-old' })];
    expect(namesOf(splitPods(deployment, pods, owners))).toEqual({ updated: ['a'], old: ['b'] });
  });

  test('are all old while the new ReplicaSet has not been seen', () => {
    const pods = [makeRolloutPod({ name: 'b', owner: 'rs-old' })];
    expect(namesOf(splitPods(deployment, pods, owners.slice(0, 1)))).toEqual({ updated: [], old: ['b'] });
  });

  test('count as old until they are gone, and not as new when they are going', () => {
    const pods = [
      makeRolloutPod({ name: 'a', owner: 'rs-new', deleting: true }),
      makeRolloutPod({ name: 'b', owner: 'rs-old', deleting: true }),
    ];
    expect(namesOf(splitPods(deployment, pods, owners))).toEqual({ updated: [], old: ['b'] });
  });

  test('are all old by the strategy Recreate while none is updated: the revision is the old one until they are gone', () => {
    const recreated = { ...deployment, spec: { strategy: { type: 'Recreate' } }, status: { updatedReplicas: 0 } };
    const pods = [makeRolloutPod({ name: 'a', owner: 'rs-new' })];
    expect(namesOf(splitPods(recreated, pods, owners))).toEqual({ updated: [], old: ['a'] });
    const begun = { ...recreated, status: { updatedReplicas: 1 } };
    expect(namesOf(splitPods(begun, pods, owners))).toEqual({ updated: ['a'], old: [] });
  });

  test('do not count when they have been evicted', () => {
    const pods = [
      makeRolloutPod({ name: 'a', owner: 'rs-new', phase: 'Failed' }),
      makeRolloutPod({ name: 'b', owner: 'rs-old', phase: 'Failed' }),
    ];
    expect(namesOf(splitPods(deployment, pods, owners))).toEqual({ updated: [], old: [] });
  });
});

describe('the pods of a StatefulSet', () => {
  const set = (partition: number, start = 0): StatefulSetObject => ({
    kind: 'StatefulSet',
    metadata: { name: 'pg' },
    spec: { ordinals: { start }, updateStrategy: { rollingUpdate: { partition } } },
    status: { updateRevision: 'pg-b' },
  });
  const pod = (name: string, revision: string) =>
    makeRolloutPod({ name, labels: { 'controller-revision-hash': revision } });
  const pods = [pod('pg-0', 'pg-a'), pod('pg-1', 'pg-a'), pod('pg-2', 'pg-b')];

  test('are told apart by their revision', () => {
    expect(namesOf(splitPods(set(0), pods, []))).toEqual({ updated: ['pg-2'], old: ['pg-0', 'pg-1'] });
  });

  test('below the partition are not old: they stay', () => {
    expect(namesOf(splitPods(set(1), pods, []))).toEqual({ updated: ['pg-2'], old: ['pg-1'] });
    const later = [pod('pg-5', 'pg-a'), pod('pg-6', 'pg-a')];
    expect(namesOf(splitPods(set(1, 5), later, []))).toEqual({ updated: [], old: ['pg-6'] });
  });
});

describe('the pods of a DaemonSet', () => {
  const set = (status: NonNullable<DaemonSetObject['status']>): DaemonSetObject => ({
    kind: 'DaemonSet',
    metadata: { name: 'agent', generation: 9, annotations: { 'deprecated.daemonset.template.generation': '3' } },
    status,
  });
  const pod = (name: string, generation: string, hash: string) =>
    makeRolloutPod({ name, labels: { 'pod-template-generation': generation, 'controller-revision-hash': hash } });

  test('are told apart by the generation of the template', () => {
    const pods = [pod('a', '3', 'new'), pod('b', '2', 'old')];
    expect(namesOf(splitPods(set({}), pods, []))).toEqual({ updated: ['a'], old: ['b'] });
  });

  test('are new by their revision where an undo has brought an old one back', () => {
    const pods = [pod('a', '3', 'back'), pod('b', '1', 'back'), pod('c', '2', 'gone')];
    expect(namesOf(splitPods(set({}), pods, []))).toEqual({ updated: ['a', 'b'], old: ['c'] });
  });

  test('are all new where none had to be replaced and the controller says so', () => {
    const pods = [pod('b', '1', 'back')];
    const updated = { observedGeneration: 9, currentNumberScheduled: 1, updatedNumberScheduled: 1 };
    expect(namesOf(splitPods(set(updated), pods, []))).toEqual({ updated: ['b'], old: [] });
    const begun = { observedGeneration: 9, currentNumberScheduled: 1, updatedNumberScheduled: 0 };
    expect(namesOf(splitPods(set(begun), pods, []))).toEqual({ updated: [], old: ['b'] });
  });
});

describe('the pods of kinds with controllers of their own', () => {
  test('of an Argo Rollout are new by their hash and, after a restart, by their age', () => {
    const rollout = {
      kind: 'Rollout' as const,
      metadata: { name: 'web' },
      spec: { restartAt: '2026-01-01T10:00:00Z' },
      status: { currentPodHash: 'h2' },
    };
    const pod = (name: string, hash: string, createdAt: string) =>
      makeRolloutPod({ name, createdAt, labels: { 'rollouts-pod-template-hash': hash } });
    const pods = [
      pod('a', 'h2', '2026-01-01T10:00:00Z'),
      pod('b', 'h2', '2026-01-01T09:59:59Z'),
      pod('c', 'h1', '2026-01-01T10:00:05Z'),
    ];
    expect(namesOf(splitPods(rollout, pods, []))).toEqual({ updated: ['a'], old: ['b', 'c'] });
  });

  test('of a DeploymentConfig are new by the name of its latest version', () => {
    const config = { kind: 'DeploymentConfig' as const, metadata: { name: 'web' }, status: { latestVersion: 4 } };
    const pods = [
      makeRolloutPod({ name: 'a', labels: { deployment: 'web-4' } }),
      makeRolloutPod({ name: 'b', labels: { deployment: 'web-3' } }),
    ];
    expect(namesOf(splitPods(config, pods, []))).toEqual({ updated: ['a'], old: ['b'] });
  });
});

describe('what keeps pods from being created', () => {
  const set: StatefulSetObject = {
    kind: 'StatefulSet',
    metadata: { name: 'pg', uid: 'u-pg', restartedAt: '2026-01-01T09:59:00Z' },
    status: { updateRevision: 'pg-b' },
  };
  const labels = { 'controller-revision-hash': 'pg-b' };
  const refusal = (lastAt: string): TroubleEvent => ({
    reason: 'FailedCreate',
    message: 'create Pod pg-0 in StatefulSet pg failed error: exceeded quota',
    container: '',
    firstAt: lastAt,
    lastAt,
  });
  const refusalOf = (lastAt: string, pods = [makeRolloutPod({ name: 'pg-1', labels })]) =>
    splitPods(set, pods, [], (uid) => (uid === 'u-pg' ? [refusal(lastAt)] : [])).refusal;

  test('is said in an event of the workload that is newer than its new pods', () => {
    expect(refusalOf('2026-01-01T10:00:00Z')).toEqual(refusal('2026-01-01T10:00:00Z'));
    expect(refusalOf('2026-01-01T09:59:59Z')).toBeUndefined();
  });

  test('is past where the rollout is newer, even when it has no pod yet', () => {
    expect(refusalOf('2026-01-01T09:59:30Z', [])).toBeDefined();
    expect(refusalOf('2026-01-01T09:58:59Z', [])).toBeUndefined();
  });

  test('is said of a ReplicaSet where that creates the pods, the newest first', () => {
    const events: Record<string, TroubleEvent[]> = {
      'rs-1': [refusal('2026-01-01T10:00:00Z')],
      'rs-2': [refusal('2026-01-01T10:00:05Z')],
    };
    const rollout = { kind: 'Rollout' as const, metadata: { name: 'web' }, status: { currentPodHash: 'h' } };
    const owners = [
      { uid: 'rs-1', revision: '' },
      { uid: 'rs-2', revision: '' },
    ];
    expect(splitPods(rollout, [], owners, (uid) => events[uid] ?? []).refusal?.lastAt).toBe('2026-01-01T10:00:05Z');
  });
});

test('the new pods carry what was said of them, and no old one does', () => {
  const labels = { 'controller-revision-hash': 'pg-b' };
  const set: StatefulSetObject = { kind: 'StatefulSet', metadata: { name: 'pg' }, status: { updateRevision: 'pg-b' } };
  const pods = [makeRolloutPod({ name: 'pg-1', labels }), makeRolloutPod({ name: 'pg-0' })];
  const event: TroubleEvent = { reason: 'Unhealthy', message: 'no', container: 'app', firstAt: null, lastAt: null };
  const split = splitPods(set, pods, [], () => [event]);
  expect(split.updated[0]?.troubles).toEqual([event]);
  expect(split.old[0]?.troubles).toEqual([]);
});
