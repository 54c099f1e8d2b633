import type { Cluster } from '../cluster/cluster.ts';
import type { RolloutEvent } from '../types.ts';
import { makeEventQueue } from './event-queue.ts';
import type { FollowOptions, RolloutTarget } from './follower.ts';
import { startFollower } from './follower.ts';

/**
 * Follows rollouts until each is complete or has failed: the state of each at first, then every change. Ends early, without a
 * verdict on the rest, when the signal is aborted. With `once` it ends when the state of each has been told.
 * @throws ReloadError for a kind without rollouts, and when the server can no longer be asked
 */
export function followRollouts(
  cluster: Cluster,
  targets: readonly RolloutTarget[],
  options: FollowOptions,
): AsyncIterable<RolloutEvent> {
  let open = targets.length;
  const queue = makeEventQueue<RolloutEvent>(() => follower.close());
  const follower = startFollower(
    cluster,
    options,
    (event) => {
      queue.push(event);
      if (!options.once && event.phase !== 'complete' && event.phase !== 'failed') return;
      open -= 1;
      if (open === 0) queue.end();
    },
    (error) => queue.fail(error),
  );
  options.signal?.addEventListener('abort', () => queue.end(), { once: true });
  if (open === 0 || options.signal?.aborted) queue.end();
  try {
    for (const target of targets) follower.add(target);
  } catch (error) {
    follower.close();
    throw error;
  }
  return queue;
}
