import { expect } from 'bun:test';
import type { Case } from './play.ts';
import { expectChanged, expectNote, expectQuiet } from './play.ts';

const app = ['--volume=/etc/app'];
const changed = 'config changed: /etc/app was updated (a)\n';
const hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const badArguments = [
  'x',
  '',
  '-',
  '-v',
  '--foo',
  '--foo=x',
  '--volume',
  '--volume=',
  '--volume=relative',
  '--volume=/a\nb',
  '--volumes=/a',
  `--volume=/${'x'.repeat(1000)}`,
  '--subpath=',
  '--subpath=x',
  '--env=',
  '--env=A',
  '--env=A=',
  '--env=A=x',
  '--env==/x',
  '--env-from=/x',
  '--env-from=A=x',
  '--key=a',
  '--live=/a',
  `--expect=${hash}`,
  '--baseline=',
  '--baseline=x',
  '--spread=',
  '--spread=-1',
  '--spread=x',
  '--spread=010',
  '--spread=1.5',
  '--spread=1000001',
  '--spread=99999999999999999999',
  '--timeout=0',
  '--timeout=61',
  '--timeout=',
  '--timeout=1s',
  '--check=',
  '--check= ',
  '--swap=1',
  '--swaps',
  '--explain=',
  '--version=1',
  '--help=x',
  '--http=80/',
] as const;
const badModifiers = [
  ['--subpath=/a', '--key=b'],
  ['--env=A=/a', '--key=b'],
  ['--volume=/a', '--live=/b'],
  ['--volume=/a', '--key=/b'],
  ['--volume=/a', '--key='],
  ['--env-from==/a', `--expect=${hash}`],
  ['--volume=/a', '--expect=abc'],
  ['--volume=/a', `--expect=${hash.toUpperCase()}`],
  ['--volume=/a', `--expect=${hash}0`],
  ['--subpath=/a', '--live=b'],
] as const;

/** Arguments, the line that is said, and the termination log. */
export const messageCases: readonly Case[] = [
  {
    title: 'a bad argument is said, is exit 0, and runs no command',
    play: async ({ pod }) => {
      const container = await pod.start();
      for (const bad of badArguments) {
        const said = `cannot tell: bad argument ${bad}`.replace('\n', '?').slice(0, 999);
        expectNote(container, [bad, '--', '/bin/false'], said);
      }
    },
  },
  {
    title: 'a modifier belongs to the source before it',
    play: async ({ pod }) => {
      const container = await pod.start();
      for (const args of badModifiers) expectNote(container, args, `cannot tell: bad argument ${args[1]}`);
    },
  },
  {
    title: 'takes 64 sources and 1,000 keys, not more',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      const sources = Array.from({ length: 64 }, () => '--volume=/etc/app');
      expectQuiet(container, sources);
      expectNote(container, [...sources, '--volume=/b'], 'cannot tell: bad argument --volume=/b');
      const keys = Array.from({ length: 1000 }, (_, i) => `--key=${i}`);
      expectQuiet(container, [...app, ...keys]);
      expectNote(container, [...app, ...keys, '--key=x'], 'cannot tell: bad argument --key=x');
      volume.write({ a: '2', 999: '' });
      expectChanged(container, [...app, ...keys], '/etc/app was updated (999)');
    },
  },
  {
    title: 'without anything to do it says so',
    play: async ({ pod }) => {
      const container = await pod.start();
      expectNote(container, [], 'cannot tell: nothing to watch');
      expectNote(container, ['--swap', '--'], 'cannot tell: nothing to watch');
    },
  },
  {
    title: '--version and --help',
    play: async ({ pod }) => {
      const container = await pod.start();
      expectNote(container, ['--version'], 'kubectl-reload-probe 1');
      const help =
        'kubectl-reload-probe 1 --volume= --subpath= --env= --env-from= --key= --live= --expect= --baseline= --spread= --check= --timeout= --swap --explain --version --help';
      expectNote(container, ['--help'], help);
      expectNote(container, ['--help', '--version'], help);
    },
  },
  {
    title: 'the line is cut at 1,000 bytes',
    play: async ({ pod }) => {
      const keys = Array.from({ length: 9 }, (_, i) => `${i}-${'x'.repeat(240)}`);
      const files = (value: string) => Object.fromEntries(keys.map((key) => [key, value]));
      const volumes = ['/etc/one', '/etc/two'].map((path) => pod.volume(path, files('1')));
      const args = ['--volume=/etc/one', '--volume=/etc/two'];
      const container = await pod.start();
      expectQuiet(container, args);
      for (const volume of volumes) volume.write(files('2'));
      const list = `${keys.slice(0, 3).join(', ')} and 6 more`;
      const whole = `config changed: /etc/one was updated (${list}); /etc/two was updated (${list})`;
      expect(container.probe(args)).toEqual({ code: 1, said: `${whole.slice(0, 999)}\n` });
      expect(container.terminationLog).toBe(`${whole.slice(0, 999)}\n`);
    },
  },
  {
    title: 'control characters in names do not reach the line',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', {});
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ 'a\u001b[31m\rb\u007f': '1' });
      expectChanged(container, app, '/etc/app was updated (a?[31m?b?)');
    },
  },
  {
    title: 'a name with a line feed makes a volume unreadable',
    play: async ({ pod }) => {
      pod.volume('/etc/app', { 'a\nb': '1' });
      expectNote(await pod.start(), app, 'cannot tell: /etc/app cannot be read');
    },
  },
  {
    title: 'the reason stands in the termination log once an instance',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ a: '2' });
      for (let run = 0; run < 3; run++) container.probe(app);
      expect(container.terminationLog).toBe(changed);
      volume.write({ a: '2', b: '1' });
      container.probe(app);
      expect(container.terminationLog).toBe(`${changed}config changed: /etc/app was updated (a, b)\n`);
    },
  },
  {
    title: 'the reason stands on a line of its own, after what the application wrote',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ a: '2' });
      container.terminationLog = `no line feed; ${changed.trim()} `;
      container.probe(app);
      expect(container.terminationLog).toBe(`no line feed; ${changed.trim()} \n${changed}`);
      container.terminationLog = 'x\n';
      container.probe(app);
      expect(container.terminationLog).toBe(`x\n${changed}`);
    },
  },
  {
    title: 'a termination log that cannot be written changes nothing',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, app);
      volume.write({ a: '2' });
      container.refuseLog();
      expect(container.probe(app)).toEqual({ code: 1, said: changed });
      expect(container.terminationLog).toBe('');
    },
  },
  {
    title: 'a closed stdout changes nothing',
    play: async ({ pod, form }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      const closed = (...args: string[]) =>
        container.exec(['/bin/sh', '-c', '"$@" >&-; echo $?', 'sh', ...form.command, ...args]).said;
      const broken = (...args: string[]) =>
        container.exec(['/bin/sh', '-c', '{ "$@"; echo $? >&2; } | :', 'sh', ...form.command, ...args]).said;
      for (const run of [closed, broken]) {
        expect(run('--volume=/nowhere')).toBe('0\n');
        expect(run('--help')).toBe('0\n');
      }
      expectQuiet(container, app);
      volume.write({ a: '2' });
      for (const run of [closed, broken]) expect(run(...app)).toBe('1\n');
    },
  },
];
