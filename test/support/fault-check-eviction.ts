import { editSome, findGrowth, finish } from './fault-check-restart.ts';
import type { FaultSession } from './fault-session.ts';
import { watchShopPods } from './fault-shop-pods.ts';

/** What is wrong about a `restart --evict`, and about the runs without faults after it. */
export async function checkEviction(session: FaultSession): Promise<string[]> {
  const { shop, random, patience } = session;
  await editSome(session);
  await using pods = await watchShopPods(shop);
  const [before, begun, templates] = [await pods.list(), await pods.count(), await shop.readGenerations()];
  const words = `restart --evict --yes --soak 0 --timeout ${patience.whole}s --max-parallel ${1 + random.below(4)}`;
  const { code, stdout, stderr, late } = await session.run(words, patience.whole);
  const wrong = session.checkCode(words, code, [0], [1, 2]);
  const left = new Set((await pods.list()).map(({ uid }) => uid));
  for (const { name, uid, workload } of before) {
    if (left.has(uid)) continue;
    const [kind, plain] = workload.split('/');
    const line = new RegExp(
      `^${kind}\\.apps/${plain}( failed)?: .*(waiting for ${name} to end|pod ${name} may have been evicted)`,
      'm',
    );
    if (!line.test(stdout + stderr)) wrong.push(`pod ${name} was evicted, and no line says so`);
    if (!shop.listRestartable().includes(workload)) wrong.push(`pod ${name} was evicted, and ${workload} is current`);
  }
  if (late.length > 0) return [...late, ...wrong];
  const replicas = Map.groupBy(before, ({ workload }) => workload);
  const due = new Map(shop.listStale().map((name) => [name, replicas.get(name)?.length ?? 0]));
  wrong.push(...(await finish(session, 'restart --evict', { begun, due, count: pods.count })));
  for (const name of findGrowth(templates, await shop.readGenerations()).keys()) {
    wrong.push(`the template of ${name} was changed`);
  }
  return wrong;
}
