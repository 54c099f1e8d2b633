import { describe, expect, test } from 'bun:test';
import { findKind, findKindOf, listPath, objectPath, RESOURCE_KINDS, suggestKind } from '../../../src/objects/kinds.ts';

describe('findKind', () => {
  test.each([
    ['deploy deployment deployments Deployments DEPLOY deployments.apps deployment.v1.apps', 'Deployment'],
    ['sts statefulset statefulsets', 'StatefulSet'],
    ['ds daemonset daemonsets', 'DaemonSet'],
    ['rs replicaset replicasets', 'ReplicaSet'],
    ['rc replicationcontroller replicationcontrollers', 'ReplicationController'],
    ['job jobs jobs.batch', 'Job'],
    ['cj cronjob cronjobs cronjobs.v1.batch', 'CronJob'],
    ['po pod pods pods.v1.', 'Pod'],
    ['ro rollout rollouts rollouts.argoproj.io rollout.v1alpha1.argoproj.io', 'Rollout'],
    ['dc deploymentconfig deploymentconfigs.apps.openshift.io', 'DeploymentConfig'],
    ['cm configmap configmaps ConfigMaps', 'ConfigMap'],
    ['secret secrets', 'Secret'],
    ['sa serviceaccount serviceaccounts', 'ServiceAccount'],
  ])('%s', (words, kind) => {
    for (const word of words.split(' ')) expect([word, findKind(word)?.kind]).toEqual([word, kind]);
  });

  test('a word of another group or version, or of nobody, names nothing', () => {
    for (const word of [
      'deployments.extensions',
      'deployment.v1beta1.apps',
      'pods.apps',
      'svc',
      '',
      '.',
      'constructor',
    ]) {
      expect([word, findKind(word)]).toEqual([word, undefined]);
    }
  });

  test('no word names two kinds', () => {
    const words = RESOURCE_KINDS.flatMap(({ plural, singular, shortNames }) => [plural, singular, ...shortNames]);
    expect(new Set(words).size).toBe(words.length);
  });
});

test('findKindOf takes any version of the group', () => {
  expect(findKindOf('batch/v1beta1', 'CronJob')?.apiVersion).toBe('batch/v1');
  expect(findKindOf('serving.knative.dev/v1', 'Deployment')).toBeUndefined();
  expect(findKindOf('v1', 'Deployment')).toBeUndefined();
});

test('paths are those of the API, with names escaped', () => {
  const [deployment, configMap] = [findKind('deploy'), findKind('cm')];
  if (deployment === undefined || configMap === undefined) throw new Error('the table lacks them');
  expect(listPath(deployment, 'shop')).toBe('/apis/apps/v1/namespaces/shop/deployments');
  expect(listPath(deployment, '')).toBe('/apis/apps/v1/deployments');
  expect(objectPath(configMap, { namespace: 'shop', name: 'a/../b' })).toBe(
    '/api/v1/namespaces/shop/configmaps/a%2F..%2Fb',
  );
});

test('a mistyped kind finds its neighbour, a stranger none', () => {
  expect(suggestKind('deploment')).toBe('deployments');
  expect(suggestKind('Configmpas')).toBe('configmaps');
  expect(suggestKind('secrte')).toBe('secrets');
  expect(suggestKind('svc')).toBeUndefined();
  expect(suggestKind('ingress')).toBeUndefined();
});
