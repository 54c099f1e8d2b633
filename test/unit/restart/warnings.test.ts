import { describe, expect, test } from 'bun:test';
import { findWarnings, readWave } from '../../../src/restart/warnings.ts';
import type { Workload } from '../../../src/types.ts';
import { makeRef, makeWorkload } from '../../support/make-objects.ts';

const THREE = { replicas: 3, paused: false, strategy: 'RollingUpdate', partition: 0 };
const warn = (overrides: Partial<Workload>) => findWarnings(makeWorkload({ policy: THREE, ...overrides }));

describe('a warning', () => {
  test('is not given where there is nothing to know', () => {
    expect(warn({ labels: { 'app.kubernetes.io/instance': 'web', 'app.kubernetes.io/managed-by': 'Helm' } })).toEqual(
      [],
    );
  });

  test('tells of a controller of the workload', () => {
    const controller = { apiVersion: 'example.com/v1', kind: 'Shop', name: 'main', uid: 'u' };
    expect(warn({ controller })).toEqual([
      'shop/main controls this Deployment and may take the restart back: its operator may have a way of its own',
    ]);
  });

  test.each([
    ['Argo CD', { annotations: { 'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:shop/web' } }],
    ['Argo CD', { labels: { 'argocd.argoproj.io/instance': 'web' } }],
    ['Flux', { labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps' } }],
    ['Flux', { labels: { 'helm.toolkit.fluxcd.io/name': 'web' } }],
  ])('tells of %s', (tool, overrides) => {
    expect(warn(overrides)).toEqual([
      `managed by ${tool}: a sync that replaces the annotations of the pod template rolls its pods once more`,
    ]);
  });

  test('tells of one replica, of all pods stopping at once, and not of a workload scaled to none', () => {
    expect(warn({ policy: { ...THREE, replicas: 1 } })[0]).toStartWith('one replica: nothing else serves');
    expect(warn({ ref: makeRef('StatefulSet', 'pg'), policy: { ...THREE, replicas: 1 } })).toEqual([
      'one replica: it is down while its pod restarts',
    ]);
    expect(warn({ policy: { ...THREE, strategy: 'Recreate' } })).toEqual([
      'strategy Recreate: all its pods stop before the new ones start',
    ]);
    expect(warn({ policy: { ...THREE, replicas: 0, strategy: 'Recreate' } })).toEqual([]);
    expect(warn({ ref: makeRef('DaemonSet', 'agent'), policy: { ...THREE, replicas: null } })).toEqual([]);
  });
});

test.each([
  [undefined, 0],
  ['2', 2],
  [' -3 ', -3],
  ['+1', 1],
  ['1.5', 0],
  ['', 0],
  ['99999999999999999999', 0],
])('the wave %p is %p', (text, wave) => {
  expect(readWave({ annotations: text === undefined ? {} : { 'kubectl-reload.dev/wave': text } })).toBe(wave);
});
