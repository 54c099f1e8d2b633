/** Frames of the live view, with the clock and the size of the terminal fixed. */
import { describe, expect, test } from 'bun:test';
import { measureHeight } from '../../../src/view/live-frame.ts';
import type { RolloutScreen } from '../../../src/view/rollout-screen.tsx';
import { renderRolloutScreen } from '../../../src/view/rollout-screen.tsx';
import { makeStyles, stripStyles } from '../../../src/view/style.ts';
import { failed, failing, makeEvent, makeRows, rolling, TEN } from './make-events.ts';

const mixed = makeRows(
  rolling('web'),
  failing('checkout'),
  makeEvent('StatefulSet/pg', 'waiting', { message: 'restarted' }),
  makeEvent('DaemonSet/agent', 'progressing', { message: 'Waiting for 3 new pods to stay ready for 10s...' }),
  makeEvent('done', 'complete', { message: 'deployment "done" successfully rolled out' }),
  failed('bad'),
);
const screen: RolloutScreen = {
  rows: mixed,
  count: 9,
  begunAt: TEN - 5000,
  now: TEN + 34_000,
  keepEnded: false,
  showNamespace: false,
  styles: makeStyles(false),
};
const draw = (overrides: Partial<RolloutScreen>, columns: number, rows = 24) =>
  `\n${renderRolloutScreen({ ...screen, ...overrides }, { columns, rows }).join('\n')}\n`;

