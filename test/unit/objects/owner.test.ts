import { expect, test } from 'bun:test';
import { projectOwner } from '../../../src/objects/owner.ts';

test('an owner keeps its name, uid and own controller, and is of the kind that is told', () => {
  const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd', controller: true }];
  const metadata = { name: 'web-5d4f', namespace: 'shop', uid: 'rs', ownerReferences };
  const raw = { apiVersion: 'meta.k8s.io/v1', kind: 'PartialObjectMetadata', metadata };
  expect(projectOwner(raw, { apiVersion: 'apps/v1', kind: 'ReplicaSet' })).toEqual({
    ref: { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web-5d4f' },
    uid: 'rs',
    controller: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'd' },
  });
});
