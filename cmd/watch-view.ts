import type { StatusItem } from '../src/types.ts';
import type { ScreenSize } from '../src/view/live-frame.ts';
import { makeLiveFrame } from '../src/view/live-frame.ts';
import { formatJson } from '../src/view/report.ts';
import { compareStatus, describeVerdict, renderStatusChange } from '../src/view/status-change.ts';
import { layOutStatus } from '../src/view/status-frame.ts';
import { renderStatusTable } from '../src/view/status-table.ts';
import { makeStyles } from '../src/view/style.ts';
import { escapeControls } from '../src/view/text.ts';
import type { GlobalFlags } from './flags.ts';
import { wantsColor } from './flags.ts';
import type { StatusFlags } from './status.ts';
import type { Streams } from './streams.ts';

/** One state of what is watched. */
export interface WatchRound {
  items: readonly StatusItem[];
  /** As `summarizeStatus` gives it. */
  summary: string;
  /** Why the state may be an old one: the server cannot be reached. */
  lost: Error | null;
}

/** Shows what is watched. */
export interface WatchView {
  show(round: WatchRound): void;
  warn(text: string): void;
  end(): void;
}

/** How it looks. */
export type WatchViewFlags = StatusFlags & GlobalFlags;

/** A table that is drawn over in place; what was on the screen before stays above it. */
export function makeLiveView(flags: WatchViewFlags, streams: Streams): WatchView {
  const { stdout } = streams;
  const wide = flags.output === 'wide';
  const styles = makeStyles(wantsColor(flags.color, stdout, streams.env));
  const size = (): ScreenSize => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 });
  const frame = makeLiveFrame({ write: (text) => stdout.write(text), size });
  let last: WatchRound | null = null;
  let asOf = streams.now();

  const draw = (): void => {
    if (last === null) return;
    const { items, summary, lost } = last;
    // Without a connection the state is as old as the last picture of it, and its ages with it.
    if (lost === null) asOf = streams.now();
    const table = renderStatusTable(items.filter(flags.all === true ? () => true : isNotCurrent), {
      wide,
      showNamespace: flags.allNamespaces === true,
      headers: flags.headers,
      now: asOf.getTime(),
      styles,
    });
    const notes = [
      `Watching; as of ${formatClock(asOf)}. Ctrl-C ends.`,
      ...(lost === null ? [] : [styles.bad(`The connection is lost, trying again: ${firstLine(lost)}`)]),
    ];
    frame.draw(layOutStatus({ table, headers: flags.headers, summary, notes }, size()));
  };
  stdout.on?.('resize', draw);

  return {
    show(round) {
      const options = { all: flags.all === true, describe: (item: StatusItem) => describeVerdict(item, wide) };
      const isSame =
        last !== null &&
        last.summary === round.summary &&
        last.lost?.message === round.lost?.message &&
        compareStatus(last.items, round.items, options).length === 0;
      last = round;
      if (!isSame) draw();
    },
    warn: (text) => frame.print(`warning: ${escapeControls(text)}\n`),
    end() {
      stdout.off?.('resize', draw);
      // The terminal shows `^C` where the cursor stood.
      if (last !== null) stdout.write('\n');
    },
  };
}

/** One line a change: for people a sentence with the time before it, for programs JSON. */
export function makeLineView(flags: WatchViewFlags, streams: Streams): WatchView {
  const { stdout, stderr } = streams;
  const isJson = flags.output === 'json';
  const wide = flags.output === 'wide';
  const layout = { wide, showNamespace: flags.allNamespaces === true };
  let last: WatchRound | null = null;
  return {
    show(round) {
      const changes = compareStatus(last?.items ?? [], round.items, {
        all: flags.all === true,
        describe: isJson ? JSON.stringify : (item) => describeVerdict(item, wide),
      });
      const time = streams.now().toISOString();
      for (const change of changes) {
        const { item, ...rest } = change;
        stdout.write(isJson ? `${formatJson({ time, ...rest, ...item })}\n` : renderStatusChange(change, time, layout));
      }
      if (last === null && !isJson) stderr.write(round.summary);
      if (round.lost !== null && !last?.lost) {
        stderr.write(`warning: the connection is lost, trying again: ${firstLine(round.lost)}\n`);
      } else if (round.lost === null && last?.lost) {
        stderr.write('the connection is back\n');
      }
      last = round;
    },
    warn: (text) => stderr.write(`warning: ${escapeControls(text)}\n`),
    end: () => undefined,
  };
}

function isNotCurrent({ state }: StatusItem): boolean {
  return state !== 'current';
}

function firstLine({ message }: Error): string {
  return escapeControls(message.split('\n', 1)[0] ?? '');
}

/** The time of day where the user is. */
function formatClock(time: Date): string {
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
