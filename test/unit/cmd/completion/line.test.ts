import { expect, test } from 'bun:test';
import { VALUE_SOURCES } from '../../../../cmd/completion/complete-values.ts';
import { readLine } from '../../../../cmd/completion/line.ts';
import { buildCommandTree } from '../../../support/command-tree.ts';

const program = buildCommandTree();

function read(...words: string[]) {
  const { command, given, operands, place } = readLine(program, words);
  return {
    command: command.name(),
    given: given.map(({ option, value }) => (value === null ? option.long : `${option.long}=${value}`)),
    operands,
    place: place.kind === 'value' ? { ...place, option: place.option.long } : place,
  };
}

test('a new word after a command is an operand of it', () => {
  expect(read('restart', 'deploy/web', '')).toEqual({
    command: 'restart',
    given: [],
    operands: ['deploy/web'],
    place: { kind: 'operand', typed: '' },
  });
});

test('a command is found after flags and their values, its own flags too', () => {
  expect(read('-n', 'restart', '--yes', 'probe', 'inject', 'x')).toEqual({
    command: 'inject',
    given: ['--namespace=restart', '--yes'],
    operands: [],
    place: { kind: 'operand', typed: 'x' },
  });
});

test('a word that names no command ends the search for one', () => {
  expect(read('cm', 'restart', '').operands).toEqual(['cm', 'restart']);
});

test('the word after a flag that takes a value is that value, even if it looks like a flag', () => {
  expect(read('restart', '--dry-run', '').place).toMatchObject({ kind: 'value', option: '--dry-run', typed: '' });
  expect(read('restart', '-l', '-x', '').given).toEqual(['--selector=-x']);
});

test('a value may stand in the word of its flag', () => {
  expect(read('--context=a=b').place).toEqual({ kind: 'value', option: '--context', prefix: '', typed: 'a=b' });
  expect(read('--output=').place).toMatchObject({ kind: 'value', option: '--output', typed: '' });
  expect(read('-nsh').place).toEqual({ kind: 'value', option: '--namespace', prefix: '-n', typed: 'sh' });
  expect(read('--namespace=', '').given).toEqual(['--namespace=']);
  expect(read('-Rfx', '').given).toEqual(['--recursive', '--filename=x']);
});

test('short flags that take no value may stand together before one that does', () => {
  expect(read('deps', '-Rf').place).toMatchObject({ kind: 'flag' });
  expect(read('deps', '-Rf', '').place).toMatchObject({ kind: 'value', option: '--filename' });
  expect(read('deps', '-Rfa').place).toMatchObject({ kind: 'value', option: '--filename', prefix: '-Rf', typed: 'a' });
});

test('a flag that is written out is still a flag while the cursor stands at its end: --as begins --as-group', () => {
  expect(read('--as').place).toEqual({ kind: 'flag', typed: '--as' });
  expect(read('-').place).toEqual({ kind: 'flag', typed: '-' });
});

test('after two dashes nothing is a flag', () => {
  expect(read('restart', '--', '-n', '--y')).toMatchObject({
    given: [],
    operands: ['-n'],
    place: { kind: 'operand', typed: '--y' },
  });
});

test('an unknown flag takes no value and disturbs nothing', () => {
  expect(read('--nonsense', '-q', 'restart', '')).toMatchObject({ command: 'restart', given: [], operands: [] });
});

test('every source of values belongs to a flag that there is', () => {
  const options = [program, ...program.commands, ...program.commands.flatMap(({ commands }) => commands)].flatMap(
    (command) => command.options,
  );
  const named = new Set(options.filter(({ required }) => required).map((option) => option.attributeName()));
  expect(Object.keys(VALUE_SOURCES).filter((name) => !named.has(name))).toEqual([]);
  const files = options.filter(({ flags }) => flags.includes('<file>')).map((option) => option.attributeName());
  expect(files.filter((name) => VALUE_SOURCES[name] !== 'files')).toEqual([]);
});
