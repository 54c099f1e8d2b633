import type { RolloutEvent } from '../types.ts';
import { formatLookCommand } from './look-command.ts';
import { countOf } from './text.ts';

/** Commands beyond so many are counted. */
const MOST = 5;

/**
 * The last lines about rollouts that were followed, or looked at once: the count, and where to look on for those that failed.
 * '' when there is nothing to add to what was said of the one.
 * @param events the last one of each rollout
 * @param options.count of the rollouts, those of which nothing was heard included
 * @param options.connection flags that lead to the same cluster as the same user, each with a blank before it
 */
export function describeRollouts(
  events: readonly RolloutEvent[],
  options: { interrupted: boolean; watched: boolean; count: number; connection: string },
): string {
  const { interrupted, watched, count, connection } = options;
  const complete = events.filter(({ phase }) => phase === 'complete').length;
  const failed = events.filter(({ phase }) => phase === 'failed');
  const open = count - complete - failed.length;
  const counts = [
    ...(complete > 0 ? [`${complete} complete`] : []),
    ...(failed.length > 0 ? [`${failed.length} failed`] : []),
    ...(open > 0 ? [`${open} not complete`] : []),
  ].join(', ');
  if (interrupted) return `interrupted: ${counts}; rollouts go on in the cluster\n`;
  if (complete === count) return count === 1 || !watched ? '' : `${countOf(count, 'rollout')} complete\n`;
  const hints = failed.map((event) => `  ${formatLookCommand(event, connection)}\n`);
  const shown =
    hints.length > MOST ? [...hints.slice(0, MOST), `  and ${hints.length - MOST} more like these\n`] : hints;
  const one = failed.length > 0 ? 'the rollout failed' : 'the rollout is not complete';
  return `error: ${count === 1 ? one : counts}\n${shown.join('')}`;
}
