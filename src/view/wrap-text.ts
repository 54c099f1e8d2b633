/**
 * Breaks a line at its blanks so that no part is longer than `width`; a word that is longer stays whole, so that it can be pasted.
 * @param width columns; `undefined` leaves the line as it is
 * @returns one line at least
 */
export function wrapText(text: string, width: number | undefined): string[] {
  if (width === undefined || text.length <= width) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && [...longer].length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  lines.push(line);
  return lines;
}
