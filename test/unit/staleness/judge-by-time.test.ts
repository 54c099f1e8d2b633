import { describe, expect, test } from 'bun:test';
import { findKeyChange } from '../../../src/staleness/change-time.ts';
import { ConfigHistory } from '../../../src/staleness/history.ts';
import { judgeByTime } from '../../../src/staleness/judge-by-time.ts';
import { makeTimeline } from '../../../src/staleness/witness.ts';
import type { ConfigObject, ContainerInstance, NodeClock, PodObject, Via } from '../../../src/types.ts';
import { makeConfig, makeDependency, makeInstance, makePod } from '../../support/make-objects.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');

function judge(
  given: {
    config?: Partial<ConfigObject>;
    pod?: Partial<PodObject>;
    instance?: Partial<ContainerInstance>;
    others?: PodObject[];
  },
  options: {
    keys?: string[] | null;
    freshness?: 'at-start' | 'rewritten';
    now?: number;
    optional?: boolean;
    via?: Via;
    clock?: Omit<NodeClock, 'node'>;
  } = {},
) {
  const config = makeConfig(given.config);
  const pod = makePod(given.pod);
  const keys = options.keys === undefined ? ['LEVEL'] : options.keys;
  const change = findKeyChange(config, keys);
  return judgeByTime({
    dependency: makeDependency({ keys, optional: options.optional === true, via: options.via ?? 'env' }),
    rereads: false,
    recreated: false,
    history: new ConfigHistory(),
    pod,
    instance: makeInstance(given.instance),
    config,
    change,
    freshness: options.freshness ?? 'at-start',
    timeline: makeTimeline([pod, ...(given.others ?? [])]),
    now: options.now ?? NOON,
    ...(options.clock && { clock: { node: 'node-1', ...options.clock } }),
  });
}

const written = (at: string, resourceVersion: string): Partial<ConfigObject> => ({
  resourceVersion,
  keys: [{ key: 'LEVEL', at, by: 'kubectl-edit' }],
});

