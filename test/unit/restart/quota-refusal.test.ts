import { expect, test } from 'bun:test';
import { readQuotaRefusal } from '../../../src/restart/quota-refusal.ts';

test.each([
  ['exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3', true],
  ['exceeded quota: q, requested: pods=1, used: pods=4, limited: pods=3', false],
  [
    'exceeded quota: q, requested: pods=1,requests.cpu=100m, used: pods=3,requests.cpu=950m, limited: pods=9,requests.cpu=1',
    true,
  ],
  ['exceeded quota: q, requested: limits.memory=1Gi, used: limits.memory=3Gi, limited: limits.memory=2Gi', false],
])('%p has room for a pod in the place of another: %p', (message, fitsInPlace) => {
  expect(readQuotaRefusal(message)).toEqual({ fitsInPlace });
});

test.each([['failed quota: q: must specify limits.cpu'], ['violates PodSecurity "restricted:latest"'], ['']])(
  '%p is not for want of room',
  (message) => {
    expect(readQuotaRefusal(message)).toBeNull();
  },
);
