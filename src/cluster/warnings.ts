/**
 * The texts of the `Warning: 299 - "..."` headers of an answer, in their order.
 * https://kubernetes.io/blog/2020/09/03/warnings/
 * @param rawHeaders names and values in turn
 */
export function readWarnings(rawHeaders: readonly string[]): string[] {
  const texts: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== 'warning') continue;
    for (const [, code, quoted] of (rawHeaders[index + 1] ?? '').matchAll(/(\d{3}) \S+ "((?:[^"\\]|\\.)*)"/g)) {
      if (code === '299' && quoted !== undefined) texts.push(decode(quoted.replace(/\\(.)/g, '$1')));
    }
  }
  return texts;
}

/** Node reads headers as one character a byte; the server wrote UTF-8. */
function decode(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
