import { Box, renderToString, Text } from 'ink';
import type { ReactNode } from 'react';
import type { ScreenSize } from './live-frame.ts';
import type { RolloutCells, RolloutColumns } from './rollout-columns.ts';
import { describeRow, GAP, layOutColumns, TITLES } from './rollout-columns.ts';
import { summarizeRollouts } from './rollout-counts.ts';
import type { RolloutMood, RolloutRow, ShownRow } from './rollout-rows.ts';
import { describeTrouble, hasEnded, measureProgress, moodOf, pickRows } from './rollout-rows.ts';
import type { Style, Styles } from './style.ts';
import { escapeControls } from './text.ts';

/** All that a frame is made of. */
export interface RolloutScreen {
  /** In the order in which they are shown. */
  rows: readonly RolloutRow[];
  /** How many rollouts there are to be, those that have not begun included. */
  count: number;
  /** When the run began. Milliseconds since 1970, as `now`. */
  begunAt: number;
  now: number;
  /** Rollouts that have ended keep their row. Otherwise they leave the frame: a line about each stands above it. */
  keepEnded: boolean;
  showNamespace: boolean;
  styles: Styles;
}

/** Below so many lines the titles go, the blank line before the summary, and most of the summary. */
const LOW = 8;
/** Lines of a log that stand below a row; all of them stand in the line about its end. */
const LOG_LINES = 4;

/**
 * The lines of the live view: a row a rollout, the trouble of failing ones below them, and a line that sums up. They fit the
 * screen and leave a line for the cursor; rows for which there is no room are counted.
 */
export function renderRolloutScreen(screen: RolloutScreen, size: ScreenSize): string[] {
  const { showNamespace, now, styles, keepEnded } = screen;
  const rows = keepEnded ? screen.rows : screen.rows.filter((row) => !hasEnded(row));
  const render = (node: ReactNode) => renderToString(node, { columns: size.columns }).split('\n');
  const airy = size.rows >= LOW;
  const footer = <Words words={summarizeRollouts({ ...screen, brief: !airy })} />;
  const summary = render(footer);
  const cut = (lines: string[]) => lines.slice(0, Math.max(1, size.rows - 1));
  if (rows.length === 0) return cut(summary);

  const cells = new Map(rows.map((row) => [row, describeRow(row, { showNamespace, now })]));
  const columns = layOutColumns([...cells.values()], size.columns);
  const room = size.rows - 1 - summary.length - (airy ? (columns.stacked ? 1 : 2) : 0);
  const base = columns.stacked ? 2 : 1;
  const height = ({ row, unfolded }: ShownRow) =>
    unfolded === 'nothing' ? base : base + render(<Trouble {...{ row, unfolded, styles }} />).length;
  const { shown, more } = pickRows(rows, room, height);
  if (shown.length === 0) return cut(summary);
  return render(
    <Box flexDirection="column">
      {airy && !columns.stacked && <Line columns={columns} cells={TITLES} bar="" />}
      {shown.map(({ row, unfolded }, index) => (
        <Row
          // biome-ignore lint/suspicious/noArrayIndexKey: every frame is made anew
          key={index}
          {...{ row, unfolded, columns, styles }}
          cells={cells.get(row) ?? describeRow(row, { showNamespace, now })}
        />
      ))}
      {more > 0 && <Text wrap="truncate">{styles.faint(`and ${more} more`)}</Text>}
      {airy && <Text> </Text>}
      {footer}
    </Box>,
  );
}

function Row(props: ShownRow & { cells: RolloutCells; columns: RolloutColumns; styles: Styles }): ReactNode {
  const { row, unfolded, cells, columns, styles } = props;
  const style = styleOf(moodOf(row), styles);
  const bar = drawBar(measureProgress(row.event), columns.bar);
  return (
    <>
      {columns.stacked ? (
        <>
          <Text wrap="truncate-middle">{cells.name}</Text>
          <Text wrap="truncate">{` ${style(cells.state)} ${cells.ready} ${styles.faint(cells.age)}`}</Text>
        </>
      ) : (
        <Line
          columns={columns}
          cells={{ ...cells, state: style(cells.state), message: styles.faint(cells.message) }}
          bar={style(bar)}
        />
      )}
      {unfolded !== 'nothing' && <Trouble {...{ row, unfolded, styles }} />}
    </>
  );
}

function Line({ columns, cells, bar }: { columns: RolloutColumns; cells: RolloutCells; bar: string }): ReactNode {
  const cell = (width: number, text: string, wrap: 'truncate' | 'truncate-middle' = 'truncate') =>
    width > 0 && (
      <Box width={width} flexShrink={0}>
        <Text wrap={wrap}>{text}</Text>
      </Box>
    );
  return (
    <Box columnGap={GAP}>
      {cell(columns.name, cells.name, 'truncate-middle')}
      {cell(columns.bar, bar)}
      {cell(columns.updated, cells.updated)}
      {cell(columns.ready, cells.ready)}
      {cell(columns.old, cells.old)}
      {cell(columns.age, cells.age)}
      {cell(columns.state, cells.state)}
      {cell(columns.message, cells.message)}
    </Box>
  );
}

/** What is wrong, and the last lines of the log of the container that failed. */
function Trouble({ row: { event }, unfolded, styles }: ShownRow & { styles: Styles }): ReactNode {
  const style = styleOf(event.phase === 'failed' ? 'failed' : 'failing', styles);
  const log = unfolded === 'log' ? (event.log?.slice(-LOG_LINES) ?? []) : [];
  return (
    <Box flexDirection="column" paddingLeft={2}>
      <Words words={escapeControls(describeTrouble(event)).split(' ').map(style)} />
      {log.map((line, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: every frame is made anew
        <Text key={index} wrap="truncate">
          {styles.faint(`| ${escapeControls(line.replaceAll('\t', '    '))}`)}
        </Text>
      ))}
    </Box>
  );
}

/** Wraps between words; a line that ink wraps by itself may begin with a blank. */
function Words({ words }: { words: readonly string[] }): ReactNode {
  return (
    <Box flexWrap="wrap" columnGap={1}>
      {words.map((word, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: every frame is made anew
        <Text key={index}>{word}</Text>
      ))}
    </Box>
  );
}

function drawBar(progress: number, width: number): string {
  const done = Math.floor(progress * width);
  return '█'.repeat(done) + '░'.repeat(width - done);
}

function styleOf(mood: RolloutMood, styles: Styles): Style {
  switch (mood) {
    case 'failed':
      return styles.bad;
    case 'failing':
      return styles.warn;
    case 'progressing':
    case 'soaking':
      return styles.accent;
    case 'complete':
      return styles.good;
    case 'waiting':
      return styles.faint;
    default:
      return mood satisfies never;
  }
}
