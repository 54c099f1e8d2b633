import { describe, expect, test } from 'bun:test';
import { ConnectionError } from '../../../src/cluster/connection-error.ts';
import { makeNodeClocks } from '../../../src/cluster/watch-node-clocks.ts';
import type { PodObject } from '../../../src/types.ts';
import { makeInstance, makePod } from '../../support/make-objects.ts';
import { makeApiError, makeFakeCluster } from '../rollout/fake-cluster.ts';

const makeLease = (name: string, renewTime: string) => ({
  metadata: { name, managedFields: [{ time: '2026-01-01T10:00:05Z', fieldsV1: { 'f:spec': { 'f:renewTime': {} } } }] },
  spec: { renewTime },
});
const restartedOn = (nodeName: string): PodObject =>
  makePod({ nodeName, containers: [makeInstance({ restartCount: 1 })] });
const LONG = 3_600_000;

/** @param answers one a request; the last one for all that follow */
function start(answers: unknown[], lifetime = LONG) {
  const cluster = makeFakeCluster(() => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const clocks = makeNodeClocks(cluster, { signal: new AbortController().signal, lifetime });
  return { ...clocks, requests: cluster.requests };
}

const AHEAD = [makeLease('node-1', '2026-01-01T10:01:05.000000Z')];
const RIGHT = [makeLease('node-1', '2026-01-01T10:00:05.500000Z')];

describe('the clocks of nodes, for who follows pods', () => {
  test('are not read while no verdict depends on one', async () => {
    const { read, dueAt, requests } = start([AHEAD]);
    expect(await read([makePod({ nodeName: 'node-1' })])).toEqual([]);
    expect(dueAt()).toBe(Number.POSITIVE_INFINITY);
    expect(requests).toEqual([]);
  });

  test('are read once for many states, and again for another node', async () => {
    const { read, requests } = start([AHEAD]);
    for (let state = 0; state < 3; state++) {
      expect(await read([restartedOn('node-1')])).toEqual([{ node: 'node-1', ahead: 60_000, behind: 0 }]);
    }
    expect(requests.map(({ query }) => query?.fieldSelector)).toEqual(['metadata.name=node-1']);
    await read([restartedOn('node-1'), restartedOn('node-2')]);
    await read([restartedOn('node-2')]);
    expect(requests.map(({ query }) => query?.fieldSelector)).toEqual(['metadata.name=node-1', undefined]);
  });

  test('are read again when they are due', async () => {
    const { read, dueAt, requests } = start([AHEAD, RIGHT], 0);
    expect(await read([restartedOn('node-1')])).toEqual([{ node: 'node-1', ahead: 60_000, behind: 0 }]);
    expect(dueAt()).toBeLessThanOrEqual(performance.now());
    expect(await read([restartedOn('node-1')])).toEqual([{ node: 'node-1', ahead: 0, behind: 0 }]);
    expect(requests).toHaveLength(2);
  });

  test('stay as they were known while the server cannot be reached, and are looked at again soon', async () => {
    const lost = new ConnectionError('the connection was refused', { kind: 'refused', sent: false });
    const { read, dueAt } = start([AHEAD, lost]);
    const known = await read([restartedOn('node-1')]);
    expect(await read([restartedOn('node-1'), restartedOn('node-2')])).toEqual(known);
    expect(dueAt()).toBeLessThanOrEqual(performance.now() + 10_000);
  });

  test('are not asked for again and again by who may not read them', async () => {
    const { read, requests } = start([makeApiError(403, 'Forbidden', 'leases is forbidden')]);
    for (let state = 0; state < 3; state++) expect(await read([restartedOn('node-1')])).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  test('end with what waiting does not mend', async () => {
    const { read } = start([makeApiError(401, 'Unauthorized', 'log in')]);
    await expect(read([restartedOn('node-1')])).rejects.toThrow('log in');
  });
});
