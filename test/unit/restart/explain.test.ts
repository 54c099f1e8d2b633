import { expect, test } from 'bun:test';
import { explainChanges } from '../../../src/restart/explain.ts';
import { makeRef } from '../../support/make-objects.ts';
import { makeItem } from './make-plan.ts';

test('each config that changed has one line, with the keys of all its uses', () => {
  const secret = makeRef('Secret', 'db');
  const items = [
    makeItem({ config: secret, changedKeys: [] }),
    makeItem({ state: 'refreshed', changedKeys: ['app.yaml'] }),
    makeItem({ changedKeys: ['LEVEL'] }),
    makeItem({ changedKeys: ['COLOR'] }),
  ];
  expect(explainChanges(items)).toEqual(['configmap/web COLOR, LEVEL changed', 'secret/db changed']);
});

test('many keys are counted', () => {
  expect(explainChanges([makeItem({ changedKeys: ['e', 'd', 'c', 'b', 'a'] })])).toEqual([
    'configmap/web a, b, c and 2 more changed',
  ]);
});

test('what is not certain is not called a change', () => {
  const items = [makeItem({ state: 'unknown', changedKeys: [], reason: 'its owner carries no time' })];
  expect(explainChanges(items)).toEqual(['configmap/web may have changed: its owner carries no time']);
});

test('a change that has not reached the files says so', () => {
  expect(explainChanges([makeItem({ state: 'pending' })])).toEqual([
    'configmap/web LEVEL changed, and is not yet in the mounted files',
  ]);
});

test('what is current has no line', () => {
  expect(explainChanges([makeItem({ state: 'current' })])).toEqual([]);
});
