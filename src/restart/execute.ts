import type { Cluster } from '../cluster/cluster.ts';
import { objectKey } from '../objects/object-key.ts';
import { makeEventQueue } from '../rollout/event-queue.ts';
import type { FollowOptions } from '../rollout/follower.ts';
import { startFollower } from '../rollout/follower.ts';
import { isRolloutKind, readRolloutObject } from '../rollout/rollout-object.ts';
import { rolloutState } from '../rollout/state.ts';
import { makeStamp } from '../staleness/stamp.ts';
import type { RestartPlan, RestartStep, RolloutEvent, RolloutState } from '../types.ts';
import { makeReadConfigs } from './read-configs.ts';
import { sendPatch } from './send-patch.ts';

/** How to run a plan. Times in milliseconds. */
export interface ExecuteOptions extends Omit<FollowOptions, 'trustTimes'> {
  /** How many rollouts of one wave may be under way at once. */
  maxParallel: number;
  /** Follow each rollout to its end. Without it a wave begins when the one before is patched. */
  wait: boolean;
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
  const readConfigs = makeReadConfigs(cluster, clock.now);
  /** By workload: to be called with whether its rollout came to a good end. */
  const underWay = new Map<string, (healthy: boolean) => void>();
  const follower = startFollower(
    cluster,
    { ...options, trustTimes: false, signal: stopping.signal },
    (event) => {
      queue.push(event);
      if (event.phase === 'complete' || event.phase === 'failed')
        settle(objectKey(event.workload), event.phase === 'complete');
    },
    (error) => {
      queue.fail(error);
      stop();
    },
  );
  stopping.signal.addEventListener('abort', () => {
    for (const key of [...underWay.keys()]) settle(key, false);
  });

  function settle(key: string, healthy: boolean): void {
    underWay.get(key)?.(healthy);
    underWay.delete(key);
  }

  async function restart(step: RestartStep): Promise<boolean> {
    const tell = (state: RolloutState): void =>
      queue.push({ time: new Date(clock.now()).toISOString(), workload: step.workload, ...state });
    // An Argo Rollout is restarted without a new template, so nothing could carry a stamp.
    const sources = step.action === 'restartAt' ? [] : await readConfigs(step.configs);
    if (stopping.signal.aborted) return false;
    const time = clock.now();
    const stamp = step.action === 'restartAt' ? null : makeStamp(sources, new Date(time).toISOString());
    const result = await sendPatch(cluster, step, time, stamp, { ...options, signal: stopping.signal });
    if (!result.sent) {
      tell({ ...countsOf(step, null), phase: 'failed', reason: result.reason, message: result.message });
      return false;
    }
    tell({ ...countsOf(step, result.object), phase: 'waiting', reason: '', message: 'restarted' });
    if (!options.wait) return true;
    if (stopping.signal.aborted) return false;
    return new Promise<boolean>((resolve) => {
      underWay.set(objectKey(step.workload), resolve);
      follower.add({ ref: step.workload, uid: step.uid, generation: generationOf(result.object) });
    });
  }

  async function runWave(steps: readonly RestartStep[]): Promise<boolean> {
    let next = 0;
    let healthy = true;
    const work = async (): Promise<void> => {
      while (healthy && !stopping.signal.aborted && clock.now() < deadline) {
        const step = steps[next];
        next += 1;
        if (step === undefined) return;
        if (!(await restart(step))) healthy = false;
      }
    };
    await Promise.all(Array.from({ length: Math.max(1, options.maxParallel) }, work));
    return healthy;
  }

  async function run(): Promise<void> {
    const waves = [...new Set(plan.steps.map((step) => step.wave))].sort((a, b) => a - b);
    for (const wave of waves) {
      if (!(await runWave(plan.steps.filter((step) => step.wave === wave)))) return;
    }
  }
  run()
    .then(queue.end, queue.fail)
    // Also after an error: the others of the wave must not go on patching.
    .finally(stop);
  return queue;
}

/** The numbers of a workload just patched, or of one of which the plan is all that is known. */
function countsOf(step: RestartStep, object: object | null): RolloutState {
  const { kind } = step.workload;
  const read = object && isRolloutKind(kind) ? readRolloutObject(kind, object) : null;
  if (read) return rolloutState(read, null);
  const { pods } = step;
  return {
    phase: 'waiting',
    desired: pods,
    updated: 0,
    ready: pods,
    available: pods,
    old: pods,
    message: '',
    reason: '',
  };
}

function generationOf(object: object): number {
  if (!('metadata' in object && typeof object.metadata === 'object' && object.metadata !== null)) return 0;
  return 'generation' in object.metadata && typeof object.metadata.generation === 'number'
    ? object.metadata.generation
    : 0;
}
