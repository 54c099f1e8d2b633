import { expect, mock, test } from 'bun:test';
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { makeLiveView } from '../../../cmd/live-rollouts.ts';
import { waitFor } from '../../cluster/wait-for.ts';
import { makeEvent, rolling } from '../view/make-events.ts';

test('when the picture cannot be drawn, that is said once, and the results are told all the same', async () => {
  mock.module('../../../src/view/rollout-screen.tsx', () => ({
    renderRolloutScreen() {
      throw new Error('no room');
    },
  }));
  const printed = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') =>
    Object.assign(new EventEmitter(), {
      isTTY: true,
      columns: 80,
      rows: 24,
      write(text: string) {
        printed[name] += text;
      },
    });
  const view = makeLiveView(
    { color: 'never' },
    {
      stdin: Object.assign(Readable.from([]), { isTTY: false }),
      stdout: sink('stdout'),
      stderr: sink('stderr'),
      env: {},
      cwd: '/',
      homedir: '/',
      now: () => new Date(),
      interrupted: new AbortController().signal,
    },
    { showNamespace: false, wording: 'restart', count: 1, followed: true },
  );
  view.show(rolling('web'));
  await waitFor(() => printed.stderr.includes('cannot be drawn'), 20_000, 'the warning', 10);
  view.show(makeEvent('web', 'complete', { message: 'done' }));
  view.end();
  expect(printed.stderr.match(/warning: the live view cannot be drawn: no room\n/g)).toHaveLength(1);
  expect(printed.stdout).toMatch(/deployment\.apps\/web complete in \d+s\n/);
});
