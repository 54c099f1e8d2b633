import { describe, expect, test } from 'bun:test';
import type { PastPods } from '../../../src/staleness/history.ts';
import { ConfigHistory } from '../../../src/staleness/history.ts';
import { makePod } from '../../support/make-objects.ts';

/** Version 200, uid `pod-1`. */
const POD = makePod();

function makeHistory(answers: Record<string, PastPods>, namespace = 'shop') {
  const history = new ConfigHistory();
  for (const [resourceVersion, past] of Object.entries(answers)) history.addPods({ namespace, resourceVersion }, past);
  return history;
}

describe('which pods were there', () => {
  test('shows that a pod was created after a version at which, or after which, it was not there', () => {
    const history = makeHistory({ 150: new Set(['pod-0']) });
    expect(history.wasAbsent(POD, '150')).toBe(true);
    expect(history.wasAbsent(POD, '100')).toBe(true);
    expect(history.wasAbsent(POD, '151')).toBe(false);
    expect(history.wasAbsent(makePod({ uid: 'pod-0' }), '100')).toBe(false);
  });

  test('is told of one namespace at a time', () => {
    expect(makeHistory({ 150: new Set() }, 'mail').wasAbsent(POD, '100')).toBe(false);
  });

  test('proves nothing when it is not told', () => {
    const history = makeHistory({ 150: 'forgotten', 160: 'unseen' });
    expect(history.wasAbsent(POD, '100')).toBe(false);
  });

  test('shows that one version is past when it is forgotten and a later one is not', () => {
    const history = makeHistory({ 150: 'forgotten', 200: new Set() });
    expect(history.isPast('100', '200')).toBe(true);
    expect(history.isPast('151', '200')).toBe(false);
    expect(history.isPast('100', '199')).toBe(false);
    expect(makeHistory({ 150: 'forgotten', 200: 'forgotten' }).isPast('100', '200')).toBe(false);
  });
});

describe('the question that is left', () => {
  const question = (answers: Record<string, PastPods>) => makeHistory(answers).findPodQuestion(POD, '100');

  test('is for the version that matters, as long as nothing is known', () => {
    expect(question({})).toBe('100');
    expect(question({ 90: new Set() })).toBe('100');
    expect(question({ 110: new Set(['pod-1']) })).toBe('100');
  });

  test('is none when the pod was there, or was not', () => {
    expect(question({ 90: new Set(['pod-1']) })).toBeNull();
    expect(question({ 110: new Set() })).toBeNull();
  });

  test('is for the version of the pod when that of the config is forgotten', () => {
    expect(question({ 150: 'forgotten' })).toBe('200');
    expect(question({ 150: 'forgotten', 200: new Set(['pod-1']) })).toBeNull();
    expect(question({ 150: 'forgotten', 200: 'forgotten' })).toBeNull();
  });

  test('is none where pods may not be listed', () => {
    expect(question({ 90: 'unseen' })).toBeNull();
  });
});
