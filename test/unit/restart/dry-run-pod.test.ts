import { expect, test } from 'bun:test';
import { makeDryRunPod } from '../../../src/restart/dry-run-pod.ts';
import { makeRef } from '../../support/make-objects.ts';

const template = {
  metadata: { labels: { app: 'web' }, annotations: { 'kubectl.kubernetes.io/restartedAt': 'T' }, name: 'ignored' },
  spec: { containers: [{ name: 'app' }], volumes: [{ name: 'conf' }, { name: 'data', emptyDir: {} }] },
};

test('is what the template says, with a name that the server completes', () => {
  const object = { spec: { template } };
  expect(makeDryRunPod(object, makeRef('Deployment', 'web'))).toEqual({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName: 'web-',
      labels: { app: 'web' },
      annotations: { 'kubectl.kubernetes.io/restartedAt': 'T' },
    },
    spec: template.spec,
  });
});

test('of a StatefulSet has the volumes of its claims, as its controller adds them', () => {
  const object = { spec: { template, volumeClaimTemplates: [{ metadata: { name: 'data' } }] } };
  expect(makeDryRunPod(object, makeRef('StatefulSet', 'pg'))).toMatchObject({
    spec: { volumes: [{ name: 'conf' }, { name: 'data', persistentVolumeClaim: { claimName: 'data-pg-0' } }] },
  });
});

test('is none where the object has no template of its own', () => {
  const rollout = { ...makeRef('Rollout', 'web'), apiVersion: 'argoproj.io/v1alpha1' };
  expect(makeDryRunPod({ spec: { workloadRef: { name: 'web' } } }, rollout)).toBeNull();
});
