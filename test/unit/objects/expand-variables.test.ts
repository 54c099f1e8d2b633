import { expect, test } from 'bun:test';
import { expandVariables } from '../../../src/objects/expand-variables.ts';
import { findReferences } from '../../../src/objects/references.ts';

const VALUES: Readonly<Record<string, string>> = { A: 'a', EMPTY: '', DOLLAR: '$(A)' };
const expand = (text: string) => expandVariables(text, (name) => VALUES[name] ?? null);

test.each([
  ['', ''],
  ['x', 'x'],
  ['$(A)', 'a'],
  ['x-$(A)-$(EMPTY)-$(A)', 'x-a--a'],
  ['$(DOLLAR)', '$(A)'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$a'],
  ['$A {A} $', '$A {A} $'],
  ['$(A', '$(A'],
  ['$(A)$($$', 'a$($'],
  ['$(B)', null],
  ['$()', null],
])('%j becomes %j', (text, expanded) => {
  expect(expand(text)).toBe(expanded);
});

test('every name is asked for, also behind one that is not known', () => {
  const names: string[] = [];
  expandVariables('$(B)$(A)', (name) => {
    names.push(name);
    return null;
  });
  expect(names).toEqual(['B', 'A']);
});

test('what is longer than a path can be is not known, and costs no more', () => {
  expect(expandVariables('x'.repeat(5000), () => null)).toBeNull();
  expect(expandVariables('$(A)'.repeat(300_000), () => 'x'.repeat(4000))).toBeNull();
  expect(expandVariables('$('.repeat(500_000), () => null)).toBeNull();
});

test('a template whose variables double each other forty times is read like any other', () => {
  const env = Array.from({ length: 40 }, (_, index) => ({ name: `V${index + 1}`, value: `$(V${index})$(V${index})` }));
  const volumeMounts = [{ name: 'v', mountPath: '/m', subPathExpr: '$(V40)' }];
  const podSpec = {
    containers: [{ name: 'app', env: [{ name: 'V0', value: 'xx' }, ...env], volumeMounts }],
    volumes: [{ name: 'v', configMap: { name: 'web' } }],
  };
  expect(findReferences(podSpec, 'shop')).toMatchObject([{ via: 'subPath', at: '/m', keys: null }]);
});
