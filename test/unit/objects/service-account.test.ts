import { expect, test } from 'bun:test';
import { projectServiceAccount } from '../../../src/objects/service-account.ts';

test('a ServiceAccount keeps the names of its pull secrets', () => {
  const raw = {
    metadata: { name: 'runner', namespace: 'shop' },
    imagePullSecrets: [{ name: 'a' }, {}, null, { name: 'b' }],
  };
  expect(projectServiceAccount(raw)).toEqual({
    ref: { apiVersion: 'v1', kind: 'ServiceAccount', namespace: 'shop', name: 'runner' },
    imagePullSecrets: ['a', 'b'],
  });
});
