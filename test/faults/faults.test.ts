/**
 * Commands on a real cluster while what stands between fails in every way: connections are cut, answers late, broken or refused, versions
 * forgotten, logins run out, clocks differ, servers go away. Whatever happens, nothing stale is told to be current, nothing is
 * restarted without a word or twice, every run ends with the right exit code, and a run without faults finishes the job.
 *
 * `FAULT_RUNS` runs more, `FAULT_SEED` others; `npm run soak` runs 300, and `FAULT_SEED=7 FAULT_RUNS=1 npm run soak` the one of seed 7 alone.
 */
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { limitParallel } from '../../src/cluster/limit-parallel.ts';
import { createAuthority } from '../cluster/certificate.ts';
import { useCluster, useNamespace } from '../cluster/shared.ts';
import { makeFaultPlan } from '../support/fault-plan.ts';
import { runFaults } from '../support/fault-run.ts';
import { EDITED_CONFIGS, openFaultShop } from '../support/fault-shop.ts';

const SEED = Number(process.env['FAULT_SEED'] ?? 1);
const RUNS = Number(process.env['FAULT_RUNS'] ?? 40);
/** Of those that change nothing. */
const AT_ONCE = 4;
const MINUTE = 60_000;

test(
  `${RUNS} runs from seed ${SEED} on say and do nothing wrong, whatever goes wrong around them`,
  async () => {
    const cluster = await useCluster();
    await using namespace = await useNamespace(cluster);
    await using ofEvictions = await useNamespace(cluster);
    const folder = mkdtempSync(join(tmpdir(), 'kubectl-reload-faults-'));
    const place = { folder, authority: createAuthority('faults') };
    try {
      const [shop, evictionShop] = await Promise.all([
        openFaultShop(cluster, namespace.name),
        openFaultShop(cluster, ofEvictions.name),
      ]);
      // A config that is written in the second in which a container starts may be newer or older.
      await sleep(3000);
      for (const config of EDITED_CONFIGS.slice(1)) await shop.edit(config);
      const seeds = Array.from({ length: RUNS }, (_, index) => SEED + index);
      const seedsOf = (isMeant: (command: string) => boolean) =>
        seeds.filter((seed) => isMeant(makeFaultPlan(seed).command));
      const reports: string[] = [];
      const run = async (seed: number, where = shop): Promise<void> => {
        const { violations, report } = await runFaults(seed, where, place);
        if (violations.length > 0) reports.push(report);
      };
      const runAllButEvictions = async (): Promise<void> => {
        const inTurn = limitParallel(AT_ONCE);
        const reading = seedsOf((command) => command === 'status' || command === 'rollout-status');
        await Promise.all(reading.map((seed) => inTurn(() => run(seed))));
        for (const seed of seedsOf((command) => command === 'status --watch')) await run(seed);
        for (const seed of seedsOf((command) => command === 'restart')) await run(seed);
      };
      const runEvictions = async (): Promise<void> => {
        for (const seed of seedsOf((command) => command === 'restart --evict')) await run(seed, evictionShop);
      };
      await Promise.all([runAllButEvictions(), runEvictions()]);
      expect(reports.join('\n\n')).toBe('');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  (5 + RUNS) * MINUTE,
);
