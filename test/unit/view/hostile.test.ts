/** Whatever an object of the cluster says, what is printed of it moves no cursor, sets no colour, and reorders or hides no letter. */
import { describe, expect, test } from 'bun:test';
import type { Dependency, DiffItem, RestartPlan, RolloutEvent, StatusItem } from '../../../src/types.ts';
import { renderDot, renderMermaid } from '../../../src/view/dependency-diagram.ts';
import { renderDependencyTable } from '../../../src/view/dependency-table.ts';
import { renderDependencyTree } from '../../../src/view/dependency-tree.ts';
import { renderImpact } from '../../../src/view/diff-impact.ts';
import { renderDoubts, summarizeRunning } from '../../../src/view/diff-summary.ts';
import { renderDiff } from '../../../src/view/diff-text.ts';
import { formatResourceName } from '../../../src/view/object-name.ts';
import { formatJson, renderReport } from '../../../src/view/report.ts';
import { renderRestartPlan, renderSkips } from '../../../src/view/restart-plan.ts';
import { makeEventLine } from '../../../src/view/rollout-line.ts';
import { renderStatusChange } from '../../../src/view/status-change.ts';
import { summarizeStatus } from '../../../src/view/status-summary.ts';
import { renderStatusTable } from '../../../src/view/status-table.ts';
import { makeStyles, stripStyles } from '../../../src/view/style.ts';
import { escapeLines } from '../../../src/view/text.ts';
import { makeDependency, makeRef } from '../../support/make-objects.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const AT = '2026-01-01T11:00:00Z';
/** CSI, OSC 8, OSC and CSI of one byte, newlines of every kind, what reorders and what hides. */
const HOSTILE =
  '\x1b[2J\x1b]8;;http://x\x1b\\a\x9b31mb\x9d0;c\x9cd\x85e\ne\re\x07f\x08g\0h\u202ei\u2066j\u2069k\u2028l\u2029m\u200bn\ufeffo\u{e0041}p\ud800q\x7f';
/** All of these but newlines, and the tabs of a diff. */
const UNSAFE = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/** Words of ours: whoever writes to the cluster cannot choose them. */
const OURS = new Set([
  ...['state', 'via', 'change', 'phase', 'source', 'action', 'evidence', 'field', 'code', 'time', 'changedAt'],
  ...['startedAt'],
]);

/** The same value with something hostile in every text that comes from the cluster. */
function taint<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (key, part: unknown) =>
    typeof part === 'string' && !OURS.has(key) && part !== '' ? `${part}${HOSTILE}` : part,
  );
}

const status: StatusItem = {
  workload: makeRef('Deployment', 'web'),
  container: 'app',
  init: false,
  config: makeRef('ConfigMap', 'web'),
  via: 'volume',
  keys: ['a'],
  at: '/etc/web',
  optional: false,
  state: 'stale',
  evidence: 'time',
  reason: 'reason',
  changedAt: AT,
  changedBy: 'manager',
  changedKeys: ['a'],
  pods: [{ name: 'web-1', state: 'stale', evidence: 'time', startedAt: AT, reason: 'reason' }],
};
const diffItem: DiffItem = {
  config: makeRef('ConfigMap', 'web'),
  from: { source: 'running', evidence: 'history', name: 'web', exists: true, file: '' },
  to: { source: 'cluster', evidence: null, name: 'web', exists: true, file: 'a.yaml' },
  workloads: [
    { ...makeRef('Deployment', 'web'), state: 'stale', pods: [{ name: 'web-1', containers: ['app'] }], partial: true },
  ],
  fields: [{ field: 'type', from: 'a', to: 'b' }],
  keys: [
    { key: 'a', change: 'changed', diff: '@@ -1 +1 @@\n-a\n+b', note: 'note', changedAt: AT, changedBy: 'manager' },
    { key: 'b', change: 'unknown', diff: '', note: 'why', changedAt: AT, changedBy: 'manager' },
  ],
  impact: [{ workload: makeRef('Deployment', 'web'), action: 'restart', breaks: true, reason: 'reason' }],
};
const dependencies: Dependency[] = [
  makeDependency({ at: 'LEVEL' }),
  makeDependency({ via: 'volume', at: '/etc/web', keys: ['a'], missingKeys: ['a'] }),
];
const plan: RestartPlan = {
  steps: [
    {
      wave: 0,
      workload: makeRef('Deployment', 'web'),
      uid: 'uid-1',
      action: 'patch',
      pods: 1,
      why: ['why'],
      configs: [makeRef('ConfigMap', 'web')],
      warnings: ['warning'],
    },
  ],
  skipped: [{ workload: makeRef('Deployment', 'api'), code: 'missing-reference', reason: 'reason' }],
};
const event: RolloutEvent = {
  time: AT,
  workload: makeRef('Deployment', 'web'),
  phase: 'failed',
  desired: 1,
  updated: 1,
  ready: 0,
  available: 0,
  old: 1,
  message: 'message',
  reason: 'reason',
};

