import { expect, test } from 'bun:test';
import { findBaseline, readExplanation, readWatched } from '../../../src/probe/explanation.ts';

const INSTANCE = 'instance 6bbc66c0-12e0 app cb537175 start 1795432111822267787 termination-log baseline /dev/shm/x\n';

test('what a probe explains is read', () => {
  expect(readExplanation(INSTANCE)).toEqual({
    verdict: 'current',
    message: '',
    clock: 'termination-log',
    startedAt: 1795432111822,
    hasBaseline: true,
  });
  expect(readExplanation(INSTANCE.replace('baseline ', 'baseline absent '))).toMatchObject({ hasBaseline: false });
  expect(readExplanation('instance - 0 - start 0 - baseline absent /x\ncannot tell: no start\n')).toMatchObject({
    verdict: 'unknown',
    startedAt: null,
    message: 'cannot tell: no start',
  });
  const verdictOf = (message: string) => readExplanation(`${INSTANCE}${message}\n`)?.verdict;
  expect(verdictOf('config changed: /etc/app was updated')).toBe('changed');
  expect(verdictOf('config changed, waiting 3 s of --spread: /etc/app was updated')).toBe('held');
  expect(verdictOf('config changed, kept running because /etc/app/a is gone: LEVEL in the environment is old')).toBe(
    'kept',
  );
  expect(verdictOf('config not there yet: /etc/app has other content than expected')).toBe('unready');
  for (const text of ['', 'hello\n', 'config changed: x\n']) expect(readExplanation(text)).toBeNull();
});

test('what a probe watches is read from its command, and a check behind it is none of that', () => {
  const command = [
    'probe',
    '--volume=/etc/a=b',
    '--key=x',
    '--subpath=/f',
    '--live=/g',
    '--env=A=/h',
    '--env-from=P_=/i',
  ];
  expect(readWatched([...command, '--spread=60', '--', 'sh', '--volume=/no'])).toEqual([
    '/etc/a=b (x)',
    '/f',
    'A',
    'P_*',
  ]);
  expect(readWatched(['probe', '--explain', '--volume=/a', '--env-from==/b', '--key=X', '--key=Y'])).toEqual([
    '/a',
    '* (X, Y)',
  ]);
});

test('where a probe records what was there is read too, unless it has nothing to record', () => {
  expect(findBaseline(['probe', '--volume=/a', '--key=--expect=x'])).toBe('/dev/shm');
  expect(findBaseline(['probe', '--subpath=/a', '--env=A=/b', '--baseline=/x', '--baseline=/tmp/y'])).toBe('/tmp/y');
  expect(findBaseline(['probe', '--volume=/a', '--swap', '--env-from=P_=/b'])).toBe('/dev/shm');
  expect(findBaseline(['probe', '--volume=/a', '--expect=0', '--volume=/b'])).toBe('/dev/shm');
  for (const words of [
    ['--subpath=/a', '--live=/b'],
    ['--volume=/a', '--swap'],
    ['--volume=/a', '--expect=0'],
  ])
    expect(findBaseline(['probe', ...words, '--', 'sh', '--env=A=/b'])).toBeNull();
});
