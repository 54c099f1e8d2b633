import { stripVTControlCharacters, styleText } from 'node:util';
import type { State } from '../types.ts';

/** Puts a colour on a text, or nothing. */
export type Style = (text: string) => string;

/** The styles of one output: plain ones when it is not to be coloured. */
export interface Styles {
  state(state: State): Style;
  bad: Style;
  warn: Style;
  good: Style;
  /** For what is under way. */
  accent: Style;
  faint: Style;
  strong: Style;
}

const plain: Style = (text) => text;

/** The styles for an output. */
export function makeStyles(color: boolean): Styles {
  if (!color)
    return { state: () => plain, bad: plain, warn: plain, good: plain, accent: plain, faint: plain, strong: plain };
  const make =
    (format: Parameters<typeof styleText>[0]): Style =>
    (text) =>
      styleText(format, text, { validateStream: false });
  const bad = make('red');
  const warn = make('yellow');
  const good = make('green');
  const faint = make('dim');
  return {
    bad,
    warn,
    good,
    accent: make('cyan'),
    faint,
    strong: make('bold'),
    state(state) {
      switch (state) {
        case 'missing':
        case 'stale':
          return bad;
        case 'refreshed':
        case 'unknown':
        case 'pending':
          return warn;
        case 'current':
          return good;
        default:
          return state satisfies never;
      }
    },
  };
}

/** The text without its styles. */
export function stripStyles(text: string): string {
  return text.includes('\x1b') ? stripVTControlCharacters(text) : text;
}
