import { describe, expect, test } from 'bun:test';
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import type { WatchRound } from '../../../cmd/watch-view.ts';
import { makeLineView, makeLiveView } from '../../../cmd/watch-view.ts';
import type { State, StatusItem } from '../../../src/types.ts';
import { makeRef, makeUse } from '../../support/make-objects.ts';
import { makeTerminal } from '../../support/terminal.ts';

function makeItem(state: State, overrides: Partial<StatusItem> = {}): StatusItem {
  const pod = { name: 'web-1', state, evidence: 'time' as const, startedAt: '2026-01-01T10:00:00Z', reason: 'why' };
  return {
    ...makeUse(),
    workload: makeRef('Deployment', 'web'),
    state,
    evidence: 'time',
    reason: 'why',
    changedAt: '2026-01-01T11:59:00Z',
    changedBy: 'kubectl-edit',
    changedKeys: ['LEVEL'],
    pods: [pod],
    ...overrides,
  };
}

const makeRound = (items: StatusItem[], lost: Error | null = null): WatchRound => ({
  items,
  summary: items.some(({ state }) => state !== 'current') ? 'something is stale.\n' : 'all is well.\n',
  lost,
});

function start(output: 'table' | 'wide' | 'json' = 'table', all = false) {
  const terminal = makeTerminal(90, 12);
  const printed = { stdout: '', stderr: '', writes: 0 };
  let time = new Date(2026, 0, 1, 12, 0, 0);
  const stdout = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns: 90,
    rows: 12,
    write(text: string) {
      printed.stdout += text;
      printed.writes++;
      terminal.write(text);
    },
  });
  const streams = {
    stdin: Object.assign(Readable.from([]), { isTTY: false }),
    stdout,
    stderr: { write: (text: string) => (printed.stderr += text) },
    env: { NO_COLOR: '1' },
    cwd: '/',
    homedir: '/',
    now: () => time,
    interrupted: new AbortController().signal,
  };
  const flags = { headers: true, output, all, color: 'auto' as const };
  return {
    terminal,
    printed,
    live: () => makeLiveView(flags, streams),
    lines: () => makeLineView(flags, streams),
    pass: (seconds: number) => {
      time = new Date(time.getTime() + seconds * 1000);
    },
    resize: (columns: number, rows: number) => {
      Object.assign(stdout, { columns, rows });
      Object.assign(terminal, { columns, rows });
      stdout.emit('resize');
    },
    stdout,
  };
}

/** When the row was changed, in the local time of `start`. */
const changedAt = new Date(2026, 0, 1, 11, 59, 0).toISOString();

