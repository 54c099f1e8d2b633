import { describe, expect, test } from 'bun:test';
import { findWarnings, readWave } from '../../../src/restart/warnings.ts';
import type { RestartStep, Workload } from '../../../src/types.ts';
import { makeRef, makeWorkload } from '../../support/make-objects.ts';

const THREE = { replicas: 3, paused: false, strategy: 'RollingUpdate', partition: 0, surge: 1, unavailable: 0 };
const DONE = { observed: true, desired: 3, total: 3, updated: 3, available: 3 };
const warn = (overrides: Partial<Workload>, action: RestartStep['action'] = 'patch') =>
  findWarnings(makeWorkload({ policy: THREE, progress: DONE, ...overrides }), action);

describe('a warning', () => {
  test('is not given where there is nothing to know', () => {
    expect(warn({ labels: { 'app.kubernetes.io/instance': 'web', 'app.kubernetes.io/managed-by': 'Helm' } })).toEqual(
      [],
    );
  });

  test('tells of a controller of the workload, unless its template stays as it is', () => {
    const controller = { apiVersion: 'example.com/v1', kind: 'Shop', name: 'main', uid: 'u' };
    expect(warn({ controller })).toEqual([
      'shop/main controls this Deployment and may take the restart back: --evict leaves the template as it is, or its operator has a way of its own',
    ]);
    expect(warn({ controller }, 'evict')).toEqual([]);
  });

  test.each([
    [{ annotations: { 'argocd.argoproj.io/tracking-id': 'web:apps/Deployment:shop/web' } }],
    [{ labels: { 'argocd.argoproj.io/instance': 'web' } }],
  ])('tells of Argo CD by %p', (overrides) => {
    const note =
      'managed by Argo CD: a sync with Replace=true would roll its pods once more; --evict leaves the template as it is';
    expect(warn(overrides)).toEqual([note]);
    expect(warn(overrides, 'evict')).toEqual([]);
  });

  test.each([['Replace=true'], ['ServerSideApply=false, Replace=true']])(
    'tells that Argo CD will replace it, by the sync options %p',
    (options) => {
      expect(warn({ annotations: { 'argocd.argoproj.io/sync-options': options } })).toEqual([
        'Argo CD replaces it as a whole (sync option Replace=true): the next sync rolls its pods once more, unless you use --evict',
      ]);
    },
  );

  test.each([
    [{ 'kustomize.toolkit.fluxcd.io/name': 'apps' }],
    [{ 'helm.toolkit.fluxcd.io/name': 'web' }],
    [{ 'app.kubernetes.io/managed-by': 'Helm' }],
  ])('is not given for what keeps the restart: %p', (labels) => {
    expect(warn({ labels })).toEqual([]);
  });

  test('tells of one replica that is down meanwhile, and of one that Kubernetes replaces before', () => {
    const one = { ...THREE, replicas: 1 };
    expect(warn({ policy: one })).toEqual([
      'one replica: the old pod goes as soon as Kubernetes calls the new one ready',
    ]);
    const down = ['one replica: it is down while its pod is replaced'];
    expect(warn({ policy: { ...one, surge: 0, unavailable: 1 } })).toEqual(down);
    expect(warn({ policy: one }, 'evict')).toEqual(down);
    expect(warn({ ref: makeRef('StatefulSet', 'pg'), policy: { ...one, surge: 0, unavailable: 1 } })).toEqual(down);
    expect(warn({ ref: makeRef('DaemonSet', 'agent'), policy: { ...THREE, replicas: null } })).toEqual([]);
  });

  test('tells of all pods stopping at once, which evictions do not do', () => {
    const policy = { ...THREE, strategy: 'Recreate' };
    expect(warn({ policy })).toEqual(['strategy Recreate: all its pods stop before the new ones start']);
    expect(warn({ policy }, 'evict')).toEqual([]);
  });

  test('tells of a workload that is scaled to 0, and nothing more of its pods', () => {
    const progress = { observed: true, desired: 0, total: 0, updated: 0, available: 0 };
    expect(warn({ policy: { ...THREE, replicas: 0, strategy: 'Recreate' }, progress, unprobed: ['app'] })).toEqual([
      'scaled to 0: no pod is replaced, those that start later have the new content',
    ]);
  });

  test.each([
    [{ observed: false }, 'a rollout is already under way: its controller has not yet seen the last change'],
    [{ updated: 1 }, 'a rollout is already under way: 1 of 3 pods updated'],
    [{ total: 4 }, 'a rollout is already under way: 1 old pod still there'],
    [{ available: 2 }, 'not healthy now: 2 of 3 pods available'],
  ])('tells of a rollout that stands at %p', (progress, text) => {
    expect(warn({ progress: { ...DONE, ...progress } })).toEqual([text]);
  });

  test('does not take for a rollout what is held back, or what nobody knows of', () => {
    const progress = { ...DONE, updated: 0 };
    for (const held of [{ paused: true }, { partition: 2 }, { strategy: 'OnDelete' }]) {
      expect(warn({ progress, policy: { ...THREE, ...held } })).toEqual([]);
    }
    expect(warn({ progress: null })).toEqual([]);
  });

  test('tells of containers without a readiness probe', () => {
    expect(warn({ unprobed: ['app'] })).toEqual([
      'container app has no readiness probe: Kubernetes calls a new pod ready once it runs; --soak watches it for longer',
    ]);
    expect(warn({ unprobed: ['app', 'proxy'] })[0]).toStartWith('containers app, proxy have no readiness probe');
  });

  test('of a restart that is only followed is given for nothing but its wave', () => {
    const annotations = { 'kubectl-reload.dev/wave': 'x', 'argocd.argoproj.io/tracking-id': 'y' };
    expect(warn({ annotations, unprobed: ['app'], progress: { ...DONE, updated: 0 } }, 'wait')).toEqual([
      'kubectl-reload.dev/wave is "x", which is no whole number: it goes in wave 0',
    ]);
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
