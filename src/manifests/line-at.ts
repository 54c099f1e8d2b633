/** A function that gives the line of an offset, counted from 1; offsets must not go backward from call to call. */
export function makeLineAt(text: string): (offset: number) => number {
  let line = 1;
  let next = text.indexOf('\n');
  return (offset) => {
    while (next !== -1 && next < offset) {
      line++;
      next = text.indexOf('\n', next + 1);
    }
    return line;
  };
}
