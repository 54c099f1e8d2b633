/** The tables of arguments and flags in the documentation, from the commands themselves. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Argument, Command, Option } from 'commander';
import { buildProgram } from '../cmd/program.ts';

/** The pages, and the commands on each; '' stands for the flags that all commands share. */
export const FLAG_PAGES: Readonly<Record<string, readonly string[]>> = {
  'docs/status.md': ['status'],
  'docs/diff.md': ['diff'],
  'docs/deps.md': ['deps'],
  'docs/restart.md': ['restart'],
  'docs/rollout-status.md': ['rollout-status'],
  'docs/probe.md': ['probe inject', 'probe eject', 'probe verify', 'probe manifest'],
  'docs/completion.md': ['completion'],
  'docs/version.md': ['version'],
  'docs/flags.md': [''],
};

/** The tree of commands, for what stands in it: nothing can be run with it. */
export function loadProgram(): Command {
  const nowhere = { write: () => true };
  return buildProgram(
    {
      stdin: process.stdin,
      stdout: nowhere,
      stderr: nowhere,
      env: {},
      cwd: '',
      homedir: '',
      now: () => new Date(0),
      interrupted: new AbortController().signal,
    },
    () => {},
  );
}

/** The command that some words lead to. @throws Error when there is none */
export function findCommand(program: Command, path: string): Command {
  return path
    .split(' ')
    .filter(Boolean)
    .reduce((from, word) => {
      const found = from.commands.find((command) => command.name() === word);
      if (found === undefined) throw new Error(`there is no command ${path}`);
      return found;
    }, program);
}

/** A page with its tables as the commands are now. They stand between `<!-- flags: PATH -->` and `<!-- end -->`. */
export function renderPage(text: string, program: Command): string {
  return text.replace(
    /^<!-- flags: ?(.*?) ?-->\n[\s\S]*?^<!-- end -->$/gm,
    (_, path: string) => `<!-- flags: ${path} -->\n${renderTable(findCommand(program, path))}<!-- end -->`,
  );
}

function renderTable(command: Command): string {
  const rows = [
    ...command.registeredArguments.map((argument) => [`\`${nameArgument(argument)}\``, argument.description]),
    ...command.options
      .filter((option) => !option.hidden && !isNegation(option, command))
      .map((option) => [`\`${option.flags}\``, describeOption(option)]),
  ];
  if (rows.length === 0) return 'It has no flags of its own.\n';
  const escapeCell = (cell: string) => cell.replaceAll('|', '\\|');
  return [
    '| flag | meaning |',
    '|---|---|',
    ...rows.map((cells) => `| ${cells.map((cell) => escapeCell(cell ?? '')).join(' | ')} |`),
    '',
  ].join('\n');
}

function nameArgument(argument: Argument): string {
  const name = argument.variadic ? `${argument.name()}...` : argument.name();
  return argument.required ? `<${name}>` : `[${name}]`;
}

/** `--no-watch` beside `--watch` says nothing more. */
function isNegation({ long, description }: Option, command: Command): boolean {
  return (
    description === '' &&
    long?.startsWith('--no-') === true &&
    command.options.some((other) => other.long === long.replace('--no-', '--'))
  );
}

function describeOption(option: Option): string {
  const choices = option.argChoices?.map((choice) => `\`${choice}\``).join(', ');
  const fallback = typeof option.defaultValue === 'string' || typeof option.defaultValue === 'number';
  const notes = [choices, fallback ? `default \`${option.defaultValue}\`` : undefined].filter(
    (note) => note !== undefined,
  );
  return notes.length === 0 ? option.description : `${option.description} (${notes.join('; ')})`;
}

/** Writes the pages whose tables have changed, and gives their paths. */
export function writeFlagTables(): string[] {
  const program = loadProgram();
  return Object.keys(FLAG_PAGES).filter((path) => {
    const text = readFileSync(path, 'utf8');
    const rendered = renderPage(text, program);
    if (rendered !== text) writeFileSync(path, rendered);
    return rendered !== text;
  });
}
