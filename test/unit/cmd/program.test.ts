import { expect, test } from 'bun:test';
import type { Command } from 'commander';
import { buildCommandTree } from '../../support/command-tree.ts';

/** By the words that lead to it, the flags and arguments of every command. */
function describe(command: Command, path = ''): Record<string, string[]> {
  const own = [...command.options.map(({ flags }) => flags), ...command.registeredArguments.map((one) => one.name())];
  const below = command.commands.map((one) => describe(one, `${path} ${one.name()}`.trim()));
  return Object.assign({ [path]: own }, ...below);
}

const all = describe(buildCommandTree());
const names = buildCommandTree().commands.map((command) => command.name());

test.each(names)('%s has all its flags and commands where the command line names it, wherever it does', (name) => {
  const isOf = ([path]: [string, string[]]) => path.split(' ')[0] === name;
  const found = Object.entries(describe(buildCommandTree(['-n', 'shop', name, '-o', 'json']))).filter(isOf);
  expect(found).toEqual(Object.entries(all).filter(isOf));
  expect(found.flat(2).length).toBeGreaterThan(1);
});

test('the command that runs when none is named has its flags always, and what is not named has none', () => {
  const found = describe(buildCommandTree(['-n', 'restart', '--all']));
  expect(found['status']).toEqual(all['status'] ?? []);
  expect(found['restart']).toEqual(all['restart'] ?? []);
  expect(found['deps']).toEqual([]);
});
