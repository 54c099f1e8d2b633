import { expect, test } from 'bun:test';
import { findRecreated } from '../../../src/graph/recreated.ts';
import { judgeGraph } from '../../../src/staleness/status.ts';
import { makeConfig, makeGraph, makePod, makeWorkload } from '../../support/make-objects.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');
const OLD = makePod({ createdAt: '2026-01-01T08:00:00Z' });
const NEW = makePod({ ref: { ...OLD.ref, name: 'web-2' } });

test('an immutable config that is younger than a pod which uses it was created again', () => {
  const workloads = [makeWorkload({ pods: [OLD, NEW] })];
  const immutable = makeGraph({ workloads, configs: [makeConfig({ immutable: true })] });
  expect(findRecreated(immutable).size).toBe(1);
  expect(judgeGraph(immutable, { now: NOON })[0]?.pods.find(({ name }) => name === 'web-2')?.state).toBe('unknown');
  expect(findRecreated(makeGraph({ workloads, configs: [makeConfig()] })).size).toBe(0);
});

test('an immutable config that is older than all pods which use it is the one that they got', () => {
  const graph = makeGraph({ workloads: [makeWorkload({ pods: [NEW] })], configs: [makeConfig({ immutable: true })] });
  expect(findRecreated(graph).size).toBe(0);
});
