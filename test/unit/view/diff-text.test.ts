import { describe, expect, test } from 'bun:test';
import type { DiffHolder, DiffItem, DiffKey } from '../../../src/types.ts';
import { renderDiff } from '../../../src/view/diff-text.ts';
import { makeStyles } from '../../../src/view/style.ts';
import { makeRef } from '../../support/make-objects.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');

const makeKey = (overrides: Partial<DiffKey> = {}): DiffKey => ({
  key: 'LOG_LEVEL',
  change: 'changed',
  diff: '@@ -1 +1 @@\n-info\n+debug',
  note: '',
  changedAt: '2026-01-01T11:48:00Z',
  changedBy: 'kubectl-edit',
  ...overrides,
});

const makeHolder = (overrides: Partial<DiffHolder> = {}): DiffHolder => ({
  ...makeRef('Deployment', 'web'),
  state: 'stale',
  pods: ['web-1', 'web-2', 'web-3'].map((name) => ({ name, containers: ['app'] })),
  partial: false,
  ...overrides,
});

const makeItem = (overrides: Partial<DiffItem> = {}): DiffItem => ({
  config: makeRef('ConfigMap', 'web'),
  from: { source: 'running', evidence: 'history', name: 'web', exists: true, file: '' },
  to: { source: 'cluster', evidence: null, name: 'web', exists: true, file: '' },
  workloads: [makeHolder()],
  fields: [],
  keys: [makeKey()],
  impact: [],
  ...overrides,
});

const makeFileItem = (overrides: Partial<DiffItem> = {}): DiffItem =>
  makeItem({
    from: { source: 'cluster', evidence: null, name: 'web', exists: true, file: '' },
    to: { source: 'manifest', evidence: null, name: 'web', exists: true, file: 'web.yaml' },
    workloads: [],
    ...overrides,
  });

const render = (items: DiffItem[], options: { showNamespace?: boolean; color?: boolean } = {}) =>
  renderDiff(items, {
    showNamespace: options.showNamespace === true,
    now: NOW,
    styles: makeStyles(options.color === true),
  });
const heads = (item: DiffItem) => render([item]).split('\n').slice(0, 2);

test('a key that running containers hold otherwise', () => {
  expect(render([makeItem()])).toBe(
    [
      '--- configmap/web LOG_LEVEL  as 3 pods of deployment/web run it',
      '+++ configmap/web LOG_LEVEL  now, written 12m ago by kubectl-edit',
      '@@ -1 +1 @@',
      '-info',
      '+debug',
      '',
    ].join('\n'),
  );
});

test('a key of a manifest', () => {
  expect(heads(makeFileItem())).toEqual([
    '--- configmap/web LOG_LEVEL  now, written 12m ago by kubectl-edit',
    '+++ configmap/web LOG_LEVEL  as web.yaml has it',
  ]);
});

