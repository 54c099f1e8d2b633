import { describe, expect, test } from 'bun:test';
import { findImpact, findRenameImpact } from '../../../src/diff/impact.ts';
import type { ConfigRef, DiffChange, Workload } from '../../../src/types.ts';
import {
  makeDependency,
  makeGraph,
  makeInstance,
  makePod,
  makeRef,
  makeUse,
  makeWorkload,
} from '../../support/make-objects.ts';

/** What a change does to one workload with these uses. */
function impactOf(uses: Partial<ConfigRef>[], changes: Record<string, DiffChange>, overrides: Partial<Workload> = {}) {
  const references = uses.map(makeUse);
  const workload = makeWorkload({ references, pods: [makePod({ references })], ...overrides });
  const graph = makeGraph({ workloads: [workload], dependencies: references.map(makeDependency) });
  const [impact] = findImpact(graph, makeRef('ConfigMap', 'web'), new Map(Object.entries(changes)));
  return impact && [impact.action, impact.breaks, impact.reason];
}

const ENV = { keys: ['LEVEL'] };
const ENV_FROM = { via: 'envFrom', keys: null, at: '*' } as const;
const VOLUME = { via: 'volume', keys: null, at: '/etc/web' } as const;
const SUB_PATH = { via: 'subPath' as const, keys: ['app.conf'], at: '/etc/app.conf' };

describe('what a change does to a workload', () => {
  test('content that is fixed at the start needs a restart', () => {
    expect(impactOf([ENV], { LEVEL: 'changed' })).toEqual(['restart', false, 'env LEVEL: old content until a restart']);
    expect(impactOf([ENV, ENV_FROM, SUB_PATH], { LEVEL: 'changed', 'app.conf': 'changed' })).toEqual([
      'restart',
      false,
      'env LEVEL, envFrom, /etc/app.conf (subPath): old content until a restart',
    ]);
  });

  test('mounted files come by themselves', () => {
    const reason = 'new files within 90 s, and a restart if it does not read them again';
    expect(impactOf([VOLUME], { other: 'added' })).toEqual(['refresh', false, `/etc/web: ${reason}`]);
  });

  test('a workload that reads its files again needs nothing more', () => {
    const annotations = { 'kubectl-reload.dev/rereads': 'true' };
    const reason = '/etc/web: new files within 90 s, and it reads them again';
    expect(impactOf([VOLUME], { other: 'changed' }, { annotations })).toEqual(['refresh', false, reason]);
  });

  test('the strongest of several uses decides', () => {
    expect(impactOf([VOLUME, ENV], { LEVEL: 'changed' })?.[0]).toBe('restart');
    expect(impactOf([VOLUME, ENV], { other: 'changed' })?.[0]).toBe('refresh');
  });

  test('keys that it does not use do nothing', () => {
    expect(impactOf([ENV], { other: 'changed' })).toEqual(['none', false, 'it uses only LEVEL']);
    expect(impactOf([ENV_FROM], {})).toEqual(['none', false, 'no key changes']);
  });

  test('a required key that goes away breaks its next start', () => {
    const reason = 'env LEVEL: its next start will fail for want of LEVEL';
    expect(impactOf([ENV], { LEVEL: 'removed' })).toEqual(['restart', true, reason]);
    expect(impactOf([ENV, VOLUME], { LEVEL: 'removed' })).toEqual(['restart', true, reason]);
    expect(impactOf([ENV], { LEVEL: 'removed' }, { pods: [] })).toEqual(['none', true, reason]);
  });

  test('one that is optional, or one of all keys, does not', () => {
    expect(impactOf([{ ...ENV, optional: true }], { LEVEL: 'removed' })?.slice(0, 2)).toEqual(['restart', false]);
    expect(impactOf([ENV_FROM], { LEVEL: 'removed' })?.slice(0, 2)).toEqual(['restart', false]);
  });

  test('without a container that runs there is nothing to restart', () => {
    const reason = 'no container runs it now, and the next one starts with the new content';
    expect(impactOf([ENV], { LEVEL: 'changed' }, { pods: [] })).toEqual(['none', false, reason]);
    const waiting = makePod({ containers: [makeInstance({ startedAt: null, running: false })] });
    expect(impactOf([ENV], { LEVEL: 'changed' }, { pods: [waiting] })).toEqual(['none', false, reason]);
  });

  test('a pull secret is held by no container', () => {
    const pull = { via: 'imagePullSecret', keys: null, container: null, at: 'imagePullSecrets' } as const;
    expect(impactOf([pull], { '.dockerconfigjson': 'changed' })).toEqual([
      'none',
      false,
      'pull secret: no container holds any of it',
    ]);
  });

  test('who does not use it is not named', () => {
    expect(impactOf([{ config: makeRef('ConfigMap', 'other') }], { LEVEL: 'changed' })).toBeUndefined();
    expect(impactOf([{ config: makeRef('Secret', 'web') }], { LEVEL: 'changed' })).toBeUndefined();
  });
});

test('a new name rolls those whose template takes it, and leaves the others', () => {
  const [from, to] = [makeRef('ConfigMap', 'web-2222222222'), makeRef('ConfigMap', 'web-bbbbbbbbbb')];
  const use = makeUse({ config: from });
  const names = ['web', 'api'];
  const graph = makeGraph({
    dependencies: names.map((name) => makeDependency({ ...use, workload: makeRef('Deployment', name) })),
  });
  const moved = makeWorkload({ references: [makeUse({ config: to })] });
  expect(findRenameImpact(graph, [moved], { from, to })).toEqual([
    {
      workload: makeRef('Deployment', 'api'),
      action: 'none',
      breaks: false,
      reason: 'it goes on to use web-2222222222',
    },
    {
      workload: makeRef('Deployment', 'web'),
      action: 'restart',
      breaks: false,
      reason: 'its template names web-bbbbbbbbbb',
    },
  ]);
});
