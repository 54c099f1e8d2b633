import { expect, test } from 'bun:test';
import { limitParallel } from '../../../src/cluster/limit-parallel.ts';

test('so many run at once, the others in the order in which they came', async () => {
  const limit = limitParallel(2);
  const log: string[] = [];
  const gates = ['a', 'b', 'c', 'd'].map((name) => ({ name, ...Promise.withResolvers<void>() }));
  const all = gates.map(({ name, promise }) =>
    limit(async () => {
      log.push(`${name} begins`);
      await promise;
    }),
  );
  await Bun.sleep(0);
  expect(log).toEqual(['a begins', 'b begins']);
  gates[1]?.resolve();
  await all[1];
  await Bun.sleep(0);
  expect(log).toEqual(['a begins', 'b begins', 'c begins']);
  for (const { resolve } of gates) resolve();
  await Promise.all(all);
  expect(log.at(-1)).toBe('d begins');
});

test('work that fails makes room too', async () => {
  const limit = limitParallel(1);
  const failing = limit(() => Promise.reject(new Error('no')));
  const following = limit(async () => 'done');
  await expect(failing).rejects.toThrow('no');
  expect(await following).toBe('done');
});
