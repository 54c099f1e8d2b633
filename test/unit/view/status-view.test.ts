import { describe, expect, test } from 'bun:test';
import type { StatusItem } from '../../../src/types.ts';
import { summarizeStatus } from '../../../src/view/status-summary.ts';
import { renderStatusTable } from '../../../src/view/status-table.ts';
import { makeStyles } from '../../../src/view/style.ts';
import { makeRef, makeUse } from '../../support/make-objects.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');

function makeItem(overrides: Partial<StatusItem> = {}): StatusItem {
  const pod = {
    name: 'web-1',
    state: 'stale' as const,
    evidence: 'time' as const,
    startedAt: '2026-01-01T10:00:00Z',
    reason: 'why',
  };
  return {
    ...makeUse(),
    workload: makeRef('Deployment', 'web'),
    state: 'stale',
    evidence: 'time',
    reason: 'why',
    changedAt: '2026-01-01T11:48:00Z',
    changedBy: 'kubectl-edit',
    changedKeys: ['LEVEL'],
    pods: [pod, { ...pod, name: 'web-2', state: 'current' }],
    ...overrides,
  };
}

const context = {
  unmatched: '',
  workloads: 41,
  namespace: 'shop',
  diff: 'kubectl reload diff',
  deep: 'kubectl reload status --deep',
  restart: 'kubectl reload restart',
};

describe('status', () => {
  test('is a table with the pods in the state of the row, the age of the change and who made it', () => {
    const broken = makeItem({
      workload: makeRef('CronJob', 'report'),
      config: makeRef('Secret', 'smtp'),
      state: 'missing',
      changedAt: null,
      changedBy: null,
      pods: [],
    });
    expect(
      renderStatusTable([makeItem(), broken], {
        wide: false,
        showNamespace: false,
        headers: true,
        now: NOON,
        styles: makeStyles(false),
      }),
    ).toBe(
      `WORKLOAD        CONTAINER  CONFIG         USED AS    STATE    PODS  CHANGED  BY
deployment/web  app        configmap/web  env LEVEL  stale    1/2   12m      kubectl-edit
cronjob/report  app        secret/smtp    env LEVEL  missing  -     -        -
`,
    );
  });

  test('ends with the count and the command that mends it', () => {
    const items = [
      makeItem(),
      makeItem({ at: 'OTHER' }),
      makeItem({ workload: makeRef('StatefulSet', 'pg'), state: 'missing' }),
    ];
    expect(summarizeStatus(items, context)).toBe(
      `1 of 41 workloads runs old configuration, 1 reference is broken.
  kubectl reload diff       what changed
  kubectl reload restart    restart deployment/web
`,
    );
  });

  test('offers a look into the containers for what cannot be told, unless they were looked into', () => {
    const unsure = [makeItem({ state: 'unknown' })];
    expect(summarizeStatus(unsure, context)).toBe(
      `Of 1 workload it cannot be told.
  kubectl reload status --deep    look into the containers
  kubectl reload restart          restart deployment/web
`,
    );
    expect(summarizeStatus(unsure, { ...context, deep: '' })).not.toContain('--deep');
  });

  test('offers no restart for what a restart would not mend', () => {
    expect(summarizeStatus([makeItem({ state: 'missing' })], context)).toBe('1 reference is broken.\n');
    expect(summarizeStatus([makeItem({ state: 'pending' })], context)).toBe(
      '1 workload will see the change within 90 s.\n',
    );
  });

  test('offers no restart that `restart` would not do: what is optional and absent can never be told', () => {
    const absent = [makeItem({ state: 'unknown' })];
    expect(summarizeStatus(absent, { ...context, decisive: [] })).toBe(
      'Of 1 workload it cannot be told.\n  kubectl reload status --deep    look into the containers\n',
    );
  });

  test('has one friendly line when there is nothing to say', () => {
    expect(summarizeStatus([makeItem({ state: 'current' })], context)).toBe(
      'Every container runs the configuration that the cluster holds now.\n',
    );
    expect(summarizeStatus([], { ...context, workloads: 0 })).toBe('No workloads found in namespace shop.\n');
    expect(summarizeStatus([], { ...context, unmatched: 'there is no \u202ests in namespace shop' })).toBe(
      'There is no \\u202ests in namespace shop.\n',
    );
    expect(summarizeStatus([], { ...context })).toBe('No container uses a ConfigMap or Secret here.\n');
  });
});
