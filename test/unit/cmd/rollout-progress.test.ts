import { describe, expect, setDefaultTimeout, test } from 'bun:test';
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { makeRolloutView, showRollouts } from '../../../cmd/rollout-progress.ts';
import type { RolloutEvent } from '../../../src/types.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { makeTerminal } from '../../support/terminal.ts';
import { failed, failing, makeEvent, rolling, TEN } from '../view/make-events.ts';

/** A frame stands within a tenth of a second and the time that it takes to load what draws it; on a busy machine that is long. */
const SOON = 20_000;
setDefaultTimeout(60_000);
const complete = (workload: string) =>
  makeEvent(workload, 'complete', { time: new Date(TEN + 24_000).toISOString(), message: 'done' });

interface Setting {
  /** Standard output is that terminal too; otherwise it goes elsewhere. */
  together?: boolean;
  isTTY?: boolean;
  env?: Record<string, string>;
  output?: 'table' | 'json';
  color?: 'auto' | 'always' | 'never';
  verbose?: boolean;
  followed?: boolean;
  count?: number;
}

/** A view that draws on a terminal of 80 to 24. */
function start(setting: Setting = {}) {
  const { together = true, isTTY = true, env = { NO_COLOR: '1' }, output = 'table', color = 'auto' } = setting;
  const terminal = makeTerminal(80, 24);
  let now = TEN;
  const printed = { stdout: '', stderr: '' };
  /** What the terminal showed just after each write to standard output. */
  const beside: string[] = [];
  const size = { columns: 80, rows: 24 };
  const sink = (name: 'stdout' | 'stderr', onTerminal: boolean) =>
    Object.assign(new EventEmitter(), onTerminal ? { ...size, isTTY } : {}, {
      write(text: string) {
        printed[name] += text;
        if (name === 'stdout') setImmediate(() => beside.push(terminal.screen().join('\n')));
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
        if (onTerminal) terminal.write(text.replace(/\x1b\[\d+m/g, ''));
      },
    });
  const stderr = sink('stderr', true);
  const streams = {
    stdin: Object.assign(Readable.from([]), { isTTY: false }),
    stdout: sink('stdout', together),
    stderr,
    env,
    cwd: '/',
    homedir: '/',
    now: () => new Date(now),
    interrupted: new AbortController().signal,
  };
  const view = makeRolloutView(
    { output, color, ...(setting.verbose === undefined ? {} : { verbose: setting.verbose }) },
    streams,
    { showNamespace: false, wording: 'restart', count: setting.count ?? 2, followed: setting.followed ?? true },
  );
  now += 34_000;
  const screen = () => terminal.screen().join('\n');
  return {
    view,
    printed,
    beside,
    screen,
    seen: (text: string) => waitFor(() => screen().includes(text), SOON, text, 10),
    resize(columns: number, rows: number) {
      terminal.resize(columns, rows);
      Object.assign(stderr, { columns, rows });
      stderr.emit('resize');
    },
    listeners: () => stderr.listenerCount('resize'),
  };
}

describe('rollouts on a terminal', () => {
  test('are drawn in place; each result passes above the frame once, and its row is gone', async () => {
    const { view, seen, screen, printed } = start();
    view.show(makeEvent('web', 'waiting', { message: 'restarted' }));
    view.show(rolling('web'));
    view.show(failing('api'));
    await seen('deployment/api  ██████');
    expect(screen()).toStartWith('deployment.apps/web restarted\nWORKLOAD ');
    expect(screen()).toContain('\n  pod api-7d9f8-abcde, container app exited 1\n\n0 of 2 complete, 1 failing, 1 prog');
    view.show(complete('web'));
    await seen('deployment.apps/web complete in 24s');
    expect(screen()).not.toContain('deployment/web');
    expect(screen()).toEndWith('\n1 of 2 complete, 1 failing, 34s');
    view.show(failed('api'));
    view.end();
    expect(screen()).toBe(
      [
        'deployment.apps/web restarted',
        'deployment.apps/web complete in 24s',
        'deployment.apps/api failed: pod api-1, container app exited 1 (2 restarts)',
        '    starting',
        '    FATAL: no such level',
      ].join('\n'),
    );
    expect(printed.stdout).toBe(`${screen()}\n`);
  });

  test('keep their rows where the results go elsewhere', async () => {
    const { view, seen, screen, printed } = start({ together: false });
    view.show(rolling('web'));
    await seen('deployment/web');
    view.show(rolling('api'));
    view.show(complete('web'));
    await seen('complete\n');
    expect(screen()).toStartWith('WORKLOAD ');
    view.show(failed('api'));
    view.end();
    expect(screen()).toContain('failed\n  pod api-1, container app exited 1 (2 restarts)\n  | starting\n');
    expect(screen()).toEndWith('\n1 of 2 complete, 1 failed, 34s');
    expect(printed.stdout).toStartWith('deployment.apps/web complete in 24s\ndeployment.apps/api failed: pod api-1');
    expect(printed.stderr).not.toContain('complete in');
  });

  test('leave the frame out of the way for a moment when a result goes into a pipe', async () => {
    const { view, seen, beside } = start({ together: false });
    view.show(rolling('web'));
    view.show(rolling('api'));
    await seen('deployment/web');
    view.show(complete('web'));
    await seen('complete\n');
    expect(beside).toEqual(['']);
    view.end();
  });

  test('leave what is still open on the screen when they are interrupted, and clear the ^C', async () => {
    const { view, seen, screen, printed } = start();
    view.show(rolling('web'));
    await seen('deployment/web');
    printed.stderr = '';
    view.end();
    expect(screen()).toContain('deployment/web  ');
    expect(printed.stderr).toContain('\r\x1b[J');
  });

  test('are drawn anew when the terminal becomes narrower or wider', async () => {
    const { view, seen, screen, resize, listeners } = start();
    view.show(rolling('web'));
    await seen('deployment/web  ███');
    const wide = screen();
    resize(40, 24);
    await seen('deployment/web  3/3 ');
    expect(screen()).toStartWith('WORKLOAD        READY  AGE  STATE\n');
    resize(80, 24);
    await seen('deployment/web  ███');
    expect(screen()).toBe(wide);
    view.end();
    expect(listeners()).toBe(0);
  });

  test('let warnings pass above', async () => {
    const { view, seen, screen } = start();
    view.show(rolling('web'));
    await seen('deployment/web');
    view.warn('pods may not be read\x1b[2J');
    expect(screen()).toStartWith('warning: pods may not be read\\x1b[2J\nWORKLOAD ');
    view.end();
  });

  test('are not drawn at all when they end before there is anything to follow', () => {
    const { view, printed, screen } = start();
    view.show(complete('web'));
    view.show(complete('api'));
    view.end();
    expect(screen()).toBe(printed.stdout.trimEnd());
    expect(printed.stdout).toBe('deployment.apps/web complete in 0s\ndeployment.apps/api complete in 0s\n');
  });

  test.each([
    ['by itself', {}, 'auto', true],
    ['unless NO_COLOR says otherwise', { NO_COLOR: '1' }, 'auto', false],
    ['unless --color=never says otherwise', {}, 'never', false],
    ['when --color=always overrules NO_COLOR', { NO_COLOR: '1' }, 'always', true],
  ] as const)('are coloured %s', async (_, env, color, isColored) => {
    const { view, seen, printed } = start({ env, color });
    view.show(failing('web'));
    await seen('failing');
    view.end();
    expect(printed.stderr.includes('\x1b[33m')).toBe(isColored);
  });
});

describe('rollouts in lines', () => {
  const lines = [
    'deployment.apps/web: Waiting for deployment "web" rollout to finish: 2 out of 3 new',
    'complete in 24s',
  ];

  test.each([
    ['not a terminal', { isTTY: false }],
    ['a terminal that can do nothing', { env: { TERM: 'dumb' } }],
    ['a terminal that shows the requests too', { verbose: true }],
    ['a terminal where nobody follows', { followed: false }],
  ])('are printed on what is %s', (_, setting) => {
    const { view, printed } = start({ ...setting, together: false });
    view.show(rolling('web'));
    view.warn('one\x07');
    view.show(complete('web'));
    view.end();
    expect(printed.stderr).toStartWith(lines[0] ?? '');
    expect(printed.stderr).toEndWith('have been updated...\nwarning: one\\x07\n');
    expect(printed.stdout).toBe(`deployment.apps/web ${lines[1]}\n`);
  });

  test('are JSON where that was asked for, on a terminal too', () => {
    const { view, printed } = start({ output: 'json' });
    view.show(rolling('web'));
    view.end();
    expect(JSON.parse(printed.stdout)).toEqual(rolling('web'));
    expect(printed.stderr).toBe('');
  });
});

describe('showing rollouts', () => {
  test('gives the last event of each', async () => {
    async function* progress(): AsyncGenerator<RolloutEvent> {
      yield rolling('web');
      yield failing('api');
      yield complete('web');
    }
    expect(await showRollouts(progress(), start({ isTTY: false }).view)).toEqual([complete('web'), failing('api')]);
  });

  test('takes its hands off the terminal when an error ends the run', async () => {
    const { view, seen, listeners } = start();
    const { promise, reject } = Promise.withResolvers<never>();
    async function* progress(): AsyncGenerator<RolloutEvent> {
      yield rolling('web');
      await promise;
    }
    const shown = showRollouts(progress(), view);
    await seen('deployment/web');
    reject(new Error('the server is gone'));
    await expect(shown).rejects.toThrow('the server is gone');
    expect(listeners()).toBe(0);
  });
});