describe('the live view', () => {
  test('draws the state over the last one', () => {
    const { live, terminal, pass } = start();
    terminal.write('$ \n');
    const view = live();
    view.show(makeRound([makeItem('current')]));
    expect(terminal.screen()).toEqual(['$', 'all is well.', '', 'Watching; as of 12:00:00. Ctrl-C ends.']);
    pass(5);
    view.show(makeRound([makeItem('stale', { changedAt })]));
    expect(terminal.screen()).toEqual([
      '$',
      'WORKLOAD        CONTAINER  CONFIG         USED AS    STATE  PODS  CHANGED  BY',
      'deployment/web  app        configmap/web  env LEVEL  stale  1/1   65s      kubectl-edit',
      '',
      'something is stale.',
      '',
      'Watching; as of 12:00:05. Ctrl-C ends.',
    ]);
    pass(5);
    view.show(makeRound([makeItem('current')]));
    expect(terminal.screen()).toEqual(['$', 'all is well.', '', 'Watching; as of 12:00:10. Ctrl-C ends.']);
  });

  test('draws nothing while nothing of what it shows has changed', () => {
    const { live, printed, pass } = start();
    const view = live();
    view.show(makeRound([makeItem('stale'), makeItem('current', { at: 'OTHER' })]));
    pass(60);
    view.show(makeRound([makeItem('stale'), makeItem('current', { at: 'OTHER', pods: [] })]));
    expect(printed.writes).toBe(1);
    view.show(makeRound([makeItem('stale', { pods: [] })]));
    expect(printed.writes).toBe(2);
  });

  test('draws anew when the size of the terminal changes, until it ends', () => {
    const { live, terminal, resize, printed, stdout } = start();
    const view = live();
    view.show(makeRound(Array.from({ length: 20 }, (_, index) => makeItem('stale', { at: `V${index}` }))));
    expect(terminal.screen()).toHaveLength(11);
    expect(terminal.screen()).toContain('and 15 more rows');
    resize(90, 24);
    expect(terminal.screen()).toHaveLength(23);
    expect(terminal.screen()).toContain('and 3 more rows');
    const { writes } = printed;
    view.end();
    resize(90, 12);
    expect(printed.writes).toBe(writes + 1);
    expect(stdout.listenerCount('resize')).toBe(0);
    expect(printed.stdout).toEndWith('\n');
  });

  test('says that the connection is lost, and of when the state is', () => {
    const { live, terminal, pass } = start();
    const view = live();
    view.show(makeRound([makeItem('current')]));
    pass(30);
    view.show(makeRound([makeItem('current')], new Error('connection refused\nsecond line \x1b[2J')));
    expect(terminal.screen()).toEqual([
      'all is well.',
      '',
      'Watching; as of 12:00:00. Ctrl-C ends.',
      'The connection is lost, trying again: connection refused',
    ]);
    pass(30);
    view.show(makeRound([makeItem('current')]));
    expect(terminal.screen()).toEqual(['all is well.', '', 'Watching; as of 12:01:00. Ctrl-C ends.']);
  });

  test('lets a warning stand above it', () => {
    const { live, terminal } = start();
    const view = live();
    view.show(makeRound([makeItem('current')]));
    view.warn('nothing is said of any Secret: \x1b[2Jforbidden');
    view.show(makeRound([]));
    expect(terminal.screen()[0]).toBe('warning: nothing is said of any Secret: \\x1b[2Jforbidden');
    expect(terminal.screen()[1]).toBe('all is well.');
  });
});

describe('the view in lines', () => {
  test('tells the rows that are not current, then every change with its time', () => {
    const { lines, printed, pass } = start();
    const view = lines();
    view.show(makeRound([makeItem('current'), makeItem('missing', { at: 'OTHER', changedAt: null, pods: [] })]));
    expect(printed.stderr).toBe('something is stale.\n');
    pass(5);
    view.show(makeRound([makeItem('stale'), makeItem('missing', { at: 'OTHER', changedAt: null, pods: [] })]));
    view.show(makeRound([makeItem('stale')]));
    const told = printed.stdout.split('\n').map((line) => line.replace(/^\S+Z /, ''));
    expect(told).toEqual([
      'deployment/web app configmap/web env OTHER: missing',
      'deployment/web app configmap/web env LEVEL: current -> stale (1/1 pods), changed 2026-01-01T11:59:00Z by kubectl-edit',
      'deployment/web app configmap/web env OTHER: missing -> gone',
      '',
    ]);
    expect(printed.stderr).toBe('something is stale.\n');
  });

  test('tells once that the connection is lost, and that it is back', () => {
    const { lines, printed } = start();
    const view = lines();
    const lost = new Error('connection refused');
    for (const loss of [null, lost, lost, null, null]) view.show(makeRound([makeItem('current')], loss));
    expect(printed.stderr).toBe(
      'all is well.\nwarning: the connection is lost, trying again: connection refused\nthe connection is back\n',
    );
  });

  test('is JSON, the whole row a line, for programs', () => {
    const { lines, printed } = start('json');
    const view = lines();
    view.show(makeRound([makeItem('current')]));
    view.show(makeRound([makeItem('stale')]));
    view.show(makeRound([makeItem('stale', { reason: 'another' })]));
    view.show(makeRound([]));
    const told = printed.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(told.map(({ change, before, state }) => [change, before, state])).toEqual([
      ['modified', 'current', 'stale'],
      ['modified', 'stale', 'stale'],
      ['deleted', 'stale', 'stale'],
    ]);
    expect(told[0]).toEqual({
      time: new Date(2026, 0, 1, 12, 0, 0).toISOString(),
      change: 'modified',
      before: 'current',
      ...makeItem('stale'),
    });
    expect(printed.stderr).toBe('');
  });
});
