import { describe, expect, test } from 'bun:test';
import type { ObjectReference, RolloutEvent } from '../../../src/types.ts';
import { describeSummary } from '../../../src/view/restart-summary.ts';
import { makeRef } from '../../support/make-objects.ts';

const NOTHING = { complete: [], failed: [], underWay: [], halfEvicted: [], notStarted: [] };
const OPTIONS = {
  end: 'reached',
  followed: true,
  program: 'kubectl reload',
  scope: ' -n shop --context c',
  connection: ' --context c',
} as const;

function makeFailed(name: string, overrides: Partial<RolloutEvent> & { configs?: ObjectReference[] } = {}) {
  const counts = { desired: 3, updated: 1, ready: 2, available: 2, old: 2 };
  return {
    time: '2026-01-01T10:00:00Z',
    workload: makeRef('StatefulSet', name),
    phase: 'failed' as const,
    ...counts,
    message: 'it failed',
    reason: 'Error',
    configs: [makeRef('ConfigMap', 'pg')],
    ...overrides,
  };
}

describe('the last lines of a restart', () => {
  test('are none when all went well', () => {
    expect(describeSummary({ ...NOTHING, complete: [makeRef('Deployment', 'web')] }, OPTIONS)).toBe('');
  });

  test('count what was restarted and not followed', () => {
    const underWay = [makeRef('Deployment', 'web')];
    expect(describeSummary({ ...NOTHING, underWay }, { ...OPTIONS, followed: false })).toBe(
      '1 workload restarted, not followed\n',
    );
  });

  test('of a failure say what still runs the old configuration, where to look, and how to go on', () => {
    const suspect = { pod: 'pg-2', container: 'pg', previous: true };
    const outcome = {
      ...NOTHING,
      complete: [makeRef('Deployment', 'web')],
      failed: [makeFailed('pg', { suspect })],
      notStarted: [makeRef('Deployment', 'later')],
    };
    expect(describeSummary(outcome, OPTIONS)).toBe(
      [
        'error: 1 restarted, 1 failed, 1 not started; 2 pods of statefulset/pg still run the old configuration',
        '  kubectl logs pg-2 -c pg --previous -n shop --context c',
        '  kubectl reload diff configmap/pg -n shop --context c',
        '  kubectl reload restart -n shop --context c    goes on where this stopped',
        '',
      ].join('\n'),
    );
  });

  test('of a rollout that was not waited for say how to follow it', () => {
    const failed = [makeFailed('pg', { reason: 'TimedOut', old: 0 })];
    expect(describeSummary({ ...NOTHING, failed }, OPTIONS)).toBe(
      [
        'error: 0 restarted, 1 failed, 0 not started',
        '  kubectl reload rollout-status statefulset/pg -n shop --context c    it goes on in the cluster',
        '  kubectl describe statefulset/pg -n shop --context c',
        '',
      ].join('\n'),
    );
  });

  test('leave out the difference where no pod holds the old content, and the log where no container is to blame', () => {
    expect(describeSummary({ ...NOTHING, failed: [makeFailed('pg', { old: 0 })] }, OPTIONS)).toBe(
      'error: 0 restarted, 1 failed, 0 not started\n  kubectl describe statefulset/pg -n shop --context c\n',
    );
  });

  test('of many failures name some and count the others', () => {
    const failed = Array.from({ length: 9 }, (_, index) => makeFailed(`pg-${index}`, { old: 1, configs: [] }));
    const lines = describeSummary({ ...NOTHING, failed }, OPTIONS).split('\n');
    expect(lines[0]).toEndWith('1 pod of statefulset/pg-4 and 4 more still run the old configuration');
    expect(lines).toHaveLength(8);
    expect(lines.at(-2)).toBe('  and 4 more like these');
  });

  test('of an interruption name what goes on, a command a namespace, and what is half done', () => {
    const outcome = {
      ...NOTHING,
      underWay: [makeRef('Deployment', 'a'), makeRef('Deployment', 'b'), makeRef('Deployment', 'c', 'other')],
      halfEvicted: [makeFailed('pg', { phase: 'progressing', old: 1 })],
    };
    expect(describeSummary(outcome, { ...OPTIONS, end: 'interrupted' })).toBe(
      [
        'interrupted: 0 restarted, 0 failed, 0 not started; 3 rollouts under way go on in the cluster; 1 pod of statefulset/pg still runs the old configuration',
        '  kubectl reload rollout-status deployment/a deployment/b -n shop --context c',
        '  kubectl reload rollout-status deployment/c -n other --context c',
        '  kubectl reload restart -n shop --context c    goes on where this stopped',
        '',
      ].join('\n'),
    );
  });

  test('begin with an error when the server was lost', () => {
    const text = describeSummary({ ...NOTHING, underWay: [makeRef('Deployment', 'a')] }, { ...OPTIONS, end: 'lost' });
    expect(text).toStartWith(
      'error: 0 restarted, 0 failed, 0 not started; 1 rollout under way goes on in the cluster\n',
    );
  });

  test('show control characters of names as what they are', () => {
    const suspect = { pod: 'pg\x1b[2J', container: 'pg', previous: false };
    const text = describeSummary({ ...NOTHING, failed: [makeFailed('pg', { suspect })] }, OPTIONS);
    expect(text).not.toContain('\x1b');
  });
});
