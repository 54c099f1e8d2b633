import { expect } from 'bun:test';
import type { Case } from './play.ts';
import { expectChanged, expectNote, expectQuiet, hashOf } from './play.ts';

const app = ['--volume=/etc/app'];

/** Changes before the first run of an instance, and the clocks that tell them. */
export const startCases: readonly Case[] = [
  {
    title: 'a swap between the start and the first run restarts once, and stays so until the restart',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      volume.write({ a: '2' });
      expectChanged(container, app, '/etc/app was updated');
      expectChanged(container, app, '/etc/app was updated');
      const next = await pod.start();
      expectQuiet(next, app);
      volume.write({ a: '2' });
      expectQuiet(next, app);
    },
  },
  {
    title: 'swaps of other keys before each first run restart once, not again and again',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1', token: '1' });
      const args = [...app, '--key=a'];
      const first = await pod.start();
      volume.write({ a: '1', token: '2' });
      expectChanged(first, args, '/etc/app was updated');
      for (const token of ['3', '4', '5']) {
        const next = await pod.start();
        volume.write({ a: '1', token });
        expectQuiet(next, args);
      }
    },
  },
  {
    title: 'new content before the next first run restarts again',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const first = await pod.start();
      volume.write({ a: '2' });
      expectChanged(first, app, '/etc/app was updated');
      const second = await pod.start();
      volume.write({ a: '3' });
      expectChanged(second, app, '/etc/app was updated');
      expectQuiet(await pod.start(), app);
    },
  },
  {
    title: 'an application that writes to its termination log hides no change',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      volume.write({ a: '2' });
      pod.tick();
      container.terminationLog = 'hello from the application\n';
      expectChanged(container, app, '/etc/app was updated');
      expect(container.terminationLog).toBe('hello from the application\nconfig changed: /etc/app was updated\n');
    },
  },
  {
    title: 'a swap in the future is not believed before there is a baseline',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      volume.dateSwap(new Date(Date.now() + 3_600_000));
      const container = await pod.start();
      expectNote(container, app, 'cannot tell: /etc/app: the clock was set back');
      volume.write({ a: '2' });
      volume.dateSwap(new Date(Date.now() + 3_600_000));
      expectChanged(container, app, '/etc/app was updated (a)');
      expectNote(await pod.start(), app, 'cannot tell: /etc/app: the clock was set back');
    },
  },
  {
    title: 'with --swap a swap in the future is not believed',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      volume.write({ a: '2' });
      volume.dateSwap(new Date(Date.now() + 3_600_000));
      expectNote(container, [...app, '--swap'], 'cannot tell: /etc/app: the clock was set back');
    },
  },
  {
    title: 'with a baseline no clock counts: a change that is dated before the start restarts',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ a: '2' });
      volume.dateSwap(new Date('2020-01-01'));
      expectChanged(container, app, '/etc/app was updated (a)');
    },
  },
  {
    title: 'takes the birth of the termination log as start, where stat can tell it',
    only: ['dash', 'bash', 'amd64', 'arm64', 'sanitized'],
    play: async ({ pod }) => {
      pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      const said = container.probe(['--explain', ...app]).said;
      expect(said).toMatch(
        /^instance 0000000a-\S+ app abc00001 start \d{19} termination-log baseline absent \/dev\/shm\/\S+\n$/,
      );
    },
  },
  {
    title: 'finds the termination log wherever it is mounted',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start({ terminationLog: '/var/log/why' });
      expectQuiet(container, app);
      volume.write({ a: '2' });
      expectChanged(container, app, '/etc/app was updated (a)');
      expect(container.terminationLog).toBe('config changed: /etc/app was updated (a)\n');
    },
  },
  {
    title: 'without a birth time the link /dev/fd tells the start',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start({ noBirth: true });
      expect(container.probe(['--explain', ...app]).said).toContain(' /dev/fd baseline absent ');
      volume.write({ a: '2' });
      expect(container.probe(app)).toEqual({ code: 1, said: 'config changed: /etc/app was updated\n' });
      const next = await pod.start({ noBirth: true });
      expectQuiet(next, app);
    },
  },
  {
    title: 'without statx the link /dev/fd tells the start',
    only: ['amd64', 'sanitized'],
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expect(container.probe(['--explain', ...app], { noStatx: true }).said).toContain(' /dev/fd baseline absent ');
      volume.write({ a: '2' });
      expectChanged(container, app, '/etc/app was updated', { noStatx: true });
    },
  },
  {
    title: 'without either, /proc tells the start',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start({ noBirth: true, noDevFd: true });
      expect(container.probe(['--explain', ...app]).said).toContain(' /proc baseline absent ');
      expectQuiet(container, app);
      volume.write({ a: '2' });
      expect(container.probe(app)).toEqual({ code: 1, said: 'config changed: /etc/app was updated (a)\n' });
    },
  },
  {
    title: 'where no termination log is mounted it tells instances by their start',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const first = await pod.start({ noTerminationLog: true });
      expect(first.probe(['--explain', ...app]).said).toMatch(
        /^instance - \d{19} - start \d{19} \/dev\/fd baseline absent /,
      );
      expectQuiet(first, app);
      volume.write({ a: '1' });
      expectQuiet(first, app);
      volume.write({ a: '2' });
      expect(first.probe(app)).toEqual({ code: 1, said: 'config changed: /etc/app was updated (a)\n' });
      expectQuiet(await pod.start({ noTerminationLog: true }), app);
    },
  },
  {
    title: '--explain says what it sees, and changes nothing',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      const explain = ['--explain', ...app, '--', '/bin/false'];
      expect(container.probe(explain)).toEqual({
        code: 0,
        said: expect.stringMatching(/^instance [^\n]* absent [^\n]*\n$/),
      });
      expect(pod.kept).toEqual([]);
      expectQuiet(container, app);
      const kept = pod.kept;
      volume.write({ a: '2' });
      expect(container.probe(explain)).toEqual({
        code: 0,
        said: expect.stringMatching(
          /^instance [^\n]* baseline \/dev\/shm\/[^\n]*\nconfig changed: \/etc\/app was updated \(a\)\n$/,
        ),
      });
      expect(pod.kept).toEqual(kept);
      expect(container.terminationLog).toBe('');
    },
  },
  {
    title: 'a volume that is swapped all the time is never a false alarm',
    play: async ({ pod }) => {
      // Large enough that a swap comes while it is read.
      const large = Buffer.alloc(1 << 18, 'x');
      const files = Object.fromEntries(
        Array.from({ length: 40 }, (_, i) => [`key-${i}`, i % 20 === 0 ? large : `${i}`]),
      );
      const volume = pod.volume('/etc/app', files);
      const container = await pod.start();
      expectQuiet(container, app);
      const swapper = pod.keepSwapping(volume);
      for (let run = 0; run < 12 || swapper.swaps() < 12; run++) {
        // A part of the files would be other content than expected, and a baseline of a part a change later on.
        const { code, said } = container.probe(run % 2 === 0 ? app : [...app, `--expect=${hashOf(files)}`]);
        expect(code).toBe(0);
        expect(said).toBeOneOf(['', 'cannot tell: /etc/app changes while it is read\n']);
        await new Promise((resolve) => setImmediate(resolve));
      }
      await swapper.stop();
      expectQuiet(container, app);
    },
  },
];
