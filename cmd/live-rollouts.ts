import type { ScreenSize } from '../src/view/live-frame.ts';
import { makeLiveFrame } from '../src/view/live-frame.ts';
import { makeEventLine } from '../src/view/rollout-line.ts';
import type { RolloutRow, RolloutRows } from '../src/view/rollout-rows.ts';
import { foldEvent, hasEnded } from '../src/view/rollout-rows.ts';
import { makeStyles } from '../src/view/style.ts';
import type { GlobalFlags } from './flags.ts';
import { wantsColor } from './flags.ts';
import type { RolloutView, RolloutViewOptions } from './rollout-view.ts';
import { formatWarning } from './rollout-view.ts';
import type { Streams } from './streams.ts';

/** Milliseconds between two frames, at least. */
const FRAME_MS = 100;
/** Ages are told in seconds. */
const TICK_MS = 1000;

type Screen = typeof import('../src/view/rollout-screen.tsx');

/**
 * A frame on standard error that is drawn over in place. Results go to standard output; on a terminal they pass above the frame, and
 * a rollout that has ended leaves it. Where standard output goes elsewhere, the row stays.
 */
export function makeLiveView(
  flags: Pick<GlobalFlags, 'color'>,
  streams: Streams,
  options: RolloutViewOptions,
): RolloutView {
  const { stdout, stderr } = streams;
  const size = (): ScreenSize => ({ columns: stderr.columns || 80, rows: stderr.rows || 24 });
  const styles = makeStyles(wantsColor(flags.color, stderr, streams.env));
  const frame = makeLiveFrame({ write: (text) => stderr.write(text), size });
  const renderEvent = makeEventLine(options);
  const keepEnded = stdout.isTTY !== true;
  const begunAt = streams.now().getTime();
  const rows: RolloutRows = new Map();
  let results = '';
  let screen: Screen | null = null;
  let isLoading = false;
  let isEnding = false;
  let next: ReturnType<typeof setTimeout> | undefined;

  const shown = (): RolloutRow[] => [...rows.values()].filter((row) => keepEnded || !hasEnded(row));

  const layOut = (): string[] => {
    if (screen === null || (isEnding && shown().length === 0)) return [];
    const now = streams.now().getTime();
    const { showNamespace, count } = options;
    const shape = { rows: [...rows.values()], count, begunAt, now, keepEnded, showNamespace, styles };
    try {
      return screen.renderRolloutScreen(shape, size());
    } catch (error) {
      giveUp(error);
      return [];
    }
  };

  // The rollouts go on, and are told to their end, whatever becomes of their picture.
  const giveUp = (error: unknown): void => {
    screen = null;
    stderr.write(formatWarning(`the live view cannot be drawn: ${error instanceof Error ? error.message : error}`));
  };

  const draw = (): void => {
    next = undefined;
    if (screen === null && !isLoading && [...rows.values()].some((row) => !hasEnded(row))) load();
    const text = results;
    results = '';
    if (text === '') frame.draw(layOut());
    else if (!keepEnded) frame.print(text, layOut(), (line) => stdout.write(line));
    else {
      // Who reads the pipe may print on this very terminal (`| tee log`), and needs a moment with the frame out of the way.
      frame.draw([]);
      stdout.write(text);
      if (isEnding) frame.draw(layOut());
      else change();
    }
  };

  const change = (): void => {
    next ??= setTimeout(draw, FRAME_MS);
  };

  // Not before something is under way: what ended long ago is told faster than this loads.
  const load = async (): Promise<void> => {
    isLoading = true;
    try {
      screen = await import('../src/view/rollout-screen.tsx');
      if (!isEnding) change();
    } catch (error) {
      giveUp(error);
    }
  };

  const ticking = setInterval(change, TICK_MS);
  stderr.on?.('resize', change);

  return {
    show(event) {
      foldEvent(rows, event);
      const { text, result } = renderEvent(event);
      if (result) results += text;
      change();
    },
    warn: (text) => frame.print(formatWarning(text)),
    end() {
      isEnding = true;
      clearInterval(ticking);
      clearTimeout(next);
      stderr.off?.('resize', change);
      frame.draw([]);
      draw();
    },
  };
}
