import { objectKey } from '../src/objects/object-key.ts';
import type { RolloutEvent } from '../src/types.ts';
import type { GlobalFlags } from './flags.ts';
import { makeLiveView } from './live-rollouts.ts';
import type { RolloutView, RolloutViewOptions } from './rollout-view.ts';
import { makeJsonView, makeLineView } from './rollout-view.ts';
import type { Streams } from './streams.ts';

/** The view for these streams: live where a person looks on, lines or JSON elsewhere. */
export function makeRolloutView(
  flags: Pick<GlobalFlags, 'color' | 'verbose'> & { output: string },
  streams: Streams,
  options: RolloutViewOptions,
): RolloutView {
  if (flags.output === 'json') return makeJsonView(streams);
  // Traces on the same terminal would break the frame.
  const isLive =
    options.followed && streams.stderr.isTTY === true && streams.env['TERM'] !== 'dumb' && flags.verbose !== true;
  return isLive ? makeLiveView(flags, streams, options) : makeLineView(streams, options);
}

/**
 * Shows events until there are no more, or an error comes instead. Gives the last event of each rollout.
 * @param last takes these as they come, so that they are there after an error too
 */
export async function showRollouts(
  progress: AsyncIterable<RolloutEvent>,
  view: RolloutView,
  last: Map<string, RolloutEvent> = new Map(),
): Promise<RolloutEvent[]> {
  try {
    for await (const event of progress) {
      last.set(objectKey(event.workload), event);
      view.show(event);
    }
  } finally {
    view.end();
  }
  return [...last.values()];
}
