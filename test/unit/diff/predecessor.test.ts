import { expect, test } from 'bun:test';
import { findPredecessor } from '../../../src/diff/predecessor.ts';
import { makeConfig, makeDependency, makeGraph, makeRef, makeUse, makeWorkload } from '../../support/make-objects.ts';

const NEW = makeRef('ConfigMap', 'web-bbbbbbbbbb');
const old = (letter: string, createdAt: string) =>
  makeConfig({ ref: makeRef('ConfigMap', `web-${letter.repeat(10)}`), createdAt });
const OLDER = old('2', '2026-01-01T09:00:00Z');
const NEWER = old('4', '2026-01-01T10:00:00Z');
const UNUSED = old('5', '2026-01-01T11:00:00Z');
const graph = makeGraph({
  configs: [OLDER, NEWER, UNUSED],
  dependencies: [
    makeDependency({ config: OLDER.ref, workload: makeRef('Deployment', 'web') }),
    makeDependency({ config: NEWER.ref, workload: makeRef('Deployment', 'api') }),
  ],
});

test('the config that the same workload uses now comes before a newer one', () => {
  const moved = makeWorkload({ references: [makeUse({ config: NEW })] });
  expect(findPredecessor(NEW, [moved], graph)?.ref.name).toBe('web-2222222222');
});

test('otherwise the newest that anybody uses is taken', () => {
  expect(findPredecessor(NEW, [], graph)?.ref.name).toBe('web-4444444444');
});

test('a name without a hash, another kind and another base have none before them', () => {
  expect(findPredecessor(makeRef('ConfigMap', 'web'), [], graph)).toBeUndefined();
  expect(findPredecessor(makeRef('Secret', NEW.name), [], graph)).toBeUndefined();
  expect(findPredecessor(makeRef('ConfigMap', 'api-bbbbbbbbbb'), [], graph)).toBeUndefined();
});
