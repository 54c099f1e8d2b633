import type { Authority } from '../cluster/certificate.ts';
import { checkEviction } from './fault-check-eviction.ts';
import { checkRollouts, checkStatus } from './fault-check-reading.ts';
import { checkRestart } from './fault-check-restart.ts';
import { checkWatch } from './fault-check-watch.ts';
import { checkOutput } from './fault-output.ts';
import type { FaultPlan } from './fault-plan.ts';
import { makeFaultPlan } from './fault-plan.ts';
import { startFaultProxy } from './fault-proxy.ts';
import type { FaultSession } from './fault-session.ts';
import { openFaultSession } from './fault-session.ts';
import type { FaultShop } from './fault-shop.ts';
import type { CommandResult } from './run-command.ts';

/** What a run was, and what was wrong about it. */
export interface FaultRun {
  plan: FaultPlan;
  violations: string[];
  /** All that is needed to see why, and to run it again. */
  report: string;
}

/** Runs the command of a seed through the faults of that seed, and checks what it said and did. */
export async function runFaults(
  seed: number,
  shop: FaultShop,
  place: { folder: string; authority: Authority },
): Promise<FaultRun> {
  const plan = makeFaultPlan(seed);
  await using proxy = await startFaultProxy(shop.cluster, plan, place);
  const results: [string, CommandResult][] = [];
  const violations = await check(openFaultSession(plan, shop, proxy, results));
  for (const [words, result] of results) violations.push(...checkOutput(words, result));
  const outputs = results.map(
    ([words, { code, stdout, stderr }]) => `$ ${words}\n${stdout}--- stderr\n${stderr}--- exit code ${code}\n`,
  );
  const again = `FAULT_SEED=${seed} FAULT_RUNS=1 npm run soak`;
  const report = [...violations, again, JSON.stringify(plan), ...proxy.log, ...outputs].join('\n');
  return { plan, violations, report };
}

function check(session: FaultSession): Promise<string[]> {
  const { command } = session.plan;
  switch (command) {
    case 'status':
      return checkStatus(session);
    case 'status --watch':
      return checkWatch(session);
    case 'rollout-status':
      return checkRollouts(session);
    case 'restart':
      return checkRestart(session);
    case 'restart --evict':
      return checkEviction(session);
    default:
      return command satisfies never;
  }
}
