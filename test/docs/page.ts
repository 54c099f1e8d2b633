import { globSync, readFileSync } from 'node:fs';

/** A page of the documentation. */
export interface Page {
  /** From the top of the repository. */
  path: string;
  text: string;
}

/** Something that a page says to type. */
export interface Step {
  /** What stands there: a command with what it prints, a command alone, or one that prepares the next and is not shown. */
  kind: 'example' | 'command' | 'hidden';
  command: string;
  /** What it prints, as the page has it; of an example only. */
  output: string;
  /** Where the output stands in the text of the page. */
  start: number;
  end: number;
}

/** Every page that a reader may open. */
export function readPages(): Page[] {
  const paths = globSync(['*.md', 'docs/**/*.md', 'probe/README.md']).sort();
  return paths.map((path) => readPage(path));
}

/** One page. */
export function readPage(path: string): Page {
  return { path, text: readFileSync(path, 'utf8') };
}

const BLOCKS = /^```(\w*)\n([\s\S]*?)^```$|^<!-- run: (.*) -->$/gm;

/**
 * What a page says to type, in its order: the `$ ` lines of its console blocks with the output below them, the lines of its
 * sh blocks, and `<!-- run: COMMAND -->`, which readers do not see.
 */
export function findSteps({ text }: Page): Step[] {
  return [...text.matchAll(BLOCKS)].flatMap((match): Step[] => {
    const [whole, language, body = '', hidden] = match;
    if (hidden !== undefined) return [{ kind: 'hidden', command: hidden, output: '', start: 0, end: 0 }];
    const start = match.index + whole.indexOf('\n') + 1;
    if (language === 'console') return findExamples(body, start);
    if (language !== 'sh') return [];
    const lines = body.replaceAll('\\\n', '').split('\n');
    return lines
      .map((line) => line.replace(/\s+# .*$/, '').trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((command) => ({ kind: 'command', command, output: '', start, end: start }));
  });
}

function findExamples(body: string, start: number): Step[] {
  const prompts = [...body.matchAll(/^\$ (.*)\n/gm)];
  return prompts.map((prompt, index) => {
    const from = prompt.index + prompt[0].length;
    const to = prompts[index + 1]?.index ?? body.length;
    const output = body.slice(from, to);
    return { kind: 'example', command: prompt[1] ?? '', output, start: start + from, end: start + to };
  });
}

/** All code of a page that begins with `kubectl reload`, in its blocks and in its sentences. */
export function findOwnCommands(page: Page): string[] {
  const typed = findSteps(page).map(({ command }) => command);
  const spans = [...page.text.replace(BLOCKS, '').matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, code = '']) => code);
  return [...typed.flatMap((command) => command.split('|')), ...spans]
    .map((command) => command.trim())
    .filter((command) => /^kubectl reload( |$)/.test(command));
}
