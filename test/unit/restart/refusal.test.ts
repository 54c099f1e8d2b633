import { describe, expect, test } from 'bun:test';
import { objectKey } from '../../../src/objects/object-key.ts';
import { findRefusal, refuseNoPods } from '../../../src/restart/refusal.ts';
import type { Dependency, RolloutPolicy, Workload } from '../../../src/types.ts';
import { makeDependency, makePod, makeRef, makeUse, makeWorkload } from '../../support/make-objects.ts';
import { plan } from './make-plan.ts';

const ofKind = (apiVersion: string, kind: string, controller: Workload['controller'] = null) =>
  makeWorkload({ ref: { apiVersion, kind, namespace: 'shop', name: 'x' }, controller });

describe('a kind', () => {
  test.each([
    ['apps/v1', 'Deployment'],
    ['apps/v1', 'StatefulSet'],
    ['apps/v1', 'DaemonSet'],
    ['argoproj.io/v1alpha1', 'Rollout'],
    ['apps.openshift.io/v1', 'DeploymentConfig'],
  ])('of %s %s can be restarted', (apiVersion, kind) => {
    expect(findRefusal(ofKind(apiVersion, kind), [], new Set())).toBeNull();
  });

  test.each([
    ['v1', 'Pod', 'no-restart', 'nothing would make a new pod: delete it and create it again'],
    [
      'apps/v1',
      'ReplicaSet',
      'no-restart',
      'a ReplicaSet does not replace its pods when its template changes: --evict makes it',
    ],
    [
      'v1',
      'ReplicationController',
      'no-restart',
      'a ReplicationController does not replace its pods when its template changes: --evict makes it',
    ],
    ['batch/v1', 'Job', 'no-restart', 'a Job runs once'],
    ['batch/v1', 'CronJob', 'next-run', 'it is not restarted: its next run uses the new content'],
    ['kafka.strimzi.io/v1', 'Kafka', 'no-restart', 'Kafka (kafka.strimzi.io/v1) is a custom kind'],
    ['example.com/v1', 'Deployment', 'no-restart', 'Deployment (example.com/v1) is a custom kind'],
  ])('of %s %s is refused as %s, also with force', (apiVersion, kind, code, reason) => {
    const refusal = findRefusal(ofKind(apiVersion, kind), [], new Set());
    expect(refusal).toMatchObject({ code, reason: expect.stringContaining(reason), mayForce: false });
  });

  test('of a Job that a CronJob made waits for the next run', () => {
    const controller = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'report', uid: 'u' };
    expect(findRefusal(ofKind('batch/v1', 'Job', controller), [], new Set())).toMatchObject({
      code: 'next-run',
      reason: 'it is not restarted: the next run of cronjob/report uses the new content',
    });
  });
});

describe('a missing reference', () => {
  const refuse = (dependency: Partial<Dependency>) => {
    const made = makeDependency(dependency);
    const { workload: _, exists: __, missingKeys: ___, ...use } = made;
    return findRefusal(makeWorkload({ references: [makeUse(use)] }), [made], new Set());
  };

  test('is refused, also with force: the new pods would not start', () => {
    expect(refuse({ exists: false })).toEqual({
      code: 'missing-reference',
      reason: 'configmap/web does not exist: its new pods would not start',
      mayForce: false,
    });
    expect(refuse({ missingKeys: ['LEVEL'] })?.reason).toBe(
      'configmap/web has no key LEVEL: its new pods would not start',
    );
  });

  test.each(['env', 'envFrom', 'volume', 'subPath', 'projected', 'csi'] as const)('matters as %s', (via) => {
    expect(refuse({ via, exists: false })?.code).toBe('missing-reference');
  });

  test.each(['imagePullSecret', 'serviceAccount', 'annotation'] as const)('does no harm as %s', (via) => {
    expect(refuse({ via, exists: false })).toBeNull();
  });

  test('does no harm in a volume that no container mounts', () => {
    expect(refuse({ via: 'volume', container: null, exists: false })).toBeNull();
  });

  test('does no harm where it is optional or nothing is known of it', () => {
    expect(refuse({ exists: false, optional: true })).toBeNull();
    expect(refuse({ exists: null })).toBeNull();
  });

  test('does no harm where only a pod of an older template uses it', () => {
    const workload = makeWorkload({ references: [], pods: [makePod()] });
    expect(findRefusal(workload, [makeDependency({ exists: false })], new Set())).toBeNull();
  });
});

describe('a policy', () => {
  const withPolicy = (policy: Partial<RolloutPolicy>, kind = 'StatefulSet') =>
    makeWorkload({
      ref: makeRef(kind, 'x'),
      policy: {
        replicas: 3,
        paused: false,
        strategy: 'RollingUpdate',
        partition: 0,
        surge: 0,
        unavailable: 1,
        ...policy,
      },
    });

  test('paused is refused, with the way out', () => {
    expect(findRefusal(withPolicy({ paused: true }, 'Deployment'), [], new Set())).toEqual({
      code: 'paused',
      reason: 'it is paused, so no pod would be replaced: kubectl rollout resume deployment/x -n shop',
      mayForce: false,
    });
  });

  test.each(['StatefulSet', 'DaemonSet'])('OnDelete of a %s is refused', (kind) => {
    expect(findRefusal(withPolicy({ strategy: 'OnDelete' }, kind), [], new Set())).toMatchObject({
      code: 'on-delete',
      mayForce: false,
    });
  });

  test('with a partition is refused, and may be forced while it lets some pods through', () => {
    expect(findRefusal(withPolicy({ partition: 2 }), [], new Set())).toEqual({
      code: 'partition',
      reason: 'its partition is 2: 2 of 3 pods would keep the old content',
      mayForce: true,
    });
    expect(findRefusal(withPolicy({ partition: 5 }), [], new Set())).toMatchObject({
      reason: 'its partition is 5: 3 of 3 pods would keep the old content',
      mayForce: false,
    });
  });

  test('that force overrules is a warning of the step', () => {
    const workload = withPolicy({ partition: 2 });
    const input = { workloads: [workload], items: [], targets: { named: [workload.ref] } };
    expect(plan(input)).toMatchObject({ steps: [], skipped: [{ code: 'partition' }] });
    expect(plan({ ...input, force: true })).toMatchObject({
      steps: [{ warnings: ['its partition is 2: 2 of 3 pods would keep the old content'] }],
      skipped: [],
    });
  });
});

test('an immutable config that was created again under its name is refused, and may be forced', () => {
  const dependency = makeDependency();
  const recreated = new Set([objectKey(dependency.config)]);
  expect(findRefusal(makeWorkload(), [dependency], recreated)).toMatchObject({
    code: 'recreated-config',
    mayForce: true,
  });
});

test('of pods that could not be read it is said why none is evicted', () => {
  const unseen = [{ resource: 'pods', kind: 'Pod', namespace: 'shop', message: 'pods is forbidden' }];
  expect(refuseNoPods(makeWorkload(), { unseen })).toEqual({
    code: 'unseen',
    reason: 'its pods could not be read, so none can be evicted: pods is forbidden',
    mayForce: false,
  });
});
