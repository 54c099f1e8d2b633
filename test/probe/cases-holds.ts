import { expect } from 'bun:test';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './play.ts';
import { expectChanged, expectNote, expectQuiet, hashOf, scripts } from './play.ts';

const app = ['--volume=/etc/app'];
const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);
/** UIDs whose first 8 hex digits are 10, 1,000 and 999,999. */
const ten = '0000000a-1b2c-4d3e-8f90-0123456789ab';
const thousand = '000003e8-1b2c-4d3e-8f90-0123456789ab';
const almostMillion = '000f423f-1b2c-4d3e-8f90-0123456789ab';

/** What holds a change back, and the checks that a container had before. */
export const holdCases: readonly Case[] = [
  {
    title: '--spread waits the share of this Pod, and no longer',
    play: async ({ newPod }) => {
      const pod = newPod(thousand);
      const volume = pod.volume('/etc/app', { a: '1' });
      const args = [...app, '--spread=5000'];
      const container = await pod.start();
      expectQuiet(container, args);
      volume.write({ a: '2' });
      volume.dateSwap(secondsAgo(900));
      const { code, said } = container.probe(args);
      expect(code).toBe(0);
      expect(said).toMatch(/^config changed, waiting (\d+) s of --spread: \/etc\/app was updated \(a\)\n$/);
      expect(Number(/\d+/.exec(said)?.[0])).toBeWithin(1, 101);
      expect(container.terminationLog).toBe('');
      expectQuiet(await pod.start(), args);
      const next = await newPod(thousand).start();
      expectNote(next, args, 'cannot tell: /etc/app has no ..data');
    },
  },
  {
    title: '--spread is over when the change is older than the share of the Pod',
    play: async ({ newPod }) => {
      const pod = newPod(ten);
      const volume = pod.volume('/etc/app', { a: '1' });
      const args = [...app, '--spread=1000'];
      const container = await pod.start();
      expectQuiet(container, args);
      volume.write({ a: '2' });
      volume.dateSwap(secondsAgo(20));
      expectChanged(container, args, '/etc/app was updated (a)');
    },
  },
  {
    title: 'the share is the UID modulo the spread',
    play: async ({ newPod }) => {
      const pod = newPod(almostMillion);
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      for (const spread of ['999999', '3', '1', '0']) {
        expectQuiet(container, [...app, `--spread=${spread}`]);
      }
      volume.write({ a: '2' });
      for (const spread of ['999999', '3', '1', '0']) {
        expectChanged(container, [...app, `--spread=${spread}`], '/etc/app was updated (a)');
      }
      expect(container.probe([...app, '--spread=1000000']).said).toStartWith('config changed, waiting 99999');
    },
  },
  {
    title: 'later swaps do not put a restart off',
    play: async ({ newPod }) => {
      const pod = newPod(thousand);
      const volume = pod.volume('/etc/app', { a: '1', token: '1' });
      const args = [...app, '--key=a', '--spread=5000'];
      const container = await pod.start();
      expectQuiet(container, args);
      volume.write({ a: '2', token: '1' });
      volume.dateSwap(secondsAgo(500));
      expect(container.probe(args).said).toMatch(/^config changed, waiting (500|4\d\d) s/);
      volume.write({ a: '2', token: '2' });
      expect(container.probe(args).said).toMatch(/^config changed, waiting (500|4\d\d) s/);
      const since = pod.kept.find((name) => name.endsWith('.since')) ?? '';
      expect(readFileSync(join(pod.sharedMemory, since), 'utf8')).toMatch(/^kubectl-reload-probe 1 \w+\n\d{10}$/);
      volume.write({ a: '1', token: '3' });
      expectQuiet(container, args);
      expect(pod.kept.filter((name) => name.endsWith('.since'))).toEqual([]);
      volume.write({ a: '2', token: '3' });
      expect(container.probe(args).said).toMatch(/^config changed, waiting (1000|99\d) s/);
    },
  },
  {
    title: 'what an instance waited for does not count for the next one',
    play: async ({ newPod }) => {
      const pod = newPod(thousand);
      const volume = pod.volume('/etc/app', { a: '1' });
      const args = [...app, '--spread=5000'];
      const first = await pod.start();
      expectQuiet(first, args);
      volume.write({ a: '2' });
      volume.dateSwap(secondsAgo(990));
      expect(first.probe(args).said).toStartWith('config changed, waiting ');
      const second = await pod.start();
      expectQuiet(second, args);
      volume.write({ a: '3' });
      expect(second.probe(args).said).toMatch(/^config changed, waiting (1000|99\d) s/);
    },
  },
  {
    title: 'without the UID of the Pod there is no spread',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const args = [...app, '--spread=1000000'];
      const container = await pod.start({ noTerminationLog: true });
      expectQuiet(container, args);
      volume.write({ a: '2' });
      expect(container.probe(args)).toEqual({ code: 1, said: 'config changed: /etc/app was updated (a)\n' });
    },
  },
  {
    title: '--check holds a change back while it fails, and says nothing of what it printed',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: 'good' });
      const args = [...app, '--check=grep  good  /etc/app/a '];
      const container = await pod.start();
      expectQuiet(container, args);
      volume.write({ a: 'bad' });
      expectNote(container, args, 'config changed, kept running because --check failed: /etc/app was updated (a)');
      expect(container.terminationLog).toBe('');
      volume.write({ a: 'good too' });
      expectChanged(container, args, '/etc/app was updated (a)');
    },
  },
  {
    title: '--check is not run while nothing changed',
    play: async ({ pod }) => {
      pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      expectQuiet(container, [...app, '--check=touch /dev/shm/ran']);
      expect(pod.kept).not.toContain('ran');
    },
  },
  {
    title: '--check that cannot be started or takes too long restarts nobody',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      const changed = ': /etc/app was updated (a)';
      expectQuiet(container, app);
      volume.write({ a: '2' });
      for (const check of ['/no/such', 'no-such', '/etc', '/etc/app/a']) {
        const line = `config changed, kept running because --check could not be started${changed}`;
        expectQuiet(await pod.start(), [...app, `--check=${check}`]);
        const old = await pod.start();
        expectQuiet(old, [...app, `--check=${check}`]);
        volume.write({ a: check });
        expectNote(old, [...app, `--check=${check}`], line);
      }
      volume.write({ a: '3' });
      const line = `config changed, kept running because --check failed${changed}`;
      const old = await pod.start();
      expectQuiet(old, [...app, '--check=sleep 1000']);
      volume.write({ a: '4' });
      expectNote(old, [...app, '--check=sleep 1000', '--timeout=1'], line);
    },
  },
  {
    title: '--check has the environment of the container',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const env = { LC_ALL: 'C.UTF-8', path: 'mine', number: '7' };
      const args = [...app, '--check=/bin/sh /etc/app/check'];
      const check = '[ "$LC_ALL,$TZ,$path,$number" = C.UTF-8,,mine,7 ]';
      volume.write({ a: '1', check });
      const container = await pod.start();
      expectQuiet(container, args, { env });
      volume.write({ a: '2', check });
      expectChanged(container, args, '/etc/app was updated (a)', { env });
    },
  },
  {
    title: '-- CMD runs when nothing changed; its exit code and output pass through',
    play: async ({ pod }) => {
      pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      for (const code of [0, 1, 3, 126, 127, 255]) {
        const answer = container.probe([
          ...app,
          '--',
          '/bin/sh',
          '-c',
          'echo "$0 said: $1"; exit $2',
          'x',
          'a  b',
          `${code}`,
        ]);
        expect(answer).toEqual({ code, said: 'x said: a  b\n' });
      }
    },
  },
  {
    title: '-- CMD does not run when the answer is to restart, but does while a change is held back',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      const command = ['--', '/bin/sh', '-c', 'echo ran; exit 3'];
      expect(container.probe([...app, ...command])).toEqual({ code: 3, said: 'ran\n' });
      expect(container.probe([...app, '--check=/bin/false', ...command])).toEqual({ code: 3, said: 'ran\n' });
      volume.write({ a: '2' });
      expectChanged(container, [...app, ...command], '/etc/app was updated (a)');
      expect(container.probe([...app, '--check=/bin/false', ...command])).toEqual({
        code: 3,
        said: 'config changed, kept running because --check failed: /etc/app was updated (a)\nran\n',
      });
    },
  },
  {
    title: '-- CMD that cannot be started is no failure, as for the kubelet',
    play: async ({ pod }) => {
      const container = await pod.start();
      for (const command of ['/no/such', 'no-such', '/etc', '/proc/version', '']) {
        expectNote(container, ['--', command], `cannot tell: ${command} could not be started`);
      }
    },
  },
  {
    title: '-- CMD is looked for in PATH, alone or after sources',
    play: async ({ pod }) => {
      const container = await pod.start();
      expectQuiet(container, ['--', 'true']);
      expect(container.probe(['--', 'false']).code).toBe(1);
      expect(container.probe(['--', 'echo', '--volume=x', '--']).said).toBe('--volume=x --\n');
      expectQuiet(container, ['--', 'true'], { env: { PATH: '/nowhere::/usr/bin:/bin' } });
    },
  },
  {
    title: '-- CMD has the environment and signals of the container',
    play: async ({ pod }) => {
      pod.volume('/etc/app', { a: '1' });
      const container = await pod.start();
      const env = { LC_ALL: 'C.UTF-8', path: 'mine', name: 'n', nl: 'x', number: '7', line: '', kind: 'k' };
      const command = 'echo "$LC_ALL,$TZ,$path,$name,$nl,$number,$line,$kind"; umask';
      expect(container.probe([...app, '--', '/bin/sh', '-c', command], { env }).said).toBe(
        'C.UTF-8,,mine,n,x,7,,k\n0022\n',
      );
      const pipe = "sh -c 'kill -PIPE $$; echo survived'; echo $?";
      expect(container.probe([...app, '--', '/bin/sh', '-c', pipe]).said).toMatch(/^(Broken pipe\n)?141\n$/);
    },
  },
  {
    title: '--expect is right only with this content, whatever came before',
    play: async ({ pod }) => {
      const files = { b: '2', a: '1', 'c.d/e': Uint8Array.of(0, 255) };
      const volume = pod.volume('/etc/app', { a: '1' });
      const args = [...app, `--expect=${hashOf(files)}`];
      const failed = { code: 1, said: 'config not there yet: /etc/app has other content than expected\n' };
      const container = await pod.start();
      expect(container.probe(args)).toEqual(failed);
      volume.write(files);
      expectQuiet(container, args);
      expectQuiet(container, args);
      volume.write({ ...files, f: '' });
      expect(container.probe(args)).toEqual(failed);
      expect(container.terminationLog).toBe('');
      expect(pod.kept).toEqual([]);
    },
  },
  {
    title: '--expect with keys counts those that exist; the hash of nothing is the one of an empty volume',
    play: async ({ pod }) => {
      const volume = pod.volume('/etc/app', { a: '1', b: '2', token: 'x' });
      const container = await pod.start();
      const keys = ['--key=b', '--key=none', '--key=a', '--key=b'];
      expectQuiet(container, [...app, ...keys, `--expect=${hashOf({ a: '1', b: '2' })}`]);
      expectQuiet(container, [...app, '--key=none', `--expect=${hashOf({})}`]);
      volume.write({});
      expectQuiet(container, [...app, `--expect=${hashOf({})}`]);
    },
  },
  {
    title: '--expect where the content cannot be told is no failure',
    play: async ({ pod }) => {
      const container = await pod.start();
      const args = [...app, `--expect=${hashOf({})}`];
      expectNote(container, args, 'cannot tell: /etc/app has no ..data');
    },
  },
  {
    title: 'the hash is the one of sha256sum by hand',
    only: scripts,
    play: async ({ pod }) => {
      pod.volume('/etc/app', { 'b.conf': 'x\n', a: '', 'a-b': '1', B: '2', _: '3' });
      const container = await pod.start();
      const byHand = container.exec(['/bin/sh', '-c', 'cd /etc/app && LC_ALL=C sha256sum -- * | sha256sum']);
      expectQuiet(container, [...app, `--expect=${byHand.said.slice(0, 64)}`]);
    },
  },
];
