import { expect, test } from 'bun:test';
import { shareWork } from '../../../src/cluster/shared-work.ts';

/** Work that is ended by hand; it takes its time to end when it is told to. */
function start() {
  const runs: PromiseWithResolvers<string>[] = [];
  const ending = new AbortController();
  const work = shareWork<string>(() => {
    const run = Promise.withResolvers<string>();
    runs.push(run);
    return run.promise;
  }, ending.signal);
  return { work, runs, ending };
}

const reasonOf = (work: Promise<unknown>) => work.catch((reason: unknown) => reason);

test('is done once for all who want it at the same time, and anew for who comes later', async () => {
  const { work, runs } = start();
  const both = Promise.all([work.join(), work.join()]);
  expect(work.isRunning()).toBe(true);
  runs[0]?.resolve('first');
  expect(await both).toEqual(['first', 'first']);
  expect(work.isRunning()).toBe(false);
  const later = work.join();
  runs[1]?.resolve('second');
  expect(await later).toBe('second');
});

test('goes on when all have left, for who comes next', async () => {
  const { work, runs } = start();
  const leaving = new AbortController();
  const left = work.join(leaving.signal);
  leaving.abort('late');
  expect(await reasonOf(left)).toBe('late');
  const next = work.join();
  runs[0]?.resolve('done');
  expect(await next).toBe('done');
  expect(runs).toHaveLength(1);
});

test('lets nobody go before it has ended, once it is to end', async () => {
  const { work, runs, ending } = start();
  const leaving = new AbortController();
  let isOut = false;
  const left = reasonOf(work.join(leaving.signal)).finally(() => {
    isOut = true;
  });
  ending.abort();
  leaving.abort('interrupted');
  await Bun.sleep(5);
  expect(isOut).toBe(false);
  runs[0]?.reject(new Error('ended'));
  expect(await left).toBe('interrupted');
});

test('does not begin for who has left already', async () => {
  const { work, runs } = start();
  expect(await reasonOf(work.join(AbortSignal.abort('gone')))).toBe('gone');
  expect(runs).toHaveLength(0);
});

test('fails for all who wait, and is begun anew by who comes then', async () => {
  const { work, runs } = start();
  const both = [work.join(), work.join()].map(reasonOf);
  runs[0]?.reject('no');
  expect(await Promise.all(both)).toEqual(['no', 'no']);
  const next = work.join();
  runs[1]?.resolve('yes');
  expect(await next).toBe('yes');
});
