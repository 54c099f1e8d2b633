import { describe, expect, test } from 'bun:test';
import { findTrouble, replicaFailure } from '../../../src/rollout/creation-failure.ts';
import type { TroubleEvent } from '../../../src/rollout/trouble-event.ts';
import { makeContainer, makeRolloutPod } from './make-rollouts.ts';

describe('the ReplicaFailure condition', () => {
  const condition = (message: string, status = 'True') => [
    { type: 'ReplicaFailure', status, reason: 'FailedCreate', message },
  ];

  test.each([
    ['pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3', false],
    ['Internal error occurred: failed calling webhook "w": context deadline exceeded', false],
    ['pods "x" is forbidden: violates PodSecurity "restricted:latest": privileged', true],
    ['pods "x" is forbidden: error looking up service account shop/web: serviceaccount "web" not found', true],
    ['admission webhook "w" denied the request: no', true],
  ])('with "%s" is final: %p', (message, final) => {
    const failure = { reason: 'FailedCreate', message: `pods cannot be created: ${message}`, final };
    expect(replicaFailure(condition(message))).toEqual(failure);
  });

  test('counts only while it is true', () => {
    expect(replicaFailure(condition('old', 'False'))).toBeNull();
    expect(replicaFailure(undefined)).toBeNull();
  });
});

describe('the event of a workload that cannot create its pods', () => {
  const refusal: TroubleEvent = {
    reason: 'FailedCreate',
    message: 'create Pod pg-0 in StatefulSet pg failed error: pods "pg-0" is forbidden: exceeded quota: q',
    container: '',
    firstAt: '2026-01-01T10:00:00Z',
    lastAt: '2026-01-01T10:00:00Z',
  };
  const waiting = { reason: 'InvalidImageName', message: '' };
  const broken = makeRolloutPod({
    ready: false,
    containers: [makeContainer({ ready: false, startedAt: null, waiting })],
  });

  test('says why there are too few, before what is wrong with those that are there', () => {
    expect(findTrouble({ updated: [broken], old: [], refusal }, true)).toEqual({
      reason: 'FailedCreate',
      message: `pods cannot be created: ${refusal.message}`,
      final: false,
    });
  });

  test('is past when there are enough', () => {
    expect(findTrouble({ updated: [broken], old: [], refusal }, false)?.reason).toBe('InvalidImageName');
    expect(findTrouble({ updated: [], old: [], refusal }, false)).toBeNull();
  });

  test('is not known where pods may not be read', () => {
    expect(findTrouble(null, true)).toBeNull();
  });
});
