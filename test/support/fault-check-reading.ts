import type { RolloutEvent, StatusItem } from '../../src/types.ts';
import { readLines } from './fault-output.ts';
import type { FaultSession } from './fault-session.ts';
import { SOUND, STUCK } from './fault-shop.ts';

/** What is wrong about a `status`. */
export async function checkStatus({ shop, random, patience, run, checkCode }: FaultSession): Promise<string[]> {
  const all = random.once(2);
  const asksCode = random.once(2);
  const words = `status -o json${all ? ' --all' : ''}${asksCode ? ' --exit-code' : ''}`;
  const { code, stdout, late } = await run(words, patience.request);
  const wrong = checkCode(words, code, [asksCode ? 1 : 0], [2]);
  if (code !== 2) {
    const report: { items: StatusItem[] } = JSON.parse(stdout);
    wrong.push(...shop.findWrong(report.items, all ? 'none' : 'current'));
  }
  return [...late, ...wrong];
}

/** What is wrong about a `rollout-status`. */
export async function checkRollouts({ random, patience, run, checkCode }: FaultSession): Promise<string[]> {
  const isStuck = random.once(3);
  const soak = random.pick([0, 0, 1, 3]);
  const whole = isStuck ? 4 : patience.whole;
  const targets = isStuck ? STUCK : SOUND.join(' ');
  const words = `rollout-status ${targets} -o json --soak ${soak}s --grace 1h --timeout ${whole}s`;
  const { code, stdout, late } = await run(words, whole);
  const events: RolloutEvent[] = readLines(stdout);
  const wrong = checkCode(words, code, [isStuck ? 1 : 0], isStuck ? [2] : [1, 2]);
  for (const { workload, phase, reason } of events) {
    if (isStuck && phase === 'complete') wrong.push(`${workload.name} is told to be complete`);
    if (!isStuck && phase === 'failed' && reason !== 'TimedOut' && code !== 1) {
      wrong.push(`${workload.name} is told to have failed: ${reason}`);
    }
  }
  return [...late, ...wrong];
}
