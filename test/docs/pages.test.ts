/** What can be checked of the pages without a cluster: links, flags, the picture. */
import { describe, expect, test } from 'bun:test';
import { existsSync, readFileSync } from 'node:fs';
import { load } from 'js-yaml';
import { FLAG_PAGES, loadProgram, renderPage } from '../../scripts/render-flag-tables.ts';
import { PICTURE, SHOWN } from '../../scripts/render-picture.ts';
import { readTerminal, renderTerminal } from '../../scripts/terminal-svg.ts';
import { runCommand } from '../support/run-command.ts';
import { checkCommand } from './check-command.ts';
import { compareOutput } from './compare.ts';
import { findBrokenLinks } from './links.ts';
import { findOwnCommands, findSteps, readPage, readPages } from './page.ts';
import { readPodSpec } from './pod-spec.ts';

describe('the pages', () => {
  test('have no link to something that is not there', () => {
    expect(
      readPages().flatMap((page) =>
        findBrokenLinks(page, (path) => (existsSync(path) ? readMarkdown(path) : undefined)),
      ),
    ).toEqual([]);
  });

  test('a link to a missing file, and one to a missing heading, are found', () => {
    const files: Record<string, string> = { 'docs/a.md': '# One\n\n## `--x` of *Two*\n\n```sh\n# no heading\n```\n' };
    const text =
      '[a](docs/a.md) [b](docs/b.md) [c](docs/a.md#--x-of-two) [d](docs/a.md#three) [e](#here) [f](docs/a.md#no-heading)\n';
    const broken = findBrokenLinks({ path: 'README.md', text }, (path) => files[path]);
    expect(broken).toEqual([
      'README.md: docs/b.md',
      'README.md: docs/a.md#three',
      'README.md: #here',
      'README.md: docs/a.md#no-heading',
    ]);
  });

  test('have tables of flags that are those of the commands: npm run docs writes them anew', () => {
    const program = loadProgram();
    for (const path of Object.keys(FLAG_PAGES))
      expect(renderPage(readFileSync(path, 'utf8'), program)).toBe(readFileSync(path, 'utf8'));
  });

  test('have a table for every command', () => {
    const tables = readPages().flatMap(({ text }) =>
      [...text.matchAll(/^<!-- flags: ?(.*?) ?-->$/gm)].map(([, path]) => path),
    );
    expect(tables.sort()).toEqual(Object.values(FLAG_PAGES).flat().sort());
    const program = loadProgram();
    const leaves = program.commands.flatMap((command) =>
      command.commands.length === 0
        ? [command.name()]
        : command.commands.map((leaf) => `${command.name()} ${leaf.name()}`),
    );
    const missing = leaves.filter((path) => !tables.includes(path) && !/^(__|help$)|( help$)/.test(path));
    expect(missing).toEqual([]);
  });

  test('name commands and flags that there are', () => {
    const program = loadProgram();
    const wrong = readPages().flatMap((page) =>
      findOwnCommands(page).flatMap((command) => checkCommand(program, command).map((why) => `${page.path}: ${why}`)),
    );
    expect(wrong).toEqual([]);
    expect(checkCommand(program, 'kubectl reload restart cm/web --yess -o json')).toEqual([
      'kubectl reload restart has no flag --yess',
    ]);
    expect(checkCommand(program, 'kubectl reload probe injekt -f -')).toEqual([
      'kubectl reload probe has no command injekt',
    ]);
  });

  test('have no path of the machine that they were written on', () => {
    const paths = readPages().flatMap(({ path, text }) =>
      [...text.matchAll(/\/(?:root|work|home|Users)\/\w+/g)].map(([found]) => `${path}: ${found}`),
    );
    expect(paths).toEqual([]);
  });
});

describe('the pod of the README', () => {
  test('is what probe inject makes of it', async () => {
    const example = readPodSpec();
    const [container, ...others] = example.containers;
    expect(others).toEqual([]);
    const isOurs = ({ name }: { name: string }) => name === 'kubectl-reload-probe';
    const { livenessProbe, volumeMounts, ...rest } = container ?? { volumeMounts: [] };
    const spec = {
      containers: [{ ...rest, volumeMounts: volumeMounts.filter((mount) => !isOurs(mount)) }],
      volumes: example.volumes.filter((volume) => !isOurs(volume)),
    };
    const labels = { app: 'agent' };
    const daemonSet = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'agent' },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    };
    const command = 'probe inject -f - -o yaml --arch amd64 --no-config-map';
    const { code, stdout } = await runCommand(command, { stdin: JSON.stringify(daemonSet) });
    expect(code).toBe(0);
    expect(load(stdout)).toMatchObject({ spec: { template: { spec: example } } });
  });
});

describe('the picture', () => {
  test('shows what the README shows of the same commands', () => {
    const steps = findSteps(readPage('README.md'));
    const shown = SHOWN.map((command) => {
      const output = steps.find((step) => step.command === command)?.output ?? '';
      return `$ ${command}\n${output}`;
    });
    const withoutEmpty = (text: string) =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .join('\n');
    const compared = compareOutput(withoutEmpty(shown.join('')), readTerminal(readFileSync(PICTURE, 'utf8')), 'shop');
    expect(compared.actual).toBe(compared.expected);
  });

  test('is drawn with the colours and the places of a terminal', () => {
    const svg = renderTerminal('$ kubectl <x>\nA  \x1b[31mold\x1b[39m  b\n\n\x1b[1mbold\x1b[22m\n', 'title');
    expect(svg).toContain('<tspan x="39.4" textLength="23.4" fill="#ff7b72">old</tspan>');
    expect(svg).toContain('font-weight="bold">bold</tspan>');
    expect(readTerminal(svg)).toBe('$ kubectl <x>\nA  old  b\nbold');
    expect(() => renderTerminal('\x1b[2J', '')).toThrow('not a colour');
  });
});

function readMarkdown(path: string): string {
  return path.endsWith('.md') ? readFileSync(path, 'utf8') : '';
}