describe('the live view', () => {
  test('of a wide terminal has everything, the messages too', () => {
    expect(draw({}, 120)).toBe(`
WORKLOAD                                   UPDATED  READY  OLD  AGE  STATE        MESSAGE
deployment/web       ███████████░░░░░░░░░  2/3      3/3    2    34s  progressing  2 out of 3 new replicas have been upd…
deployment/checkout  ██████░░░░░░░░░░░░░░  1/3      2/3    2    34s  failing
  pod checkout-7d9f8-abcde, container app exited 1
statefulset/pg       ░░░░░░░░░░░░░░░░░░░░  -        3/3    -    34s  waiting      restarted
daemonset/agent      ████████████████████  3/3      3/3    0    34s  soaking      Waiting for 3 new pods to stay ready …

1 of 9 complete, 1 failed, 1 failing, 1 progressing, 1 soaking, 1 waiting, 3 not started, 39s
`);
  });

  test('keeps what has ended where its results go elsewhere, with the log of what failed', () => {
    const rows = makeRows(rolling('web'), makeEvent('done', 'complete'), failed('bad'));
    expect(draw({ rows, count: 3, keepEnded: true }, 80)).toBe(`
WORKLOAD                               UPDATED  READY  OLD  AGE  STATE
deployment/web   ███████████░░░░░░░░░  2/3      3/3    2    34s  progressing
deployment/done  ████████████████████  3/3      3/3    0    0s   complete
deployment/bad   ██████░░░░░░░░░░░░░░  1/3      3/3    2    0s   failed
  pod bad-1, container app exited 1 (2 restarts)
  | starting
  | FATAL: no such level

1 of 3 complete, 1 failed, 1 progressing, 39s
`);
  });

  test('of a narrow terminal goes without the bar and what a person can do without', () => {
    expect(draw({}, 60)).toBe(`
WORKLOAD             UPDATED  READY  OLD  AGE  STATE
deployment/web       2/3      3/3    2    34s  progressing
deployment/checkout  1/3      2/3    2    34s  failing
  pod checkout-7d9f8-abcde, container app exited 1
statefulset/pg       -        3/3    -    34s  waiting
daemonset/agent      3/3      3/3    0    34s  soaking

1 of 9 complete, 1 failed, 1 failing, 1 progressing,
1 soaking, 1 waiting, 3 not started, 39s
`);
    expect(draw({}, 40)).toBe(`
WORKLOAD             READY  STATE
deployment/web       3/3    progressing
deployment/checkout  2/3    failing
  pod checkout-7d9f8-abcde, container
  app exited 1
statefulset/pg       3/3    waiting
daemonset/agent      3/3    soaking

1 of 9 complete, 1 failed, 1 failing,
1 progressing, 1 soaking, 1 waiting,
3 not started, 39s
`);
  });

  test('of a very narrow terminal puts a row on two lines', () => {
    expect(draw({}, 20)).toBe(`
deployment/web
 progressing 3/3 34s
deployment/checkout
 failing 2/3 34s
  pod
  checkout-7d9f8-abc
  de,
  container app
  exited 1
statefulset/pg
 waiting 3/3 34s
daemonset/agent
 soaking 3/3 34s

1 of 9 complete,
1 failed, 1 failing,
1 progressing,
1 soaking,
1 waiting,
3 not started, 39s
`);
  });

  test('cuts a long name in its middle rather than losing a column', () => {
    const rows = makeRows(rolling('checkout-frontend-with-a-very-long-name-blue'), rolling('web'));
    expect(draw({ rows, count: 2 }, 80)).toBe(`
WORKLOAD                                   UPDATED  READY  OLD  AGE  STATE
deployment/checkout-…-very-long-name-blue  2/3      3/3    2    34s  progressing
deployment/web                             2/3      3/3    2    34s  progressing

0 of 2 complete, 2 progressing, 39s
`);
  });

  test('shows what fits, the failing and the moving first, and counts the rest', () => {
    const rows = makeRows(
      ...[1, 2, 3, 4].map((number) => makeEvent(`queued-${number}`, 'waiting', { message: 'restarted' })),
      ...[1, 2, 3, 4].map((number) => rolling(`web-${number}`)),
      failing('api'),
    );
    expect(draw({ rows, count: 20 }, 60, 12)).toBe(`
WORKLOAD             UPDATED  READY  OLD  AGE  STATE
deployment/web-1     2/3      3/3    2    34s  progressing
deployment/web-2     2/3      3/3    2    34s  progressing
deployment/web-3     2/3      3/3    2    34s  progressing
deployment/web-4     2/3      3/3    2    34s  progressing
deployment/api       1/3      2/3    2    34s  failing
  pod api-7d9f8-abcde, container app exited 1
and 4 more

0 of 20 complete, 1 failing, 4 progressing, 4 waiting,
11 not started, 39s
`);
    expect(draw({ rows, count: 20 }, 60, 6)).toBe(`
deployment/web-1     2/3      3/3    2    34s  progressing
deployment/api       1/3      2/3    2    34s  failing
  pod api-7d9f8-abcde, container app exited 1
and 7 more
0 of 20 complete, 1 failing, 39s
`);
  });

  test('is the summary alone when everything has ended', () => {
    const rows = makeRows(makeEvent('web', 'complete'), makeEvent('api', 'complete'));
    expect(draw({ rows, count: 2 }, 80)).toBe('\n2 of 2 complete, 39s\n');
  });

  test('names namespaces where there are several', () => {
    expect(draw({ rows: makeRows(rolling('web')), count: 1, showNamespace: true }, 80)).toContain(
      '\nshop/deployment/web ',
    );
  });

  test('colours what needs a person, and is the same text without colours', () => {
    const styles = makeStyles(true);
    const colored = draw({ styles, keepEnded: true }, 100);
    expect(colored).toContain('\x1b[33mfailing\x1b[39m');
    expect(colored).toContain('\x1b[31mfailed\x1b[39m');
    expect(colored).toContain('\x1b[32mcomplete\x1b[39m');
    expect(stripStyles(colored)).toBe(draw({ keepEnded: true }, 100));
  });

  test('lets nothing from the cluster act on the terminal', () => {
    const hostile = '\x1b[2J\x1b]0;owned\x07\r\nsecond\u202e';
    const rows = makeRows(
      makeEvent('web', 'progressing', { message: `Waiting... (${hostile})`, reason: 'x' }),
      makeEvent('api', 'progressing', { message: hostile, updated: 1 }),
      makeEvent('bad', 'failed', { message: hostile, log: [hostile] }),
    );
    const frame = draw({ rows, keepEnded: true }, 200);
    expect(frame.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(frame).toContain('  \\x1b[2J\\x1b]0;owned\\x07\\r\\nsecond\\u202e\n');
    expect(frame).toContain('  | \\x1b[2J\\x1b]0;owned\\x07\\r\\nsecond\\u202e\n');
  });

  test('fits every terminal, wide letters and long words in messages included', () => {
    const rows = makeRows(
      rolling('web'),
      failing('a'.repeat(60)),
      makeEvent('wide', 'progressing', { reason: 'x', message: `設定が見つかりません ${'長'.repeat(40)} é`.repeat(3) }),
      makeEvent('long', 'progressing', { reason: 'x', message: 'y'.repeat(300) }),
      ...Array.from({ length: 12 }, (_, index) => rolling(`web-${index}`)),
      failed('bad'),
    );
    for (const columns of [20, 21, 30, 40, 57, 80, 132]) {
      for (const height of [2, 5, 8, 24, 60]) {
        const lines = renderRolloutScreen({ ...screen, rows, keepEnded: true }, { columns, rows: height });
        const where = `${columns}x${height}`;
        expect(`${where}: ${lines.find((line) => measureHeight([line], columns) > 1)}`).toBe(`${where}: undefined`);
        expect(lines.length, where).toBeLessThan(height);
      }
    }
  }, 60_000);
});
