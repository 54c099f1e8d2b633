import { expect } from 'bun:test';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './build-probe.ts';
import type { Case } from './play.ts';
import { expectChanged, expectNote, expectQuiet } from './play.ts';
import type { StartOptions } from './pod.ts';

const app = ['--volume=/etc/app'];
const tools = [
  'dash',
  'cat',
  'stat',
  'readlink',
  'ls',
  'sha256sum',
  'cmp',
  'tr',
  'grep',
  'sort',
  'uniq',
  'sed',
  'date',
  'mv',
  'rm',
  'tail',
  'timeout',
  'find',
  'true',
] as const;

/** The image of dash with these tools, without those that are missing; broken ones end with 2. */
function imageOf(
  mounts: readonly (readonly [string, string])[],
  { missing = [], broken = [] }: { missing?: readonly string[]; broken?: readonly string[] },
): StartOptions {
  const folder = temporaryFolder('probe-tools-');
  for (const tool of tools) {
    const path = join(folder, tool);
    if (broken.includes(tool)) writeFileSync(path, '#!/usr/bin/dash\nexit 2\n', { mode: 0o755 });
    else if (!missing.includes(tool)) copyFileSync(`/usr/bin/${tool}`, path);
  }
  const libraries = ['/usr/lib', '/usr/lib64'].filter(existsSync).map((path) => [path, path] as const);
  const script = mounts.filter(([, path]) => path.startsWith('/probe/'));
  return { image: { mounts: [[folder, '/usr/bin'], ...libraries, ...script], mergedUsr: true } };
}

const imageWithout = (mounts: readonly (readonly [string, string])[], ...missing: readonly string[]): StartOptions =>
  imageOf(mounts, { missing });

/** Images that lack a tool of the script. */
export const toolCases: readonly Case[] = [
  {
    title: 'needs no more tools than README.md says',
    only: ['dash'],
    play: async ({ pod, form }) => {
      const volume = pod.volume('/etc/app', { a: '1', b: '1', A: '1' });
      const image = imageWithout(form.mounts);
      const args = [...app, '--env=A=/etc/app/A', '--subpath=/etc/b', '--live=/etc/app/b', '--check=true'];
      const container = await pod.start({ ...image, mounts: [[join(volume.current, 'b'), '/etc/b']] });
      expectQuiet(container, args, { env: { A: '1' } });
      volume.write({ a: '2', b: '2', A: '2' });
      const reasons = '/etc/app was updated (A, a, b); A in the environment is old; /etc/b is an old subPath copy';
      expectChanged(container, args, reasons, { env: { A: '1' } });
    },
  },
  {
    title: 'without sha256sum and openssl the swap decides',
    only: ['dash'],
    play: async ({ pod, form }) => {
      const volume = pod.volume('/etc/app', { A: '1' });
      const image = imageWithout(form.mounts, 'sha256sum');
      const args = [...app, '--env=A=/etc/app/A'];
      const note = 'cannot tell: every swap counts: no baseline can be kept in /dev/shm';
      const container = await pod.start(image);
      expectNote(container, args, note, { env: { A: '1' } });
      volume.write({ A: '1' });
      expectChanged(container, args, '/etc/app was updated', { env: { A: '1' } });
      volume.write({ A: '2' });
      expectChanged(container, args, '/etc/app was updated; A in the environment is old', { env: { A: '1' } });
      expectNote(await pod.start(image), args, note, { env: { A: '2' } });
      const expected = [...app, `--expect=${'0'.repeat(64)}`];
      expectNote(container, expected, 'cannot tell: /etc/app cannot be hashed');
    },
  },
  {
    title: 'without stat content and subPath copies are still told',
    only: ['dash'],
    play: async ({ pod, form }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const image = imageWithout(form.mounts, 'stat');
      const container = await pod.start({ ...image, mounts: [[join(volume.current, 'a'), '/etc/a']] });
      expectNote(
        container,
        app,
        'cannot tell: /etc/app: the start of the container is unknown; every swap counts: no baseline can be kept in /dev/shm',
      );
      volume.write({ a: '2' });
      expectChanged(container, ['--subpath=/etc/a'], '/etc/a is an old subPath copy');
      expectChanged(container, ['--subpath=/etc/a', '--live=/etc/app/a'], '/etc/a is an old subPath copy');
    },
  },
  {
    title: 'without readlink, cmp, timeout and find it does the same by other means',
    only: ['dash'],
    play: async ({ pod, form }) => {
      const volume = pod.volume('/etc/app', { a: '1', A: '1' });
      const image = imageWithout(form.mounts, 'readlink', 'cmp', 'timeout', 'find');
      const args = [...app, '--subpath=/etc/a', '--live=/etc/app/a', '--env=A=/etc/app/A', '--check=true'];
      const container = await pod.start({ ...image, mounts: [[join(volume.current, 'a'), '/etc/a']] });
      expectQuiet(container, args, { env: { A: '1' } });
      volume.write({ a: '1', A: '1' });
      expectQuiet(container, args, { env: { A: '1' } });
      volume.write({ a: '2', A: '1' });
      expectChanged(container, args, '/etc/app was updated (a); /etc/a is an old subPath copy', { env: { A: '1' } });
    },
  },
  {
    title: 'a live file that cannot be compared restarts nobody',
    only: ['dash'],
    play: async ({ pod, form }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const mounts = [[join(volume.current, 'a'), '/etc/a']] as const;
      const containers = [
        await pod.start({ ...imageOf(form.mounts, { broken: ['cmp'] }), mounts }),
        await pod.start({ ...imageOf(form.mounts, { missing: ['cmp'], broken: ['sha256sum'] }), mounts }),
      ];
      volume.write({ a: '2' });
      for (const container of containers)
        expectNote(container, ['--subpath=/etc/a', '--live=/etc/app/a'], 'cannot tell: /etc/app/a cannot be read');
    },
  },
  {
    title: 'a tool that is missing never restarts',
    only: ['dash'],
    play: async ({ pod, form }) => {
      const volume = pod.volume('/etc/app', { a: '1', A: '1' });
      const args = [...app, '--env=A=/etc/app/A', '--subpath=/etc/a', '--live=/etc/app/a'];
      for (const tool of tools) {
        if (tool === 'dash') continue;
        const start = { ...imageWithout(form.mounts, tool), mounts: [[join(volume.current, 'a'), '/etc/a']] as const };
        const container = await pod.start(start);
        for (let run = 0; run < 2; run++) {
          const { code, said } = container.probe(args, { env: { A: '1' } });
          expect({ tool, code, said }).toEqual({
            tool,
            code: 0,
            said: expect.stringMatching(/^(cannot tell: .*\n)?$/),
          });
        }
      }
    },
  },
  {
    title: 'without any tool at all it is exit 0',
    only: ['dash'],
    play: async ({ pod, form }) => {
      pod.volume('/etc/app', { a: '1' });
      const container = await pod.start(imageWithout(form.mounts, ...tools.filter((tool) => tool !== 'dash')));
      expect(container.probe(app).code).toBe(0);
    },
  },
];
