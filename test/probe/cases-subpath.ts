import { join } from 'node:path';
import type { Case } from './play.ts';
import { expectChanged, expectNote, expectQuiet } from './play.ts';

/** Files and folders mounted with subPath, and what is gone. */
export const subpathCases: readonly Case[] = [
  {
    title: 'a subPath copy is old as soon as its volume is swapped',
    play: async ({ pod }) => {
      const volume = pod.volume('/all', { a: '1', b: '1' });
      const container = await pod.start({ mounts: [[join(volume.current, 'a'), '/etc/a']] });
      expectQuiet(container, ['--subpath=/etc/a']);
      volume.write({ a: '1', b: '2' });
      expectChanged(container, ['--subpath=/etc/a'], '/etc/a is an old subPath copy');
      const next = await pod.start({ mounts: [[join(volume.current, 'a'), '/etc/a']] });
      expectQuiet(next, ['--subpath=/etc/a']);
    },
  },
  {
    title: 'with --live only other bytes make a subPath copy old',
    play: async ({ pod }) => {
      const volume = pod.volume('/all', { a: '1\n', b: '1' });
      const args = ['--subpath=/etc/a', '--live=/all/a'];
      const container = await pod.start({ mounts: [[join(volume.current, 'a'), '/etc/a']] });
      expectQuiet(container, args);
      volume.write({ a: '1\n', b: '2' });
      expectQuiet(container, args);
      volume.write({ a: '1', b: '2' });
      expectChanged(container, args, '/etc/a is an old subPath copy');
      volume.write({ a: '1\n', b: '2' });
      expectQuiet(container, args);
    },
  },
  {
    title: 'compares subPath copies of 1 MiB to the last byte',
    play: async ({ pod }) => {
      const content = Buffer.alloc(1 << 20, 'x');
      const volume = pod.volume('/all', { a: content });
      const args = ['--subpath=/etc/a', '--live=/all/a'];
      const container = await pod.start({ mounts: [[join(volume.current, 'a'), '/etc/a']] });
      volume.write({ a: content });
      expectQuiet(container, args);
      content[content.length - 1] = 0;
      volume.write({ a: content });
      expectChanged(container, args, '/etc/a is an old subPath copy');
    },
  },
  {
    title: 'a folder mounted with subPath is old when its volume is swapped',
    play: async ({ pod }) => {
      const volume = pod.volume('/all', { 'conf/a': '1' });
      const container = await pod.start({ mounts: [[join(volume.current, 'conf'), '/etc/conf']] });
      const args = ['--subpath=/etc/conf', '--live=/all/conf'];
      expectQuiet(container, args);
      volume.write({ 'conf/a': '1' });
      expectChanged(container, args, '/etc/conf is an old subPath copy');
    },
  },
  {
    title: 'a subPath copy whose live file is gone restarts nobody',
    play: async ({ pod }) => {
      const volume = pod.volume('/all', { a: '1', b: '1' });
      const container = await pod.start({ mounts: [[join(volume.current, 'a'), '/etc/a']] });
      volume.write({ b: '1' });
      expectNote(
        container,
        ['--subpath=/etc/a', '--live=/all/a'],
        'config changed, kept running because /all/a is gone: /etc/a is an old subPath copy',
      );
    },
  },
  {
    title: 'a subPath file that is not there is a note',
    play: async ({ pod }) => {
      expectNote(await pod.start(), ['--subpath=/etc/a'], 'cannot tell: /etc/a is not there');
    },
  },
  {
    title: 'a key that vanished is no change',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1', b: '1' });
      const container = await pod.start();
      expectQuiet(container, ['--volume=/etc/app']);
      volume.write({ a: '1' });
      expectQuiet(container, ['--volume=/etc/app']);
    },
  },
  {
    title: 'while a watched key is gone nothing restarts, and when it is back the change does',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1', b: '1' });
      const args = ['--volume=/etc/app', '--key=a', '--key=b'];
      const container = await pod.start();
      expectQuiet(container, args);
      volume.write({ a: '1' });
      expectQuiet(container, args);
      volume.write({ a: '2' });
      expectNote(container, args, 'config changed, kept running because /etc/app/b is gone: /etc/app was updated (a)');
      volume.write({ a: '2', b: '1' });
      expectChanged(container, args, '/etc/app was updated (a)');
    },
  },
  {
    title: 'without a list, a key that vanished does not hold back other changes',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1', b: '1' });
      const container = await pod.start();
      expectQuiet(container, ['--volume=/etc/app']);
      volume.write({ a: '2' });
      expectChanged(container, ['--volume=/etc/app'], '/etc/app was updated (a)');
    },
  },
  {
    title: 'a volume that lost all its files holds back every change',
    play: async ({ pod }) => {
      const one = pod.volume('/etc/one', { a: '1' });
      const two = pod.volume('/etc/two', { a: '1' });
      const args = ['--volume=/etc/one', '--volume=/etc/two'];
      const container = await pod.start();
      expectQuiet(container, args);
      one.write({});
      expectQuiet(container, args);
      two.write({ a: '2' });
      const line = 'config changed, kept running because /etc/one is gone: /etc/two was updated (a)';
      expectNote(container, args, line);
      one.vanish();
      expectNote(container, args, line);
    },
  },
  {
    title: 'while the file of a variable is gone nothing restarts',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { LEVEL: '1', b: '1' });
      const args = ['--env=LEVEL=/etc/app/LEVEL', '--volume=/etc/app', '--key=b'];
      const container = await pod.start();
      expectQuiet(container, args, { env: { LEVEL: '1' } });
      volume.write({ b: '2' });
      const line = 'config changed, kept running because /etc/app/LEVEL is gone: /etc/app was updated (b)';
      expectNote(container, args, line, { env: { LEVEL: '1' } });
      expectChanged(container, args, '/etc/app was updated (b)');
    },
  },
  {
    title: 'an optional key that was never there holds nothing back',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const args = ['--volume=/etc/app', '--key=a', '--key=never', '--env=NEVER=/etc/app/NEVER'];
      const container = await pod.start();
      expectQuiet(container, args, { env: { NEVER: 'set by the image' } });
      volume.write({ a: '2' });
      expectChanged(container, args, '/etc/app was updated (a)', { env: { NEVER: 'set by the image' } });
    },
  },
  {
    title: 'a path that is no volume is a note, and does not hide a change elsewhere',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const args = ['--volume=/nowhere', '--volume=/proc', '--env-from=X=/nowhere', '--volume=/etc/app'];
      const container = await pod.start();
      const note = 'cannot tell: /nowhere has no ..data; /proc has no ..data; /nowhere has no ..data';
      expectNote(container, args, note);
      expectNote(container, args, note);
      volume.write({ a: '2' });
      expectChanged(container, args, '/etc/app was updated (a)');
    },
  },
  {
    title: 'several kinds of change stand in one line, in the order of the arguments',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1', LEVEL: '1' });
      const args = [
        '--env=LEVEL=/etc/app/LEVEL',
        '--volume=/etc/app',
        '--key=a',
        '--subpath=/etc/a',
        '--live=/etc/app/a',
      ];
      const container = await pod.start({ mounts: [[join(volume.current, 'a'), '/etc/a']] });
      expectQuiet(container, args, { env: { LEVEL: '1' } });
      volume.write({ a: '2', LEVEL: '2' });
      expectChanged(
        container,
        args,
        'LEVEL in the environment is old; /etc/app was updated (a); /etc/a is an old subPath copy',
        { env: { LEVEL: '1' } },
      );
    },
  },
];