describe('the two lines above say', () => {
  test('when a key is new or gone', () => {
    const added = makeKey({ change: 'added' });
    const removed = makeKey({ change: 'removed', changedAt: null, changedBy: null });
    expect(heads(makeItem({ keys: [added] }))[0]).toEndWith('as 3 pods of deployment/web run without it');
    expect(heads(makeItem({ keys: [removed] }))[1]).toEndWith('now, no longer there');
    expect(heads(makeFileItem({ keys: [added] }))[0]).toEndWith('LOG_LEVEL  not there now');
    expect(heads(makeFileItem({ keys: [removed] }))).toEqual([
      '--- configmap/web LOG_LEVEL  now',
      '+++ configmap/web LOG_LEVEL  gone, once web.yaml is applied',
    ]);
  });

  test('when the config was deleted', () => {
    const to = { ...makeItem().to, exists: false };
    expect(heads(makeItem({ to, keys: [makeKey({ change: 'removed' })] }))[1]).toBe(
      '+++ configmap/web LOG_LEVEL  now, deleted',
    );
  });

  test('that the files came after the start of the process', () => {
    const workloads = [makeHolder({ state: 'refreshed' })];
    expect(heads(makeItem({ workloads }))[0]).toEndWith('as 3 pods of deployment/web found it when starting');
    expect(heads(makeItem({ workloads, keys: [makeKey({ change: 'added' })] }))[0]).toEndWith(
      'did not find it when starting',
    );
  });

  test('which containers of a pod are meant where others hold something else', () => {
    expect(heads(makeItem({ workloads: [makeHolder({ partial: true })] }))[0]).toEndWith(
      'as container app of 3 pods of deployment/web runs it',
    );
    const pods = [{ name: 'web-1', containers: ['app', 'side'] }];
    expect(heads(makeItem({ workloads: [makeHolder({ partial: true, pods })] }))[0]).toEndWith(
      'as containers app and side of 1 pod of deployment/web run it',
    );
  });

  test('all who hold the same, a pod without an owner once', () => {
    const pod = { ...makeHolder(), ...makeRef('Pod', 'probe'), pods: [{ name: 'probe', containers: ['app'] }] };
    expect(heads(makeItem({ workloads: [pod] }))[0]).toEndWith('as pod/probe runs it');
    expect(heads(makeItem({ workloads: [makeHolder(), pod] }))[0]).toEndWith(
      'as 3 pods of deployment/web and pod/probe run it',
    );
    const many = Array.from({ length: 9 }, (_, index) => ({ ...makeHolder(), name: `web-${index}` }));
    expect(heads(makeItem({ workloads: many }))[0]).toEndWith('3 pods of deployment/web-4 and 4 more run it');
  });

  test('that the old value is only likely', () => {
    const from = { ...makeItem().from, evidence: 'lastApplied' as const };
    expect(heads(makeItem({ from }))[0]).toEndWith('run it, most likely: it is what the last kubectl apply wrote');
  });

  test('the namespace where several are shown', () => {
    expect(render([makeItem()], { showNamespace: true })).toStartWith(
      '--- shop/configmap/web LOG_LEVEL  as 3 pods of shop/deployment/web run it\n+++ shop/configmap/web LOG_LEVEL  now',
    );
  });

  test('the old and the new name of a config with a hash in its name', () => {
    const [from, to] = [
      { ...makeFileItem().from, name: 'web-22' },
      { ...makeFileItem().to, name: 'web-44' },
    ];
    expect(heads(makeFileItem({ from, to })).map((line) => line.split('  ')[0])).toEqual([
      '--- configmap/web-22 LOG_LEVEL',
      '+++ configmap/web-44 LOG_LEVEL',
    ]);
    expect(render([makeFileItem({ from, to, keys: [] })])).toEndWith('no key differs\n');
  });
});

test('a note stands in place of lines', () => {
  const keys = [makeKey({ diff: '', note: 'binary, 12 bytes -> 15 bytes' })];
  expect(render([makeItem({ keys })]).split('\n')[2]).toBe('binary, 12 bytes -> 15 bytes');
});

test('what may differ is no part of it', () => {
  expect(render([makeItem({ keys: [makeKey({ change: 'unknown', diff: '', note: 'forgotten' })] })])).toBe('');
});

test('fields beside the keys come first', () => {
  const text = render([makeFileItem({ fields: [{ field: 'immutable', from: 'false', to: 'true' }] })]);
  expect(text).toStartWith(
    '--- configmap/web  now\n+++ configmap/web  as web.yaml has it\n-immutable: false\n+immutable: true\n--- configmap/web LOG_LEVEL',
  );
});

test('an empty config that is new is named', () => {
  const from = { ...makeFileItem().from, exists: false };
  expect(render([makeFileItem({ from, keys: [] })])).toBe(
    '--- configmap/web  not there now\n+++ configmap/web  as web.yaml has it\nit is new, and empty\n',
  );
});

test('nothing of a value reaches the terminal as a command, and carriage returns show', () => {
  const diff = '@@ -1,2 +1,2 @@\n-a\r\n-\x1b[2J\n+a\n+\tb\n+\u202egpj\x9b';
  const text = render([makeItem({ keys: [makeKey({ key: 'k\x1b[31m', diff, changedBy: 'me\x07' })] })]);
  expect(text.split('\n').slice(0, -1)).toEqual([
    '--- configmap/web k\\x1b[31m  as 3 pods of deployment/web run it',
    '+++ configmap/web k\\x1b[31m  now, written 12m ago by me\\x07',
    '@@ -1,2 +1,2 @@',
    '-a\\r',
    '-\\x1b[2J',
    '+a',
    '+\tb',
    '+\\u202egpj\\x9b',
  ]);
});

test('colours are put on after escaping', () => {
  const text = render([makeItem({ keys: [makeKey({ diff: '@@ -1 +1 @@\n-\x1b[0m\n+b' })] })], { color: true });
  expect(text).toContain('\x1b[31m-\\x1b[0m\x1b[39m\n\x1b[32m+b\x1b[39m\n');
  expect(text).toStartWith('\x1b[1m--- configmap/web');
});
