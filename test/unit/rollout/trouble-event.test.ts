import { describe, expect, test } from 'bun:test';
import type { TroubleEvent } from '../../../src/rollout/trouble-event.ts';
import { makeTroubleTable, readTroubleEvent } from '../../../src/rollout/trouble-event.ts';

const raw = {
  metadata: { creationTimestamp: '2026-01-01T10:00:00Z' },
  involvedObject: { uid: 'u-1', fieldPath: 'spec.containers{app}' },
  reason: 'Unhealthy',
  message: 'Readiness probe failed: no\n  database\n',
  firstTimestamp: '2026-01-01T10:00:00Z',
  lastTimestamp: '2026-01-01T10:00:09Z',
  eventTime: null,
};

describe('an event', () => {
  test('is read with its container, its times and its message in one line', () => {
    expect(readTroubleEvent(raw)).toEqual({
      uid: 'u-1',
      event: {
        reason: 'Unhealthy',
        message: 'Readiness probe failed: no database',
        container: 'app',
        firstAt: '2026-01-01T10:00:00Z',
        lastAt: '2026-01-01T10:00:09Z',
      },
    });
  });

  test('of the newer form has the times of its series', () => {
    const { firstTimestamp: _first, lastTimestamp: _last, ...newer } = raw;
    const series = { lastObservedTime: '2026-01-01T10:05:00.123456Z' };
    const read = readTroubleEvent({ ...newer, eventTime: '2026-01-01T10:00:01.5Z', series });
    expect(read?.event).toMatchObject({ firstAt: '2026-01-01T10:00:01.5Z', lastAt: '2026-01-01T10:05:00.123456Z' });
    expect(readTroubleEvent({ ...newer, series: null })?.event.lastAt).toBe('2026-01-01T10:00:00Z');
  });

  test('about the whole object names no container', () => {
    expect(readTroubleEvent({ ...raw, involvedObject: { uid: 'u-1' } })?.event.container).toBe('');
  });

  test('that sums up similar ones says what they say', () => {
    const message = '(combined from similar events): Error creating: no';
    expect(readTroubleEvent({ ...raw, message })?.event.message).toBe('Error creating: no');
  });

  test('with a message without end is cut', () => {
    expect(readTroubleEvent({ ...raw, message: 'x'.repeat(100_000) })?.event.message.length).toBeLessThan(600);
  });

  test('of another reason, or of no object, says nothing of a rollout', () => {
    expect(readTroubleEvent({ ...raw, reason: 'MissingClusterDNS' })).toBeNull();
    expect(readTroubleEvent({ ...raw, involvedObject: {} })).toBeNull();
    expect(readTroubleEvent({ metadata: {} })).toBeNull();
  });
});

describe('the table of events', () => {
  const event = (overrides: Partial<TroubleEvent>): TroubleEvent => ({
    reason: 'FailedMount',
    message: 'MountVolume.SetUp failed for volume "c" : configmap "web" not found',
    container: '',
    firstAt: '2026-01-01T10:00:00Z',
    lastAt: '2026-01-01T10:00:00Z',
    ...overrides,
  });
  const later = { lastAt: '2026-01-01T10:02:00Z' };

  test('keeps the newest of each reason, in whatever order they come', () => {
    const table = makeTroubleTable();
    table.put('u-1', event(later));
    table.put('u-1', event({}));
    table.put('u-1', event({ reason: 'Unhealthy' }));
    expect(table.of('u-1')).toEqual([event(later), event({ reason: 'Unhealthy' })]);
    expect(table.of('u-2')).toEqual([]);
  });

  test('keeps what says why, rather than the newer sum of it', () => {
    const sum = event({ ...later, message: 'Unable to attach or mount volumes: unmounted volumes=[c]: timed out' });
    for (const order of [
      [event({}), sum],
      [sum, event({})],
    ]) {
      const table = makeTroubleTable();
      for (const one of order) table.put('u-1', one);
      expect(table.of('u-1')).toEqual([event({})]);
    }
  });

  test('forgets what has gone', () => {
    const table = makeTroubleTable();
    table.put('u-1', event({}));
    table.remove('u-1');
    expect(table.of('u-1')).toEqual([]);
  });
});
