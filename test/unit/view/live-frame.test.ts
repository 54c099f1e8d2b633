import { describe, expect, test } from 'bun:test';
import { makeLiveFrame, measureHeight } from '../../../src/view/live-frame.ts';
import { makeTerminal } from '../../support/terminal.ts';

describe('a live frame', () => {
  test('is drawn over in place, and what stood above it stays', () => {
    const terminal = makeTerminal(40, 10);
    terminal.write('$ kubectl reload status -w\n');
    const frame = makeLiveFrame(terminal);
    frame.draw(['one', 'two, a longer line', 'three']);
    frame.draw(['ONE', 'two']);
    expect(terminal.screen()).toEqual(['$ kubectl reload status -w', 'ONE', 'two']);
    frame.draw(['one', 'two', 'three', 'four']);
    expect(terminal.screen()).toEqual(['$ kubectl reload status -w', 'one', 'two', 'three', 'four']);
  });

  test('counts the rows that long lines take, also one that just fills the screen', () => {
    const terminal = makeTerminal(10, 10);
    const frame = makeLiveFrame(terminal);
    frame.draw(['0123456789', '0123456789a', 'end']);
    expect(terminal.screen()).toEqual(['0123456789', '0123456789', 'a', 'end']);
    frame.draw(['0123456789', 'x']);
    expect(terminal.screen()).toEqual(['0123456789', 'x']);
  });

  test('takes no escape sequence for text, and knows that some characters are wide', () => {
    expect(measureHeight(['\x1b[31m0123456789\x1b[39m'], 10)).toBe(1);
    expect(measureHeight(['設定設定設定'], 10)).toBe(2);
    expect(measureHeight(['e\u0301'.repeat(10)], 10)).toBe(1);
    expect(measureHeight(['', 'a'], 10)).toBe(2);
  });

  test('counts by the width of now when the terminal has become narrower and wrapped its lines anew', () => {
    const drawn: string[] = [];
    let columns = 20;
    const frame = makeLiveFrame({ write: (text) => drawn.push(text), size: () => ({ columns, rows: 10 }) });
    frame.draw(['0123456789abcde', 'x']);
    columns = 10;
    frame.draw(['y']);
    expect(drawn[1]?.split('\x1b[1A')).toHaveLength(1 + 3);
  });

  test('writes nothing while nothing changes, but draws anew in another width', () => {
    const drawn: string[] = [];
    let columns = 20;
    const frame = makeLiveFrame({ write: (text) => drawn.push(text), size: () => ({ columns, rows: 10 }) });
    frame.draw([]);
    expect(drawn).toEqual([]);
    for (const _ of [1, 2]) frame.draw(['one', 'two']);
    expect(drawn).toHaveLength(1);
    columns = 30;
    frame.draw(['one', 'two']);
    expect(drawn).toHaveLength(2);
  });

  test('never clears all at once from the upper left corner, which tmux would keep in its history', () => {
    const terminal = makeTerminal(40, 10);
    const frame = makeLiveFrame({
      size: terminal.size,
      write(text) {
        const [before, ...rest] = text.split('\x1b[J');
        terminal.write(before ?? '');
        if (rest.length > 0) expect(terminal.screen().length).toBeGreaterThan(0);
        terminal.write(rest.map((part) => `\x1b[J${part}`).join(''));
      },
    });
    frame.draw(['one', 'two']);
    frame.draw(['ONE']);
    frame.draw([]);
    frame.draw(['one']);
    expect(terminal.screen()).toEqual(['one']);
  });

  test('lets text of another stream pass above, with other lines below it, in one go', () => {
    const terminal = makeTerminal(40, 10);
    const written: string[] = [];
    const write = (name: string) => (text: string) => {
      written.push(name);
      terminal.write(text);
    };
    const frame = makeLiveFrame({ write: write('frame'), size: terminal.size });
    frame.draw(['web is on its way', 'api is on its way']);
    frame.print('web is done\n', ['api is on its way'], write('result'));
    expect(terminal.screen()).toEqual(['web is done', 'api is on its way']);
    expect(written).toEqual(['frame', 'frame', 'result', 'frame']);
  });

  test('lets lasting text pass above it', () => {
    const terminal = makeTerminal(40, 10);
    const frame = makeLiveFrame(terminal);
    frame.draw(['one', 'two']);
    frame.print('warning: something\n');
    expect(terminal.screen()).toEqual(['warning: something', 'one', 'two']);
    frame.draw(['ONE', 'TWO']);
    expect(terminal.screen()).toEqual(['warning: something', 'ONE', 'TWO']);
  });

  test('of the height of the screen scrolls nothing out when it is drawn again and again', () => {
    const terminal = makeTerminal(40, 5);
    const frame = makeLiveFrame(terminal);
    for (const round of ['a', 'b', 'c']) frame.draw([1, 2, 3, 4].map((line) => `${round}${line}`));
    expect(terminal.screen()).toEqual(['c1', 'c2', 'c3', 'c4']);
    expect(terminal.scrolledOut()).toEqual([]);
  });
});
