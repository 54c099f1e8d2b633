import { expect, test } from 'bun:test';
import type { JsonEdit } from '../../../src/objects/json-edit.ts';
import { compareJson, isEqualJson, toJsonPatch } from '../../../src/objects/json-edit.ts';
import type { Random } from '../../support/random.ts';
import { makeRandom } from '../../support/random.ts';

test('changes are as small as they can be told', () => {
  const before = {
    containers: [
      { name: 'a', mounts: [{ name: 'v', mountPath: '/1' }] },
      { name: 'b', args: ['x', 'y'] },
    ],
    gone: 1,
    'a/b~c': 0,
  };
  const after = {
    containers: [
      {
        name: 'a',
        mounts: [
          { name: 'v', mountPath: '/1' },
          { name: 'v', mountPath: '/2' },
        ],
        probe: {},
      },
      { name: 'b', args: ['p', 'x', 'y'] },
    ],
    'a/b~c': 1,
  };
  const edits = compareJson(before, after);
  expect(edits).toEqual([
    { edit: 'remove', path: ['gone'] },
    { edit: 'insert', path: ['containers', 0, 'mounts', 1], value: { name: 'v', mountPath: '/2' } },
    { edit: 'set', path: ['containers', 0, 'probe'], value: {} },
    { edit: 'insert', path: ['containers', 1, 'args', 0], value: 'p' },
    { edit: 'set', path: ['a/b~c'], value: 1 },
  ]);
  expect(toJsonPatch(edits, ['spec']).slice(-2)).toEqual([
    { op: 'add', path: '/spec/containers/1/args/0', value: 'p' },
    { op: 'add', path: '/spec/a~1b~0c', value: 1 },
  ]);
  expect(toJsonPatch(edits, [])[0]).toEqual({ op: 'remove', path: '/gone' });
});

test('changes of random values make the one of the other, whatever they are', () => {
  const random = makeRandom(11);
  for (let round = 0; round < 2000; round++) {
    const before = { root: generate(random, 3) };
    const after = { root: random.once(3) ? generate(random, 3) : vary(random, before.root) };
    const edits = compareJson(before, after);
    const copy = JSON.parse(JSON.stringify(before));
    for (const edit of edits) apply(copy, edit);
    expect(isEqualJson(copy, after)).toBe(true);
    expect(compareJson(after, after)).toEqual([]);
  }
});

function generate(random: Random, depth: number): unknown {
  if (depth === 0 || random.once(4)) return random.pick<unknown>([null, 0, 1, 'a', 'b', true]);
  if (random.once(2)) return random.some(4, () => generate(random, depth - 1));
  const name = random.pick<unknown>(['a', 'b', 'c', 1]);
  return Object.fromEntries([['name', name], ...random.some(3, (index) => [`f${index}`, generate(random, depth - 1)])]);
}

/** The value with something in it changed. */
function vary(random: Random, value: unknown): unknown {
  if (Array.isArray(value)) {
    const list = value.map((member: unknown) => (random.once(3) ? vary(random, member) : member));
    if (random.once(2)) list.splice(random.below(list.length + 1), random.below(2), generate(random, 1));
    return list;
  }
  if (typeof value !== 'object' || value === null) return generate(random, 1);
  return { ...value, [`f${random.below(4)}`]: generate(random, 2) };
}

function apply(root: ReturnType<typeof JSON.parse>, edit: JsonEdit): void {
  const step = edit.path.at(-1) ?? '';
  const owner = edit.path.slice(0, -1).reduce((value, one) => value[one], root);
  switch (edit.edit) {
    case 'set':
      owner[step] = edit.value;
      break;
    case 'insert':
      owner.splice(step, 0, edit.value);
      break;
    case 'remove':
      if (Array.isArray(owner)) owner.splice(Number(step), 1);
      else delete owner[step];
      break;
    default:
      edit satisfies never;
  }
}
