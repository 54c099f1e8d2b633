import { describe, expect, test } from 'bun:test';
import type { DiffImpact, DiffItem, DiffKey, State } from '../../../src/types.ts';
import { renderImpact } from '../../../src/view/diff-impact.ts';
import { isDifferent, renderDoubts, summarizeRunning } from '../../../src/view/diff-summary.ts';
import { makeStyles } from '../../../src/view/style.ts';
import { makeRef } from '../../support/make-objects.ts';

const key = (name: string, change: DiffKey['change'], note = ''): DiffKey => ({
  key: name,
  change,
  diff: '',
  note,
  changedAt: null,
  changedBy: null,
});

const makeItem = (
  keys: DiffKey[],
  { state = 'stale' as State, name = 'web', impact = [] as DiffImpact[] } = {},
): DiffItem => ({
  config: makeRef('ConfigMap', name),
  from: { source: 'running', evidence: 'history', name, exists: true, file: '' },
  to: { source: 'cluster', evidence: null, name, exists: true, file: '' },
  workloads: [
    { ...makeRef('Deployment', 'web'), state, pods: [{ name: 'web-1', containers: ['app'] }], partial: false },
  ],
  fields: [],
  keys,
  impact,
});

const CONTEXT = { workloads: 3, where: 'in namespace shop', unmatched: '', restart: 'kubectl reload restart' };

describe('the last lines', () => {
  test('count what differs and say what mends it', () => {
    expect(summarizeRunning([makeItem([key('A', 'changed')])], CONTEXT)).toBe(
      '1 config differs from what 1 workload runs.\n  kubectl reload restart    restart deployment/web\n',
    );
    const two = [makeItem([key('A', 'changed')]), makeItem([key('B', 'added')], { name: 'b' })];
    expect(summarizeRunning(two, CONTEXT)).toStartWith('2 configs differ from what 1 workload runs.\n');
  });

  test('advise no restart that would fail or is not needed', () => {
    for (const state of ['missing', 'pending'] as const) {
      expect(summarizeRunning([makeItem([key('A', 'changed')], { state })], CONTEXT)).toBe(
        '1 config differs from what 1 workload runs.\n',
      );
    }
  });

  test('say that all is well, or that there is nothing', () => {
    expect(summarizeRunning([], CONTEXT)).toBe('Every container runs the configuration that the cluster holds now.\n');
    const unmatched = 'no workload in namespace shop matches the selector app=web';
    expect(summarizeRunning([], { ...CONTEXT, unmatched })).toBe(
      'No workload in namespace shop matches the selector app=web.\n',
    );
    expect(summarizeRunning([], { ...CONTEXT, workloads: 0 })).toBe('No workloads found in namespace shop.\n');
    expect(summarizeRunning([makeItem([key('A', 'unknown')])], CONTEXT)).toBe('');
  });
});

describe('what cannot be told', () => {
  test('is one line for each reason', () => {
    const item = makeItem([key('A', 'unknown', 'forgotten'), key('B', 'unknown', 'forgotten'), key('C', 'changed')]);
    expect(renderDoubts([item], false)).toBe(
      'cannot tell: configmap/web A and B in 1 pod of deployment/web: forgotten\n',
    );
  });

  test('names no keys where all are meant, and few where there are many', () => {
    expect(renderDoubts([makeItem([key('*', 'unknown', 'unread')])], true)).toBe(
      'cannot tell: shop/configmap/web in 1 pod of shop/deployment/web: unread\n',
    );
    const many = Array.from({ length: 10_000 }, (_, index) => key(`K${index}`, 'unknown', 'forgotten'));
    expect(renderDoubts([makeItem(many)], false)).toContain('K19 and 9980 more in 1 pod');
    const items = Array.from({ length: 30 }, () => makeItem([key('A', 'unknown', 'x\x1b[2J')]));
    const lines = renderDoubts(items, false).trimEnd().split('\n');
    expect([lines.length, lines.at(-1), lines[0]?.endsWith('x\\x1b[2J')]).toEqual([
      21,
      'and 10 more: see -o json',
      true,
    ]);
  });
});

test('different is what is known to be', () => {
  const same = makeItem([]);
  const manifest = { ...same, from: { ...same.from, source: 'cluster' as const } };
  expect(isDifferent(makeItem([key('A', 'unknown')]))).toBe(false);
  expect(isDifferent(makeItem([key('A', 'unknown'), key('B', 'removed')]))).toBe(true);
  expect(isDifferent({ ...manifest, from: { ...manifest.from, exists: false } })).toBe(true);
  expect(isDifferent({ ...manifest, from: { ...manifest.from, name: 'old' } })).toBe(true);
  expect(isDifferent({ ...manifest, fields: [{ field: 'immutable', from: 'false', to: 'true' }] })).toBe(true);
});

test('the impact is a table', () => {
  const impact: DiffImpact[] = [
    {
      workload: makeRef('Deployment', 'web'),
      action: 'restart',
      breaks: false,
      reason: 'env A: old content until a restart',
    },
    { workload: makeRef('StatefulSet', 'db'), action: 'none', breaks: false, reason: 'it uses only B' },
  ];
  const options = { showNamespace: false, headers: true, styles: makeStyles(false) };
  expect(renderImpact([makeItem([], { impact })], options)).toBe(
    [
      'WORKLOAD        ACTION   CONFIG         WHY',
      'deployment/web  restart  configmap/web  env A: old content until a restart',
      'statefulset/db  none     configmap/web  it uses only B',
      '',
    ].join('\n'),
  );
  expect(renderImpact([makeItem([])], options)).toBe('');
  expect(renderImpact([makeItem([], { impact })], { ...options, showNamespace: true })).toStartWith(
    'NAMESPACE  WORKLOAD',
  );
});
