import { expect } from 'bun:test';
import type { Case } from './play.ts';
import { expectChanged, expectNote, expectQuiet } from './play.ts';

const level = ['--env=LEVEL=/etc/app/LEVEL'];
const longAgo = new Date('2021-01-01');

/** Variables against the files of the same keys. */
export const environmentCases: readonly Case[] = [
  {
    title: 'a variable whose file changed is old, until the restart gives the new one',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { LEVEL: 'info' });
      const container = await pod.start();
      expectQuiet(container, level, { env: { LEVEL: 'info' } });
      volume.write({ LEVEL: 'debug' });
      expectChanged(container, level, 'LEVEL in the environment is old', { env: { LEVEL: 'info' } });
      expectQuiet(await pod.start(), level, { env: { LEVEL: 'debug' } });
    },
  },
  {
    title: 'another key of the same volume makes no variable old',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { LEVEL: 'info', other: '1' });
      const container = await pod.start();
      expectQuiet(container, level, { env: { LEVEL: 'info' } });
      volume.write({ LEVEL: 'info', other: '2' });
      expectQuiet(container, level, { env: { LEVEL: 'info' } });
    },
  },
  {
    title: 'compares byte by byte',
    play: async ({ pod }) => {
      const values = [
        '',
        ' ',
        'a\n',
        'a\n\n',
        '\na',
        'a\r\n',
        '\t a ',
        'a=b',
        '=',
        '$(X) $X `x` \\',
        'é ☃ 😀',
        '*',
        '-n',
        '%s',
        'x'.repeat(100_000),
      ];
      for (const value of values) {
        const volume = pod.volume(`/etc/app-${values.indexOf(value)}`, { V: value });
        volume.dateSwap(new Date(Date.now() - 1000));
      }
      const container = await pod.start();
      for (const [i, value] of values.entries()) {
        expectQuiet(container, [`--env=V=/etc/app-${i}/V`], { env: { V: value } });
      }
      for (const [i, value] of values.entries()) {
        const args = [`--env=V=/etc/app-${i}/V`, '--baseline=/nowhere'];
        expectChanged(container, args, 'V in the environment is old', { env: { V: `${value}x` } });
        expectChanged(container, args, 'V in the environment is old', { env: { V: `${value}\n` } });
      }
    },
  },
  {
    title: 'a variable was read a moment before the instance was made',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { LEVEL: 'debug' });
      volume.dateSwap(new Date(Date.now() - 500));
      const container = await pod.start();
      expectChanged(container, level, 'LEVEL in the environment is old', { env: { LEVEL: 'info' } });
      expectQuiet(await pod.start(), level, { env: { LEVEL: 'debug' } });
    },
  },
  {
    title: 'a difference that was there from the start is no change',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { LEVEL: 'info' });
      volume.dateSwap(longAgo);
      const container = await pod.start();
      expectQuiet(container, level, { env: { LEVEL: 'set by the entrypoint' } });
      expectQuiet(container, level, { env: { LEVEL: 'set by the entrypoint' } });
    },
  },
  {
    title: 'a variable that never is what its file says costs one restart a change, not a loop',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { LEVEL: 'info' });
      volume.dateSwap(longAgo);
      expectQuiet(await pod.start(), level);
      for (const LEVEL of ['debug', 'trace']) {
        const container = await pod.start();
        expectQuiet(container, level);
        volume.write({ LEVEL });
        expectChanged(container, level, 'LEVEL in the environment is old');
        for (let restart = 0; restart < 3; restart++) {
          const next = await pod.start();
          expectQuiet(next, level);
          expectQuiet(next, level);
        }
      }
    },
  },
  {
    title: 'bytes that are not UTF-8, which the runtime rewrites, cost one restart a change',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { LEVEL: Uint8Array.of(0xff, 0x61) });
      volume.dateSwap(longAgo);
      const container = await pod.start();
      expectQuiet(container, level, { env: { LEVEL: '\ufffda' } });
      volume.write({ LEVEL: Uint8Array.of(0xff, 0x62) });
      expectChanged(container, level, 'LEVEL in the environment is old', { env: { LEVEL: '\ufffda' } });
      expectQuiet(await pod.start(), level, { env: { LEVEL: '\ufffdb' } });
    },
  },
  {
    title: 'a key that appears makes the variable that is not set old',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', {});
      const container = await pod.start();
      expectQuiet(container, level);
      volume.write({ LEVEL: '' });
      expectChanged(container, level, 'LEVEL in the environment is old');
      expectQuiet(await pod.start(), level, { env: { LEVEL: '' } });
    },
  },
  {
    title: 'takes names that are no shell identifiers',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { 'log.level-x': '1' });
      const args = ['--env=1.log-level=/etc/app/log.level-x'];
      const container = await pod.start();
      expectQuiet(container, args, { env: { '1.log-level': '1' } });
      volume.write({ 'log.level-x': '2' });
      expectChanged(container, args, '1.log-level in the environment is old', { env: { '1.log-level': '1' } });
    },
  },
  {
    title: 'tells variables apart whose names begin alike',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { LEVEL: '1' });
      const env = { LEVEL_MAX: '1', XLEVEL: '1', LEVEL: '0', LEVE: '1' };
      const container = await pod.start();
      expectQuiet(container, level, { env: { ...env, LEVEL: '1' } });
      volume.write({ LEVEL: '2' });
      expectChanged(container, level, 'LEVEL in the environment is old', { env });
    },
  },
  {
    title: 'reads variables that a shell sets for itself as the container has them',
    play: async ({ pod }) => {
      const names = ['PWD', 'IFS', 'TZ', 'LC_ALL', 'PS1', 'HOME', 'SHLVL', '_', 'kind', 'stored', 'number'];
      const files = Object.fromEntries(names.map((name) => [name, name === 'LC_ALL' ? 'C.UTF-8' : `value of ${name}`]));
      pod.volume('/etc/app', files);
      const container = await pod.start();
      // Not kept, so that each run compares all of them.
      const args = names.map((name) => `--env=${name}=/etc/app/${name}`);
      const said = container.probe([...args, '--baseline=/nowhere'], { env: files });
      expect(said).toEqual({ code: 0, said: 'cannot tell: every swap counts: no baseline can be kept in /nowhere\n' });
    },
  },
  {
    title: 'envFrom: all keys, with a prefix',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { A: '1', 'b.c': '2' });
      const args = ['--env-from=APP_=/etc/app'];
      const env = { APP_A: '1', 'APP_b.c': '2', A: 'x' };
      const container = await pod.start();
      expectQuiet(container, args, { env });
      volume.write({ A: '1', 'b.c': '3' });
      expectChanged(container, args, 'APP_b.c in the environment is old', { env });
      volume.write({ A: '0', 'b.c': '3', NEW: '1' });
      expectChanged(container, args, 'APP_A, APP_NEW, APP_b.c in the environment are old', { env });
      volume.write({ A: '0', 'b.c': '3', NEW: '1', d: '', e: '' });
      expectChanged(container, args, 'APP_A, APP_NEW, APP_b.c and 2 more in the environment are old', { env });
      expectQuiet(await pod.start(), args, { env: { APP_A: '0', 'APP_b.c': '3', APP_NEW: '1', APP_d: '', APP_e: '' } });
    },
  },
  {
    title: 'envFrom: without a prefix, and just the listed keys',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { A: '1', B: '1', C: '1' });
      const args = ['--env-from==/etc/app', '--key=A', '--key=C'];
      const env = { A: '1', B: '1', C: '1' };
      const container = await pod.start();
      expectQuiet(container, args, { env });
      volume.write({ A: '1', B: '2', C: '1' });
      expectQuiet(container, args, { env });
      volume.write({ A: '1', B: '2', C: '2' });
      expectChanged(container, args, 'C in the environment is old', { env });
    },
  },
  {
    title: 'envFrom: a key that makes no variable costs one restart when it changes',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { A: '1', binary: Uint8Array.of(0, 1, 2) });
      volume.dateSwap(longAgo);
      const args = ['--env-from==/etc/app'];
      const container = await pod.start();
      expectQuiet(container, args, { env: { A: '1' } });
      volume.write({ A: '1', binary: Uint8Array.of(0, 1, 3) });
      expectChanged(container, args, 'binary in the environment is old', { env: { A: '1' } });
      expectQuiet(await pod.start(), args, { env: { A: '1' } });
    },
  },
  {
    title: 'envFrom: 1,000 variables',
    play: async ({ pod }) => {
      const env = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`NAME_${i}`, `value ${i}`]));
      const volume = pod.volume('/etc/app', env);
      const args = ['--env-from==/etc/app'];
      const container = await pod.start();
      expectQuiet(container, args, { env });
      volume.write({ ...env, NAME_500: 'other' });
      expectChanged(container, args, 'NAME_500 in the environment is old', { env });
    },
  },
  {
    title: 'a file of 1 MiB is never a variable',
    play: async ({ pod }) => {
      pod.volume('/etc/app', { A: '1', large: Buffer.alloc(1 << 20, 'x') });
      const container = await pod.start();
      expectChanged(container, ['--env-from==/etc/app'], 'large in the environment is old', { env: { A: '1' } });
      expectQuiet(await pod.start(), ['--env-from==/etc/app'], { env: { A: '1' } });
    },
  },
  {
    title: 'finds the volume above a file in folders',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { 'conf/deep/LEVEL': '1' });
      const args = ['--env=LEVEL=/etc/app/conf/deep/LEVEL'];
      const container = await pod.start();
      expectQuiet(container, args, { env: { LEVEL: '1' } });
      volume.write({ 'conf/deep/LEVEL': '2' });
      expectChanged(container, args, 'LEVEL in the environment is old', { env: { LEVEL: '1' } });
    },
  },
  {
    title: 'without a baseline a difference counts by time',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { LEVEL: '1' });
      volume.dateSwap(longAgo);
      const args = [...level, '--baseline=/nowhere'];
      const note = 'cannot tell: every swap counts: no baseline can be kept in /nowhere';
      const container = await pod.start();
      expectNote(container, args, note, { env: { LEVEL: 'other' } });
      volume.write({ LEVEL: '2' });
      expectChanged(container, args, 'LEVEL in the environment is old', { env: { LEVEL: 'other' } });
      volume.dateSwap(longAgo);
      expectNote(await pod.start(), args, note, { env: { LEVEL: 'other' } });
    },
  },
];
