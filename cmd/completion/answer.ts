import { escapeControls } from '../../src/view/text.ts';

/** One way to go on. */
export interface Candidate {
  /** What the word at the cursor becomes. */
  text: string;
  description?: string;
}

/** What a shell is told. */
export interface CompletionAnswer {
  candidates: readonly Candidate[];
  /** The word goes on after what is offered: no blank follows it. */
  noSpace?: boolean;
  /** What the shell itself may offer. */
  files?: 'files' | 'directories';
}

const NO_SPACE = 2;
const NO_FILES = 4;
const DIRECTORIES = 16;

/**
 * Writes an answer as the programs of cobra do, which is what kubectl reads: a candidate a line, a tab before its description, at the
 * end a colon and the sum of the directives. A candidate with control characters would break the line, or the terminal, and is left out.
 * https://github.com/spf13/cobra/blob/main/site/content/completions/_index.md
 */
export function formatAnswer({ candidates, noSpace, files }: CompletionAnswer): string {
  const lines = candidates
    .filter(({ text }) => text !== '' && escapeControls(text) === text)
    .map(({ text, description = '' }) => (description === '' ? text : `${text}\t${escapeControls(description)}`));
  const directive =
    (noSpace === true ? NO_SPACE : 0) + (files === 'files' ? 0 : files === 'directories' ? DIRECTORIES : NO_FILES);
  return [...new Set(lines), `:${directive}`].map((line) => `${line}\n`).join('');
}
