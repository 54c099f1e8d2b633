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
  /**
   * Puts lasting text above the frame, and at the same time other lines into it.
   * @param write writes the text, where that goes to another stream of the same terminal
   */
  print(text: string, lines?: readonly string[], write?: (text: string) => unknown): void;
}

const CLEAR_BELOW = '\r\x1b[J';
/**
 * Line by line: tmux takes it for `clear` when everything below the upper left corner goes at once, and keeps a copy in its history, of
 * each frame one.
 */
const CLEAR_LINE_ABOVE = '\x1b[1A\x1b[2K';
/** Terminals that know it show all that is between the two at once. */
const BEGIN_UPDATE = '\x1b[?2026h';
const END_UPDATE = '\x1b[?2026l';

/** An empty frame. */
export function makeLiveFrame(screen: Screen): LiveFrame {
  let drawn: readonly string[] = [];
  let width = 0;
  const erase = (): string => {
    const { columns, rows } = screen.size();
    // A terminal wraps its lines anew when its width changes, so the height counts by the width of now.
    const height = Math.min(measureHeight(drawn, columns), rows - 1);
    return height === 0 ? '' : CLEAR_BELOW + CLEAR_LINE_ABOVE.repeat(height);
  };
  const put = (lines: readonly string[]): string => {
    drawn = lines;
    width = screen.size().columns;
    return lines.map((line) => `${line}\n`).join('');
  };
  return {
    draw(lines) {
      const isSame = drawn.join('\n') === lines.join('\n') && (lines.length === 0 || width === screen.size().columns);
      if (!isSame) screen.write(`${BEGIN_UPDATE}${erase()}${put(lines)}${END_UPDATE}`);
    },
    print(text, lines = drawn, write) {
      if (write === undefined) return void screen.write(`${BEGIN_UPDATE}${erase()}${text}${put(lines)}${END_UPDATE}`);
      screen.write(`${BEGIN_UPDATE}${erase()}`);
      write(text);
      screen.write(`${put(lines)}${END_UPDATE}`);
    },
  };
}

/** The rows of the screen that lines take, long ones being wrapped. */
export function measureHeight(lines: readonly string[], columns: number): number {
  return lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(measureWidth(line) / columns)), 0);
}

/** Characters of East Asian scripts and emoji take two columns. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;

/** Accents that are letters of their own, and the like, stand on the letter before them. */
const MARK = /\p{Mn}|\p{Me}/u;

function measureWidth(line: string): number {
  return [...stripStyles(line)].reduce((sum, letter) => sum + (MARK.test(letter) ? 0 : WIDE.test(letter) ? 2 : 1), 0);
}
