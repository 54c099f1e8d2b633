import type { FaultSession } from './fault-session.ts';
import { EDITED_CONFIGS } from './fault-shop.ts';

/** How often something was done to each workload, by `kind/name`. */
export type Counts = ReadonlyMap<string, number>;

/** What is wrong about a `restart`, and about the runs without faults after it. */
export async function checkRestart(session: FaultSession): Promise<string[]> {
  const { shop, random, patience } = session;
  await editSome(session);
  const begun = await shop.readGenerations();
  const words = `restart --yes --soak 0 --timeout ${patience.whole}s --max-parallel ${1 + random.below(4)}`;
  const { code, stdout, stderr, late } = await session.run(words, patience.whole);
  const wrong = session.checkCode(words, code, [0], [1, 2]);
  for (const [name, times] of findGrowth(begun, await shop.readGenerations())) {
    const [kind, plain] = name.split('/');
    const line = new RegExp(`^${kind}\\.apps/${plain} (restarted|failed: .* may have been restarted)`, 'm');
    if (times > 1) wrong.push(`${name} was restarted ${times} times`);
    if (!line.test(stdout + stderr)) wrong.push(`${name} was restarted, and no line says so`);
    if (!shop.listRestartable().includes(name)) wrong.push(`${name} was restarted, and is current`);
  }
  if (late.length > 0) return [...late, ...wrong];
  const due = new Map(shop.listStale().map((name) => [name, 1]));
  return [...wrong, ...(await finish(session, 'restart', { begun, due, count: shop.readGenerations }))];
}

/** Changes some of what makes workloads stale, but always something. */
export async function editSome({ shop, random }: Pick<FaultSession, 'shop' | 'random'>): Promise<void> {
  for (const config of EDITED_CONFIGS) if (!random.once(3)) await shop.edit(config);
  await shop.edit(EDITED_CONFIGS[0]);
}

/**
 * What is wrong about the same again without faults, which finishes the job, and once more, which has nothing to do.
 * @param due how often each workload that is stale has to come out as restarted since `begun`, in all runs
 */
export async function finish(
  { shop, runCalm }: FaultSession,
  command: 'restart' | 'restart --evict',
  { begun, due, count }: { begun: Counts; due: Counts; count: () => Promise<Counts> },
): Promise<string[]> {
  const wrong: string[] = [];
  const words = `${command} --yes --soak 0 --timeout 120s`;
  if ((await runCalm(words)) !== 0) wrong.push('the run after it did not finish the job');
  const done = await count();
  const growth = findGrowth(begun, done);
  for (const [name, times] of due) {
    if (growth.get(name) !== times) wrong.push(`${name}: ${growth.get(name) ?? 0} restarts in both runs, not ${times}`);
  }
  if ((await runCalm(words)) !== 0) wrong.push('a third run had something to say');
  if (findGrowth(done, await count()).size > 0) wrong.push('a third run restarted something');
  if ((await runCalm('status --exit-code')) !== 0) wrong.push('something is stale after all');
  shop.mended();
  return wrong;
}

/** By how much each count grew, of those that did. */
export function findGrowth(before: Counts, after: Counts): Map<string, number> {
  const grown = [...after].map(([name, times]) => [name, times - (before.get(name) ?? 0)] as const);
  return new Map(grown.filter(([, times]) => times > 0));
}
