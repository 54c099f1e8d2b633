import { expect } from 'bun:test';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './play.ts';
import { binaries, expectChanged, expectNote, expectQuiet } from './play.ts';

const app = ['--volume=/etc/app'];

/** Volumes against the baseline of the instance. */
export const contentCases: readonly Case[] = [
  {
    title: 'restarts once for a new value, and the next instance is quiet',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { 'app.conf': 'a=1\n', other: 'x' });
      const first = await pod.start();
      expectQuiet(first, app);
      expectQuiet(first, app);
      volume.write({ 'app.conf': 'a=2\n', other: 'x' });
      expectChanged(first, app, '/etc/app was updated (app.conf)');
      expectChanged(first, app, '/etc/app was updated (app.conf)');
      const second = await pod.start();
      expectQuiet(second, app);
      expectQuiet(second, app);
    },
  },
  {
    title: 'a swap that brings the same content restarts nobody',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ a: '1' });
      expectQuiet(container, app);
    },
  },
  {
    title: 'a change that was taken back restarts nobody',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ a: '2' });
      volume.write({ a: '1' });
      expectQuiet(container, app);
    },
  },
  {
    title: 'a change that is taken back after it was seen is quiet again',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ a: '2' });
      expectChanged(container, app, '/etc/app was updated (a)');
      volume.write({ a: '1' });
      expectQuiet(container, app);
    },
  },
  {
    title: 'a key that is not watched, such as a rotated token, restarts nobody',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1', token: 'first' });
      const args = [...app, '--key=a'];
      const container = await pod.start();
      expectQuiet(container, args);
      for (const token of ['second', 'third', 'fourth']) {
        volume.write({ a: '1', token });
        expectQuiet(container, args);
      }
      volume.write({ a: '2', token: 'fifth' });
      expectChanged(container, args, '/etc/app was updated (a)');
    },
  },
  {
    title: 'a new key restarts when all are watched',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ a: '1', b: '2' });
      expectChanged(container, app, '/etc/app was updated (b)');
    },
  },
  {
    title: 'a watched key that appears restarts',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const args = [...app, '--key=later', '--key=a'];
      const container = await pod.start();
      expectQuiet(container, args);
      volume.write({ a: '1', later: '2' });
      expectChanged(container, args, '/etc/app was updated (later)');
    },
  },
  {
    title: 'names three keys in order and counts the others',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', {});
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ e: '', d: '', c: '', b: '', a: '' });
      expectChanged(container, app, '/etc/app was updated (a, b, c and 2 more)');
      volume.write({ c: '', b: '', a: '' });
      expectChanged(container, app, '/etc/app was updated (a, b, c)');
    },
  },
  {
    title: 'names each volume that changed',
    play: async ({ pod }) => {
      const one = pod.volume('/etc/one', { a: '1' });
      pod.volume('/etc/two', { a: '1' });
      const three = pod.volume('/etc/three', { a: '1' });
      const args = ['--volume=/etc/one', '--volume=/etc/two', '--volume=/etc/three'];
      const container = await pod.start();
      expectQuiet(container, args);
      three.write({ a: '2' });
      one.write({ a: '2' });
      expectChanged(container, args, '/etc/one was updated (a); /etc/three was updated (a)');
    },
  },
  {
    title: 'sees a change of one byte at the end of a file of 1 MiB',
    play: async ({ pod }) => {
      const content = Buffer.alloc(1 << 20, 'x');
      const volume = pod.volume('/etc/app', { large: content });
      const container = await pod.start();
      expectQuiet(container, app);
      content[content.length - 1] = 0;
      volume.write({ large: content });
      expectChanged(container, app, '/etc/app was updated (large)');
    },
  },
  {
    title: 'watches 1,000 keys, and names the one that changed',
    play: async ({ pod }) => {
      const files = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`some.longer-key_name-${i}`, `${i}`]));
      const volume = pod.volume('/etc/app', files);
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write(files);
      expectQuiet(container, app);
      volume.write({ ...files, 'some.longer-key_name-777': 'new' });
      expectChanged(container, app, '/etc/app was updated (some.longer-key_name-777)');
      const { 'some.longer-key_name-500': _, ...fewer } = files;
      volume.write(fewer);
      expectQuiet(container, app);
    },
  },
  {
    title: 'of more than 1,000 keys the swap alone decides',
    play: async ({ pod }) => {
      const files = Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`key-${i}`, '']));
      const volume = pod.volume('/etc/app', files);
      const container = await pod.start();
      expectNote(container, app, 'cannot tell: /etc/app holds too many files');
      volume.write(files);
      expectChanged(container, app, '/etc/app was updated');
      const next = await pod.start();
      expectNote(next, app, 'cannot tell: /etc/app holds too many files');
    },
  },
  {
    title: 'takes names with every character that a path may have',
    play: async ({ pod }) => {
      const names = [
        'a b',
        "it's",
        '"q"',
        '-n',
        '--',
        '$(x)',
        '`y`',
        'back\\slash',
        '*',
        '[a]',
        'ä',
        '..c',
        '.d',
        'e=f',
        'g:h,i',
        '\t',
        '#',
        '~',
        '%s',
        '!',
      ];
      const files = Object.fromEntries(names.map((name) => [name, name]));
      const volume = pod.volume('/etc/app', files);
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write(files);
      expectQuiet(container, app);
      for (const name of names) {
        volume.write({ ...files, [name]: 'new' });
        expectChanged(container, app, `/etc/app was updated (${name.replace('\t', '?')})`);
      }
    },
  },
  {
    title: 'takes a mount path and a --key with spaces, colons, commas and quotes as they are',
    play: async ({ pod }) => {
      const path = '/etc/a b:c,d=e\'f"g$(h)*';
      const volume = pod.volume(path, { 'x y,z': '1', other: '1' });
      const args = [`--volume=${path}`, '--key=x y,z'];
      const container = await pod.start();
      expectQuiet(container, args);
      volume.write({ 'x y,z': '1', other: '2' });
      expectQuiet(container, args);
      volume.write({ 'x y,z': '2', other: '2' });
      expectChanged(container, args, `${path} was updated (x y,z)`);
    },
  },
  {
    title: 'watches files in folders, which `items` with a path make',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { 'conf.d/a': '1', 'conf.d/deep/b': '1', 'conf-e': '1' });
      const container = await pod.start();
      expectQuiet(container, app);
      expectQuiet(container, [...app, '--key=conf.d/deep/b']);
      volume.write({ 'conf.d/a': '1', 'conf.d/deep/b': '2', 'conf-e': '1' });
      expectChanged(container, app, '/etc/app was updated (conf.d/deep/b)');
      expectChanged(container, [...app, '--key=conf.d/deep/b'], '/etc/app was updated (conf.d/deep/b)');
      expectQuiet(await pod.start(), [...app, '--key=conf.d/a']);
    },
  },
  {
    title: 'tells files that swap their contents',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1', b: '2' });
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ a: '2', b: '1' });
      expectChanged(container, app, '/etc/app was updated (a, b)');
    },
  },
  {
    title: 'reads content that is not text',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { key: Uint8Array.of(0, 255, 10, 0), empty: '' });
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ key: Uint8Array.of(0, 255, 10, 0, 0), empty: '' });
      expectChanged(container, app, '/etc/app was updated (key)');
    },
  },
  {
    title: 'an empty volume is current until it has a file',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', {});
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({});
      expectQuiet(container, app);
      volume.write({ a: '' });
      expectChanged(container, app, '/etc/app was updated (a)');
    },
  },
  {
    title: '--swap counts every swap, whatever changed',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, [...app, '--swap']);
      volume.write({ a: '1' });
      expectChanged(container, [...app, '--swap'], '/etc/app was updated');
      expectQuiet(await pod.start(), [...app, '--swap']);
      expect(pod.kept.filter((name) => !name.endsWith('.mark'))).toEqual([]);
    },
  },
  {
    title: 'keeps hashes and names, mode 0600, never content',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { password: 'swordfish' });
      const args = [...app, '--env=PASSWORD=/etc/app/password'];
      const container = await pod.start();
      expectQuiet(container, args, { env: { PASSWORD: 'swordfish' } });
      volume.write({ password: 'goldfish' });
      const reasons = '/etc/app was updated (password); PASSWORD in the environment is old';
      expectChanged(container, args, reasons, { env: { PASSWORD: 'swordfish' } });
      expect(pod.kept).toHaveLength(2);
      for (const name of pod.kept) {
        const file = join(pod.sharedMemory, name);
        expect(statSync(file).mode & 0o777).toBe(0o600);
        expect(readFileSync(file, 'utf8')).not.toMatch(/swordfish|goldfish/);
      }
      expect(container.terminationLog).not.toMatch(/swordfish|goldfish/);
    },
  },
  {
    title: 'two probes of a container with other arguments do not share a baseline',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1', b: '1' });
      const container = await pod.start();
      expectQuiet(container, [...app, '--key=a']);
      expectQuiet(container, [...app, '--key=b']);
      volume.write({ a: '1', b: '2' });
      expectQuiet(container, [...app, '--key=a']);
      expectChanged(container, [...app, '--key=b'], '/etc/app was updated (b)');
    },
  },
  {
    title: 'containers of a Pod do not share a baseline, and an instance takes over that of the one before',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const web = await pod.start({ name: 'web' });
      const cache = await pod.start({ name: 'cache' });
      expectQuiet(web, app);
      expectQuiet(cache, app);
      expect(pod.kept).toHaveLength(2);
      volume.write({ a: '2' });
      const newWeb = await pod.start({ name: 'web' });
      expectQuiet(newWeb, app);
      expectChanged(cache, app, '/etc/app was updated (a)');
      expectQuiet(newWeb, app);
      expect(pod.kept).toHaveLength(3);
    },
  },
  {
    title: '--baseline names another folder',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const args = [...app, '--baseline=/kept here'];
      const container = await pod.start({ mounts: [[pod.sharedMemory, 'rw:/kept here']], sharedMemory: null });
      expectQuiet(container, args);
      expect(pod.kept).toHaveLength(1);
      volume.write({ a: '1' });
      expectQuiet(container, args);
    },
  },
  {
    title: 'without a folder for a baseline every swap counts, and it says so',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start({ sharedMemory: null });
      const note = 'cannot tell: every swap counts: no baseline can be kept in /dev/shm';
      expectNote(container, app, note);
      volume.write({ a: '1' });
      expectChanged(container, app, '/etc/app was updated');
      expectNote(await pod.start({ sharedMemory: null }), app, note);
    },
  },
  {
    title: 'a baseline that was cut off counts as none',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, app);
      const [name = ''] = pod.kept;
      const baseline = readFileSync(join(pod.sharedMemory, name), 'utf8');
      const damage = (text: string) =>
        container.exec(['/bin/sh', '-c', `printf '%s' "$TEXT" > '/dev/shm/${name}'`], { env: { TEXT: text } });
      for (const text of ['', baseline.slice(0, -4), 'x']) {
        damage(text);
        expectQuiet(container, app);
        expect(readFileSync(join(pod.sharedMemory, name), 'utf8')).toBe(baseline);
      }
      volume.write({ a: '2' });
      expectChanged(container, app, '/etc/app was updated (a)');
    },
  },
  {
    title: 'a file that this user may not read leaves the decision to the swap',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      container.exec(['/bin/true']);
      const { chmodSync } = await import('node:fs');
      chmodSync(join(volume.current, 'a'), 0o400);
      expectNote(container, app, 'cannot tell: /etc/app cannot be read');
      expectQuiet(await pod.start(), app, { user: 0 });
      const next = await pod.start();
      volume.write({ a: '1' });
      chmodSync(join(volume.current, 'a'), 0o400);
      expectChanged(next, app, '/etc/app was updated');
    },
  },
  {
    title: 'runs as root too',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, app, { user: 0 });
      volume.write({ a: '2' });
      expectChanged(container, app, '/etc/app was updated (a)', { user: 0 });
    },
  },
  {
    title: 'the baseline can be read by a person: where ..data points, and the hashes',
    play: async ({ pod }) => {
      pod.volume('/etc/app', { b: '', a: '' });
      const container = await pod.start();
      expectQuiet(container, app);
      const [name = ''] = pod.kept;
      expect(name).toMatch(/^kubectl-reload-probe\.0000000a-1b2c-4d3e-8f90-0123456789ab\.app\.[0-9a-f]{16}$/);
      const empty = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
      expect(readFileSync(join(pod.sharedMemory, name), 'utf8')).toBe(
        `kubectl-reload-probe 1 ${container.id}\n00=..2026_01_01_00_00_00.000000001\n00 a//${empty}\n00 b//${empty}\nend\n`,
      );
    },
  },
  {
    title: 'needs nothing in the image but itself',
    only: binaries.filter((name) => name !== 'sanitized'),
    play: async ({ pod, form }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const image = { mounts: form.mounts.filter(([, path]) => path.startsWith('/probe/')) };
      const container = await pod.start({ image });
      expectQuiet(container, app);
      volume.write({ a: '2' });
      expectChanged(container, app, '/etc/app was updated (a)');
      expectQuiet(await pod.start({ image }), app);
    },
  },
];
