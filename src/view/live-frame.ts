import { stripStyles } from './style.ts';

/** The size of a terminal, in characters. */
export interface ScreenSize {
  columns: number;
  rows: number;
}

/** A terminal to draw on. */
export interface Screen {
  write(text: string): unknown;
  size(): ScreenSize;
}

/** Lines at the end of a terminal's output that are drawn over and over; what stands above them stays. */
export interface LiveFrame {
  /** Puts these lines in the place of the last ones. They should fit the screen: what scrolled out of it cannot be drawn over. */
  draw(lines: readonly string[]): void;
  /** Puts lasting text above the frame. */
  print(text: string): void;
}

const UP = (lines: number) => (lines === 0 ? '\r' : `\r\x1b[${lines}A`);
const CLEAR_BELOW = '\x1b[J';
/** Terminals that know it show all that is between the two at once. */
const BEGIN_UPDATE = '\x1b[?2026h';
const END_UPDATE = '\x1b[?2026l';

/** An empty frame. */
export function makeLiveFrame(screen: Screen): LiveFrame {
  let drawn: readonly string[] = [];
  const redraw = (above: string, lines: readonly string[]): void => {
    const { columns, rows } = screen.size();
    // A terminal wraps its lines anew when its width changes, so the height counts by the width of now.
    const height = Math.min(measureHeight(drawn, columns), rows - 1);
    const body = lines.map((line) => `${line}\n`).join('');
    screen.write(`${BEGIN_UPDATE}${UP(height)}${CLEAR_BELOW}${above}${body}${END_UPDATE}`);
    drawn = lines;
  };
  return {
    draw: (lines) => redraw('', lines),
    print: (text) => redraw(text, drawn),
  };
}

/** The rows of the screen that lines take, long ones being wrapped. */
export function measureHeight(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(measureWidth(line) / columns)), 0);
}

/** Characters of East Asian scripts and emoji take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

function measureWidth(line: string): number {
  return [...stripStyles(line)].reduce((sum, character) => sum + (WIDE.test(character) ? 2 : 1), 0);
}
