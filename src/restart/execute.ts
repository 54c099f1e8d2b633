import type { Cluster } from '../cluster/cluster.ts';
import { objectKey } from '../objects/object-key.ts';
import { makeEventQueue } from '../rollout/event-queue.ts';
import type { FollowOptions } from '../rollout/follower.ts';
import { startFollower } from '../rollout/follower.ts';
import type { RestartPlan, RestartStep, RolloutEvent } from '../types.ts';
import type { StepEvent } from './run-step.ts';
import { makeRunStep } from './run-step.ts';

/** How to run a plan. Times in milliseconds. */
export interface ExecuteOptions extends Omit<FollowOptions, 'trustTimes' | 'once'> {
  /** How many rollouts of one wave may be under way at once. */
  maxParallel: number;
  /** Follow each rollout to its end. Without it a wave begins when the one before is patched. Evictions are always followed. */
  wait: boolean;
  /** Put the annotations of a workload back whose restart fails. */
  undoOnFailure?: boolean;
}

/**
 * Runs a plan wave by wave and tells what happens: `waiting` with the message `restarted` once a workload is patched, then the
 * changes of its rollout, `complete` or `failed` at last. After a failure nothing new starts, and what is under way is followed to its end.
 * When the signal is aborted nothing new starts either, and it ends at once; the rollouts go on in the cluster.
 *
 * @throws when the server can no longer be asked
 */
export function executePlan(cluster: Cluster, plan: RestartPlan, options: ExecuteOptions): AsyncIterable<RolloutEvent> {
  const { clock } = options;
  const stopping = new AbortController();
  const stop = (): void => stopping.abort();
  options.signal?.addEventListener('abort', stop, { once: true });
  if (options.signal?.aborted) stop();
  const deadline = options.timeoutMs ? clock.now() + options.timeoutMs : Number.POSITIVE_INFINITY;

  const queue = makeEventQueue<RolloutEvent>(stop);
  let trouble: { error: unknown } | null = null;
  // It is thrown when all that is on its way has come to an end: another patch may have arrived, and wants its line.
  const giveUp = (error: unknown): void => {
    trouble ??= { error };
    stop();
  };
  const tell = (event: StepEvent): void => queue.push({ time: new Date(clock.now()).toISOString(), ...event });
  /** By workload: to be called with the end of its rollout, or with `null` when it is not seen. */
  const underWay = new Map<string, (end: StepEvent | null) => void>();
  const settle = (key: string, end: StepEvent | null): void => {
    underWay.get(key)?.(end);
    underWay.delete(key);
  };
  const follower = startFollower(
    cluster,
    { ...options, trustTimes: false, signal: stopping.signal },
    ({ time: _, ...event }) => {
      if (event.phase === 'complete' || event.phase === 'failed') settle(objectKey(event.workload), event);
      else tell(event);
    },
    giveUp,
  );
  stopping.signal.addEventListener('abort', () => {
    for (const key of [...underWay.keys()]) settle(key, null);
  });

  const runStep = makeRunStep(cluster, { ...options, signal: stopping.signal }, deadline, {
    tell,
    follow: ({ workload, uid }, generation) =>
      new Promise((resolve) => {
        if (stopping.signal.aborted) return resolve(null);
        underWay.set(objectKey(workload), resolve);
        follower.add({ ref: workload, uid, generation });
      }),
  });

  async function runWave(steps: readonly RestartStep[]): Promise<boolean> {
    let next = 0;
    let healthy = true;
    const work = async (): Promise<void> => {
      while (healthy && !stopping.signal.aborted && clock.now() < deadline) {
        const step = steps[next];
        next += 1;
        if (step === undefined) return;
        if (!(await runStep(step))) healthy = false;
      }
    };
    const workers = Math.max(1, Math.min(options.maxParallel, steps.length));
    await Promise.all(Array.from({ length: workers }, () => work().catch(giveUp)));
    return healthy;
  }

  async function run(): Promise<void> {
    const waves = [...new Set(plan.steps.map((step) => step.wave))].sort((a, b) => a - b);
    for (const wave of waves) {
      if (!(await runWave(plan.steps.filter((step) => step.wave === wave)))) return;
    }
  }
  run().then(() => {
    stop();
    if (trouble === null) queue.end();
    else queue.fail(trouble.error);
  });
  return queue;
}