const styles = makeStyles(true);
const layout = { showNamespace: true, headers: true, now: NOW, styles };
const context = { workloads: 1, namespace: '', unmatched: '', restart: 'restart', diff: 'diff', deep: 'deep' };

/** Everything that prints something of the cluster, for what `change` makes of its values. */
const PRINTERS: [string, (change: <T>(value: T) => T) => string | Promise<string>][] = [
  ['status', (change) => renderStatusTable([change(status)], { ...layout, wide: true })],
  ['the summary of status', (change) => summarizeStatus([change(status)], context)],
  [
    'a change of status',
    (change) =>
      renderStatusChange({ change: 'modified', before: 'current', item: change(status) }, AT, {
        wide: true,
        showNamespace: true,
      }),
  ],
  ['a diff', (change) => renderDiff([change(diffItem)], layout)],
  ['the doubts of a diff', (change) => renderDoubts([change(diffItem)], true)],
  [
    'the summary of a diff',
    (change) =>
      summarizeRunning([change(diffItem)], { workloads: 1, where: 'here', unmatched: '', restart: 'restart' }),
  ],
  ['the impact of a diff', (change) => renderImpact([change(diffItem)], layout)],
  ['deps', (change) => renderDependencyTable(change(dependencies), { ...layout, root: 'config', wide: true })],
  ['deps as a tree', (change) => renderDependencyTree(change(dependencies), { ...layout, root: 'workload' })],
  ['deps for Graphviz', (change) => renderDot(change(dependencies), true)],
  ['deps for Mermaid', (change) => renderMermaid(change(dependencies), true)],
  ['names', (change) => `${formatResourceName(change(makeRef('Deployment', 'web')))}\n`],
  ['a plan', (change) => renderRestartPlan(change(plan), layout)],
  ['what a plan leaves out', (change) => renderSkips(change(plan).skipped, layout)],
  ['an event', (change) => makeEventLine({ showNamespace: true })(change(event)).text],
  ['an event as JSON', (change) => formatJson(change(event))],
  ['a report as JSON', (change) => renderReport('DiffReport', [change(diffItem)], 'json')],
];

describe('hostile text from the cluster', () => {
  test.each(PRINTERS)('in %s is spelt out, and makes no more lines than other text', async (_, print) => {
    const clean = await print((value) => value);
    const hostile = await print(taint);
    expect(hostile).toContain('\\');
    expect(UNSAFE.exec(stripStyles(hostile))?.[0]).toBeUndefined();
    // Of a diff the lines are the lines of the value.
    const extra = stripStyles(clean).includes('@@ -1 +1 @@\n') ? 1 : 0;
    expect(hostile.split('\n').length).toBe(clean.split('\n').length + extra);
  });

  test('stays off the terminal in errors, of which the lines stay', () => {
    expect(escapeLines(`a${HOSTILE}\nb`).split('\n')).toHaveLength(3);
    expect(UNSAFE.test(escapeLines(`a${HOSTILE}\nb`))).toBe(false);
  });
});

describe('more than anybody reads', () => {
  const keys = Array.from({ length: 10_000 }, (_, index) => `KEY_${index}`);

  test('is cut in a row of status', () => {
    const line = renderStatusTable([{ ...status, changedKeys: keys }], { ...layout, wide: true }).split('\n')[1] ?? '';
    expect(line).toContain('KEY_0,KEY_1,');
    expect(line).toContain(',KEY_19,and 9980 more');
    expect(line.length).toBeLessThan(600);
  });

  test('in one row of a table does not widen all others', () => {
    const rows = [...Array(2000).fill(status), { ...status, at: `/${'x'.repeat(100_000)}` }];
    expect(renderStatusTable(rows, { ...layout, wide: true }).length).toBeLessThan(2_000_000);
  });

  test('as very many rows is no trouble', () => {
    const rows: StatusItem[] = Array(200_000).fill(status);
    expect(renderStatusTable(rows, { ...layout, wide: false }).split('\n')).toHaveLength(200_002);
  }, 60_000);
});
