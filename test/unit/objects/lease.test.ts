import { describe, expect, test } from 'bun:test';
import { projectNodeClock } from '../../../src/objects/lease.ts';

/** A Lease as a kubelet renews it, and as the API server dates that. */
function makeLease(renewTime: string, time: string, others: object[] = []): object {
  const renewal = { manager: 'kubelet', operation: 'Update', time, fieldsV1: { 'f:spec': { 'f:renewTime': {} } } };
  return { metadata: { name: 'node-1', managedFields: [...others, renewal] }, spec: { renewTime } };
}

describe('the clock of a node', () => {
  test('is right within the second that the API server cuts off', () => {
    const clock = { node: 'node-1', ahead: 0, behind: 0 };
    expect(projectNodeClock(makeLease('2026-01-01T10:00:05.000000Z', '2026-01-01T10:00:05Z'))).toEqual(clock);
    expect(projectNodeClock(makeLease('2026-01-01T10:00:05.999000Z', '2026-01-01T10:00:05Z'))).toEqual(clock);
  });

  test('is ahead by at most the difference', () => {
    const clock = projectNodeClock(makeLease('2026-01-01T10:01:05.500000Z', '2026-01-01T10:00:05Z'));
    expect(clock).toEqual({ node: 'node-1', ahead: 60_500, behind: 0 });
  });

  test('is behind by at most the difference and the second that was cut off', () => {
    const clock = projectNodeClock(makeLease('2026-01-01T10:00:04.500000Z', '2026-01-01T10:00:05Z'));
    expect(clock).toEqual({ node: 'node-1', ahead: 0, behind: 1500 });
  });

  test('is told by the write that renewed, and by no later one', () => {
    const label = { manager: 'kubectl', time: '2026-01-01T11:00:00Z', fieldsV1: { 'f:metadata': {} } };
    const clock = projectNodeClock(makeLease('2026-01-01T10:00:05.500000Z', '2026-01-01T10:00:05Z', [label]));
    expect(clock).toMatchObject({ behind: 0 });
  });

  test('is not known by a Lease of another shape', () => {
    expect(projectNodeClock(makeLease('', '2026-01-01T10:00:05Z'))).toBeUndefined();
    expect(
      projectNodeClock({ metadata: { name: 'node-1' }, spec: { renewTime: '2026-01-01T10:00:05Z' } }),
    ).toBeUndefined();
    expect(projectNodeClock(null)).toBeUndefined();
  });
});
