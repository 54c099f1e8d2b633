import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusItem } from '../../src/types.ts';
import { waitFor } from '../cluster/shared.ts';
import { readState } from './fault-output.ts';
import type { FaultSession } from './fault-session.ts';
import { MARGIN } from './fault-session.ts';
import { LIVE } from './fault-shop.ts';
import { startCommand } from './start-command.ts';

/** What is wrong about a `status --watch`, which a change follows. */
export async function checkWatch(session: FaultSession): Promise<string[]> {
  const { plan, shop, kubeconfig, now } = session;
  const words = session.complete('status --watch -o json --all');
  const watch = startCommand(words, { kubeconfig, now });
  let code: number | null = null;
  watch.ended.then((ended) => {
    code = ended;
  });
  const items = (): StatusItem[] => readState(watch.stdout());
  const stateOfLive = () => items().find(({ workload }) => workload.name === 'live')?.state;
  const until = (isSeen: () => boolean, what: string) => waitFor(() => code !== null || isSeen(), MARGIN, what);
  const violations: string[] = [];
  // A server that says nothing for ever says nothing of what it has not been asked.
  const isHeard = plan.outage?.milliseconds !== null;
  try {
    await until(() => items().length > 0, 'the first state');
    await shop.edit(LIVE.config);
    if (isHeard) await until(() => stateOfLive() === 'stale', 'the change');
  } catch (error) {
    violations.push(`${words}: ${error instanceof Error ? error.message : error}`);
  }
  if (code === null) {
    if (isHeard && watch.stdout().length > 0) violations.push(...shop.findWrong(items(), 'none'));
    watch.interrupt();
    const ended = await Promise.race([watch.ended, sleep(MARGIN, null)]);
    if (ended !== 130) violations.push(`${words}: interrupted, and its exit code is ${ended ?? 'not there'}`);
  } else violations.push(...session.checkCode(words, code, [], [2]));
  session.keep(words, { code: code ?? 130, stdout: watch.stdout(), stderr: watch.stderr() });
  return violations;
}
