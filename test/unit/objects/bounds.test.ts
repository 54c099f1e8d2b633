import { expect, test } from 'bun:test';
import { projectAutoscaler, projectBudget, projectQuota } from '../../../src/objects/bounds.ts';

const metadata = { name: 'x', namespace: 'shop' };

test('a disruption budget tells how many pods may go now, and how many if all were well', () => {
  const status = { disruptionsAllowed: 0, expectedPods: 5, desiredHealthy: 4, currentHealthy: 4 };
  expect(projectBudget({ metadata, spec: { selector: { matchLabels: { app: 'web' } } }, status })).toEqual({
    ref: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', namespace: 'shop', name: 'x' },
    selector: [{ key: 'app', operator: 'In', values: ['web'] }],
    allowed: 0,
    most: 1,
  });
  expect(projectBudget({ metadata, status: { expectedPods: 2, desiredHealthy: 3 } })).toMatchObject({
    selector: null,
    most: 0,
  });
  expect(projectBudget({ metadata, spec: {} }).most).toBeNull();
});

test('an autoscaler tells what it scales, one pod at least where it does not say', () => {
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' };
  expect(projectAutoscaler({ metadata, spec: { scaleTargetRef } })).toEqual({
    ref: { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', namespace: 'shop', name: 'x' },
    target: { ...scaleTargetRef, namespace: 'shop' },
    minReplicas: 1,
  });
  expect(projectAutoscaler({ metadata, spec: { minReplicas: 0 } }).minReplicas).toBe(0);
});

test('a quota tells what it bounds and how much of it is used, in numbers and in its own words', () => {
  const status = {
    hard: { pods: '3', 'requests.cpu': '1', 'limits.memory': 'x' },
    used: { pods: '2', 'requests.cpu': '250m' },
  };
  expect(projectQuota({ metadata, spec: { scopes: ['NotTerminating'] }, status })).toEqual({
    ref: { apiVersion: 'v1', kind: 'ResourceQuota', namespace: 'shop', name: 'x' },
    scopes: ['NotTerminating'],
    amounts: [
      { resource: 'pods', hard: 3, used: 2, text: '2 of 3' },
      { resource: 'requests.cpu', hard: 1, used: 0.25, text: '250m of 1' },
    ],
  });
  const scopeSelector = { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'In', values: ['high'] }] };
  expect(projectQuota({ metadata, spec: { scopeSelector } })).toMatchObject({ scopes: ['PriorityClass'], amounts: [] });
});

test('what has the wrong shape bounds nothing', () => {
  for (const raw of [null, 'x', [], { spec: 'x', status: [] }]) {
    expect(projectBudget(raw)).toMatchObject({ selector: null, allowed: 0, most: null });
    expect(projectQuota(raw).amounts).toEqual([]);
    expect(projectAutoscaler(raw).target.name).toBe('');
  }
});
