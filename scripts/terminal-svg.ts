/** What a terminal shows, as a picture: text with the colours of its escape sequences. */

/** Points; the widths are those of a monospace font whose letters are 0.6 of their height, and are forced on every viewer. */
const FONT = 13;
const CELL = 7.8;
const LINE = 18;
const MARGIN = 16;
const TITLE_BAR = 28;

const BACKGROUND = '#0d1117';
const BAR = '#161b22';
const TEXT = '#e6edf3';
const FAINT = '#8b949e';
const PROMPT = '#7ee787';
const COLORS: Readonly<Record<number, string>> = {
  31: '#ff7b72',
  32: '#7ee787',
  33: '#e3b341',
  34: '#79c0ff',
  35: '#d2a8ff',
  36: '#76e3ea',
};

/** How a run of letters looks. */
interface Style {
  fill: string;
  bold: boolean;
}
const PLAIN: Style = { fill: TEXT, bold: false };

/**
 * An SVG of a terminal.
 * @param text what was typed and printed; lines that begin with `$ ` were typed
 * @throws Error for an escape sequence that is no colour
 */
export function renderTerminal(text: string, title: string): string {
  const lines = text.replace(/\n$/, '').split('\n').map(parseLine);
  const columns = Math.max(...lines.map((runs) => runs.reduce((width, run) => width + [...run.text].length, 0)));
  const width = Math.ceil(columns * CELL + 2 * MARGIN);
  const height = TITLE_BAR + lines.length * LINE + 2 * MARGIN - 6;
  const rows = lines.map((runs, index) => renderLine(runs, TITLE_BAR + MARGIN + FONT + index * LINE - 3));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">
<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>
<path d="M0 ${TITLE_BAR}V8a8 8 0 0 1 8-8h${width - 16}a8 8 0 0 1 8 8v${TITLE_BAR - 8}z" fill="${BAR}"/>
<g><circle cx="18" cy="14" r="5" fill="#ff5f57"/><circle cx="36" cy="14" r="5" fill="#febc2e"/><circle cx="54" cy="14" r="5" fill="#28c840"/></g>
<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono','Liberation Mono',monospace" font-size="${FONT}" xml:space="preserve">
${rows.filter((row) => row !== '').join('\n')}
</g>
</svg>
`;
}

/** The text of a picture that `renderTerminal` drew, its empty lines left out. */
export function readTerminal(svg: string): string {
  const lines = [...svg.matchAll(/^<text [^>]*>(.*)<\/text>$/gm)].map(([, line = '']) => line.replace(/<[^>]*>/g, ''));
  return lines
    .map((line) =>
      line.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&'),
    )
    .join('\n');
}

interface Run {
  text: string;
  style: Style;
}

function parseLine(line: string): Run[] {
  if (line.startsWith('$ ')) {
    return [
      { text: '$ ', style: { fill: PROMPT, bold: true } },
      { text: line.slice(2), style: { fill: TEXT, bold: true } },
    ];
  }
  const runs: Run[] = [];
  let style = PLAIN;
  // The escape character stands before each sequence, so that the parts after it begin with one.
  line.split('\x1b').forEach((part, index) => {
    const [sequence, text] = index === 0 ? ['', part] : splitSequence(part);
    if (sequence !== '') style = applyCode(style, Number(sequence));
    if (text !== '') runs.push({ text, style });
  });
  return runs;
}

function splitSequence(part: string): [string, string] {
  const match = /^\[(\d+)m([\s\S]*)$/.exec(part);
  if (match === null) throw new Error(`not a colour: ${JSON.stringify(part.slice(0, 10))}`);
  return [match[1] ?? '', match[2] ?? ''];
}

function applyCode(style: Style, code: number): Style {
  if (code === 0) return PLAIN;
  if (code === 1) return { ...style, bold: true };
  if (code === 2) return { ...style, fill: FAINT };
  if (code === 22) return { ...PLAIN };
  if (code === 39) return { ...style, fill: TEXT };
  const fill = COLORS[code];
  if (fill === undefined) throw new Error(`not a colour that is known: ${code}`);
  return { ...style, fill };
}

/** Each run has its own place, so that no font can shift what stands behind it. */
function renderLine(runs: readonly Run[], y: number): string {
  if (runs.length === 0) return '';
  let column = 0;
  const spans = runs.flatMap(splitColumns).map(({ text, style }) => {
    const length = [...text].length;
    const x = (MARGIN + column * CELL).toFixed(1);
    column += length;
    const weight = style.bold ? ' font-weight="bold"' : '';
    return `<tspan x="${x}" textLength="${(length * CELL).toFixed(1)}" fill="${style.fill}"${weight}>${escapeXml(text)}</tspan>`;
  });
  return `<text y="${y}">${spans.join('')}</text>`;
}

/** Not every viewer forces widths: what stands after a gap has a place of its own, so that columns line up in each. */
function splitColumns({ text, style }: Run): Run[] {
  return text.split(/(?<= {2})(?=[^ ])/).map((part) => ({ text: part, style }));
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
