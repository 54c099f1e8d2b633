import { expect, test } from 'bun:test';
import { shareWork } from '../../../src/cluster/shared-work.ts';

/** Work that is ended by hand, or by its signal. */
function start() {
  const runs: { end: (value: string) => void; ended: unknown }[] = [];
  const work = shareWork<string>((signal) => {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const run = { end: resolve, ended: undefined as unknown };
    signal.addEventListener('abort', () => {
      run.ended = signal.reason;
      reject(signal.reason);
    });
    runs.push(run);
    return promise;
  });
  return { work, runs };
}

test('is done once for all who want it at the same time, and anew for who comes later', async () => {
  const { work, runs } = start();
  const both = Promise.all([work.join(), work.join()]);
  expect(work.isRunning()).toBe(true);
  runs[0]?.end('first');
  expect(await both).toEqual(['first', 'first']);
  expect(work.isRunning()).toBe(false);
  const later = work.join();
  runs[1]?.end('second');
  expect(await later).toBe('second');
});

test('goes on for those who stay when one leaves', async () => {
  const { work, runs } = start();
  const leaving = new AbortController();
  const left = work.join(leaving.signal);
  const stays = work.join();
  leaving.abort('late');
  expect(await left.catch((reason: unknown) => reason)).toBe('late');
  expect(runs[0]?.ended).toBeUndefined();
  runs[0]?.end('done');
  expect(await stays).toBe('done');
});

test('is ended by the last one who leaves, and who comes then begins it anew', async () => {
  const { work, runs } = start();
  const leaving = new AbortController();
  const left = work.join(leaving.signal);
  leaving.abort('late');
  const next = left.catch(() => work.join());
  expect(await left.catch((reason: unknown) => reason)).toBe('late');
  expect(runs[0]?.ended).toBe('late');
  await Promise.resolve();
  runs[1]?.end('again');
  expect(await next).toBe('again');
});

test('does not begin for who has left already', async () => {
  const { work, runs } = start();
  expect(await work.join(AbortSignal.abort('gone')).catch((reason: unknown) => reason)).toBe('gone');
  expect(runs).toHaveLength(0);
});

test('fails for all who wait', async () => {
  const work = shareWork(() => Promise.reject(new Error('no')));
  const messages = await Promise.all(
    [work.join(), work.join()].map((one) => one.catch(({ message }: Error) => message)),
  );
  expect(messages).toEqual(['no', 'no']);
});