describe('judging by time', () => {
  test('a container that started an hour after the only write is current', () => {
    expect(judge({}).state).toBe('current');
  });

  test('a container that started before the key was written is stale, and the reason says that contents were not compared', () => {
    const verdict = judge({ config: written('2026-01-01T11:00:00Z', '300') });
    expect(verdict.state).toBe('stale');
    expect(verdict.reason).toContain('contents were not compared');
  });

  test('a write that left no newer time but has a later version than the pod is never current', () => {
    expect(judge({ config: { resourceVersion: '300' } }).state).toBe('unknown');
  });

  test('a later version and an owner without a time is unknown', () => {
    expect(judge({ config: { resourceVersion: '300', timesIncomplete: true } }).state).toBe('unknown');
  });

  test('an owner without a time is current where the order of writes alone proves it', () => {
    expect(judge({ config: { timesIncomplete: true, keys: [{ key: 'LEVEL', at: null, by: null }] } }).state).toBe(
      'current',
    );
  });

  test('an owner without a time is unknown when the pod was written again much later', () => {
    const config = { timesIncomplete: true, keys: [{ key: 'LEVEL', at: null, by: null }] };
    expect(judge({ config, pod: { writtenAt: '2026-01-01T11:30:00Z' } }).state).toBe('unknown');
  });

  test('a pod that was written again much later proves nothing about a key that was removed in between without a time', () => {
    const pod = { resourceVersion: '900', writtenAt: '2026-01-01T11:30:00Z' };
    expect(judge({ pod }, { keys: null }).state).toBe('unknown');
    // A key that is used by its name cannot go away unseen.
    expect(judge({ pod }).state).toBe('current');
  });

  test('another object written between the config and the start makes it current again', () => {
    const others = [makePod({ resourceVersion: '150', writtenAt: '2026-01-01T09:30:00Z' })];
    expect(judge({ pod: { resourceVersion: '900', writtenAt: '2026-01-01T11:30:00Z' }, others }).state).toBe('current');
  });

  test('an object written after the start, but before the config, shows that the config was written since', () => {
    const others = [makePod({ resourceVersion: '600', writtenAt: '2026-01-01T11:00:00Z' })];
    const pod = { resourceVersion: '900', writtenAt: '2026-01-01T11:30:00Z' };
    expect(judge({ config: { resourceVersion: '700' }, pod, others }).state).toBe('unknown');
  });

  test('a write within seconds before the start of a container is unknown', () => {
    expect(judge({ config: written('2026-01-01T09:59:59Z', '150') }).state).toBe('unknown');
  });

  test('a write before the pod was created is current, however soon the container started', () => {
    expect(judge({ config: written('2026-01-01T09:59:57Z', '150') }).state).toBe('current');
  });

  test('a config that was created with the pod and never written since is current, for it could not start without', () => {
    const config = { ...written('2026-01-01T09:59:58Z', '150'), createdAt: '2026-01-01T09:59:58Z' };
    expect(judge({ config }).state).toBe('current');
    expect(judge({ config }, { optional: true }).state).toBe('unknown');
    expect(judge({ config, instance: { startedAt: '2026-01-01T09:59:58Z' } }).state).toBe('unknown');
  });

  test('a config that was created after the pod may have had a predecessor of the same name', () => {
    const config = { ...written('2026-01-01T09:59:59Z', '150'), createdAt: '2026-01-01T09:59:59Z' };
    expect(judge({ config }).state).toBe('unknown');
  });

  test('a write between the creation of the pod and a late start is unknown: the kubelet reads long before the recorded start', () => {
    const pod = { createdAt: '2026-01-01T09:59:30Z' };
    expect(judge({ config: written('2026-01-01T09:59:40Z', '150'), pod }).state).toBe('unknown');
  });

  test('a node whose clock is ahead makes nothing current', () => {
    const pod = { createdAt: '2026-01-01T09:58:58Z', writtenAt: '2026-01-01T09:59:01Z' };
    expect(judge({ pod }, { keys: null }).state).toBe('unknown');
  });

  test('a later version is not held against a key that was written in the second of the start', () => {
    expect(judge({ config: written('2026-01-01T10:00:00Z', '300') }).state).toBe('unknown');
    expect(judge({ config: written('2026-01-01T10:00:01Z', '300') }).state).toBe('stale');
  });

  test('a container restarted in place after the write is current, but its files only when the kubelet surely had written them', () => {
    const pod = { resourceVersion: '400', writtenAt: '2026-01-01T11:30:01Z' };
    const instance = { startedAt: '2026-01-01T11:30:00Z', restartCount: 1, previousEndedAt: '2026-01-01T11:29:59Z' };
    const before = (at: string) => ({ config: written(at, '300'), pod, instance });
    expect(judge(before('2026-01-01T11:29:00Z')).state).toBe('current');
    expect(judge(before('2026-01-01T11:29:58Z')).state).toBe('unknown');
    expect(judge(before('2026-01-01T11:29:00Z'), { via: 'subPath' }).state).toBe('unknown');
    expect(judge(before('2026-01-01T11:28:00Z'), { via: 'subPath' }).state).toBe('current');
    expect(judge({ ...before('2026-01-01T11:29:00Z'), instance: { ...instance, previousEndedAt: null } }).state).toBe(
      'unknown',
    );
  });

  test('nothing is taken for likely in the five minutes after a start: so long the API can be asked what was there', () => {
    const soon = Date.parse('2026-01-01T10:04:00Z');
    expect(judge({}, { keys: null, now: soon }).state).toBe('unknown');
    expect(judge({}, { keys: null }).state).toBe('current');
    const config = { ...written('2026-01-01T09:59:58Z', '150'), createdAt: '2026-01-01T09:59:58Z' };
    expect(judge({ config }, { now: soon }).state).toBe('unknown');
  });

  test('a key that is used by its name needs no order of writes: it cannot go away unseen', () => {
    const pod = { resourceVersion: '900', writtenAt: '2026-01-01T11:30:00Z' };
    expect(judge({ pod }).state).toBe('current');
    expect(judge({ pod, config: { resourceVersion: '901' } }).state).toBe('unknown');
    expect(judge({ pod, config: { timesIncomplete: true } }).state).toBe('unknown');
  });

  test('a key that a server-side apply owns needs the order: when owners are merged the older time stays', () => {
    const pod = { resourceVersion: '900', writtenAt: '2026-01-01T11:30:00Z' };
    expect(judge({ pod, config: { applied: true } }).state).toBe('unknown');
  });

  test('a pod was written by more than its start when a container beside was restarted', () => {
    const containers = [makeInstance(), makeInstance({ name: 'side', restartCount: 1 })];
    const pod = { writtenAt: '2026-01-01T10:01:00Z' };
    expect(judge({ pod }, { keys: null }).state).toBe('current');
    expect(judge({ pod: { ...pod, containers } }, { keys: null }).state).toBe('unknown');
  });

  test('a clock that is known to be ahead moves the end of the instance before, and one that nobody compared by some seconds', () => {
    const pod = { resourceVersion: '400', writtenAt: '2026-01-01T11:30:01Z' };
    const instance = { startedAt: '2026-01-01T11:30:00Z', restartCount: 1, previousEndedAt: '2026-01-01T11:29:59Z' };
    const given = { config: written('2026-01-01T11:29:54Z', '300'), pod, instance };
    expect(judge(given, { clock: { ahead: 0, behind: 0 } }).state).toBe('current');
    expect(judge(given, { clock: { ahead: 5000, behind: 0 } }).state).toBe('unknown');
    expect(judge(given).state).toBe('unknown');
  });

  test('a clock that is known to be behind makes nothing stale that was written before the true start', () => {
    const config = written('2026-01-01T10:00:30Z', '150');
    expect(judge({ config }).state).toBe('stale');
    expect(judge({ config }, { clock: { ahead: 0, behind: 60_000 } }).state).toBe('unknown');
  });

  test('mounted files are pending for 90 seconds and refreshed afterwards', () => {
    const config = written('2026-01-01T11:59:00Z', '300');
    expect(judge({ config }, { freshness: 'rewritten' }).state).toBe('pending');
    expect(judge({ config }, { freshness: 'rewritten', now: NOON + 60_000 }).state).toBe('refreshed');
  });

  test('a container that has ended cannot read its files again: it is stale at once', () => {
    const config = written('2026-01-01T11:59:00Z', '300');
    expect(judge({ config, instance: { running: false } }, { freshness: 'rewritten' }).state).toBe('stale');
  });

  test('a container whose start is not known is unknown', () => {
    expect(judge({ instance: { startedAt: null } }).state).toBe('unknown');
  });

  test('versions that are no integers prove nothing', () => {
    expect(judge({ config: { resourceVersion: 'abc' } }).state).toBe('unknown');
  });
});
