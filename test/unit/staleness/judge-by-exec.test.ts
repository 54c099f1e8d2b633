import { describe, expect, test } from 'bun:test';
import { STAMP_ANNOTATION } from '../../../src/name.ts';
import { findKeyChange } from '../../../src/staleness/change-time.ts';
import type { PastConfig } from '../../../src/staleness/history.ts';
import { ConfigHistory } from '../../../src/staleness/history.ts';
import type { Seen } from '../../../src/staleness/inside.ts';
import { Inside } from '../../../src/staleness/inside.ts';
import { judgeByExec } from '../../../src/staleness/judge-by-exec.ts';
import { judgeInstance } from '../../../src/staleness/judge-instance.ts';
import type { InstanceEvidence, Judgement } from '../../../src/staleness/judgement.ts';
import { makeStamp } from '../../../src/staleness/stamp.ts';
import { makeTimeline } from '../../../src/staleness/witness.ts';
import { makeConfig, makeDependency, makeInstance, makePod } from '../../support/make-objects.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');

/** A container that started at 10:00, a config that was written at 11:00, and what was seen. */
function makeEvidence(seen: Seen | undefined, overrides: Partial<InstanceEvidence> = {}): InstanceEvidence {
  const pod = makePod();
  const dependency = overrides.dependency ?? makeDependency();
  const config = makeConfig({
    resourceVersion: '300',
    keys: [{ key: 'LEVEL', at: '2026-01-01T11:00:00Z', by: 'kubectl-edit' }],
  });
  const inside = new Inside();
  if (seen !== undefined) inside.add(pod, dependency, seen);
  return {
    pod,
    instance: makeInstance(),
    dependency,
    config,
    change: findKeyChange(config, dependency.keys),
    freshness: 'at-start',
    rereads: false,
    recreated: false,
    timeline: makeTimeline([]),
    history: new ConfigHistory(),
    inside,
    now: NOON,
    ...overrides,
  };
}

const weak = (state: Judgement['state'], evidence: Judgement['evidence'] = 'time'): Judgement => ({
  state,
  evidence,
  reason: 'weak',
});
const STALE = weak('stale');
const CURRENT = weak('current');

const judge = (seen: Seen | undefined, weaker: Judgement, overrides: Partial<InstanceEvidence> = {}) => {
  const judgement = judgeByExec(makeEvidence(seen, overrides), weaker);
  return judgement === null ? null : `${judgement.state} ${judgement.evidence}`;
};
const same = (isRewritten: boolean | null = null): Seen => ({ seen: 'same', isRewritten });
const different: Seen = { seen: 'different', keys: ['LEVEL'] };
const files = { freshness: 'rewritten' } as const;

describe('what was seen in a container', () => {
  test('is nothing where nobody looked', () => {
    expect(judge(undefined, STALE)).toBeNull();
    expect(judgeByExec(makeEvidence(undefined), STALE)).toBeNull();
  });

  test('decides over all that times say of an environment or a subPath', () => {
    for (const weaker of [STALE, CURRENT, weak('unknown', 'none')]) {
      expect(judge(same(), weaker)).toBe('current exec');
      expect(judge(different, weaker)).toBe('stale exec');
    }
    expect(judgeByExec(makeEvidence(different), CURRENT)).toMatchObject({
      reason: 'the container holds another LEVEL than the config holds now',
      differentKeys: ['LEVEL'],
    });
  });

  test('makes mounted files that differ pending', () => {
    for (const weaker of [STALE, CURRENT, weak('refreshed')])
      expect(judge(different, weaker, files)).toBe('pending exec');
  });

  test('makes them stale where the kubelet will not write them: it does not follow an immutable config', () => {
    expect(judge(different, weak('refreshed'), { ...files, recreated: true })).toBe('stale exec');
  });

  test('makes mounted files that are the same current only when the process found them so', () => {
    const table: [isRewritten: boolean | null, weaker: Judgement, verdict: string][] = [
      [false, weak('refreshed'), 'current exec'],
      [false, weak('unknown', 'none'), 'current exec'],
      [true, weak('refreshed'), 'refreshed exec'],
      [null, weak('refreshed'), 'refreshed exec'],
      [true, weak('pending'), 'refreshed exec'],
      [true, weak('unknown', 'none'), 'refreshed exec'],
      // Another key of the volume, or a token in it, was written.
      [true, CURRENT, 'current time'],
      [true, weak('current', 'history'), 'current history'],
    ];
    for (const [isRewritten, weaker, verdict] of table) expect(judge(same(isRewritten), weaker, files)).toBe(verdict);
  });

  test('keeps the keys that history tells of files that were rewritten', () => {
    const weaker = { ...weak('refreshed', 'history'), differentKeys: ['LEVEL'] };
    expect(judgeByExec(makeEvidence(same(true), files), weaker)).toMatchObject({ differentKeys: ['LEVEL'] });
  });

  test('counts for a workload that reads its files again, too', () => {
    expect(judgeInstance(makeEvidence(same(true), { ...files, rereads: true }))).toMatchObject({
      state: 'current',
      evidence: 'exec',
    });
    expect(judgeInstance(makeEvidence(different, { ...files, rereads: true })).state).toBe('pending');
  });

  test('that could not be seen leaves the other evidence, and says why', () => {
    const nothing: Seen = { seen: 'nothing', why: 'no shell', isOfImage: true };
    expect(judge(nothing, CURRENT)).toBe('current time');
    expect(judgeByExec(makeEvidence(nothing), STALE)).toEqual({
      ...STALE,
      reason: 'weak; it could not be looked into: no shell',
    });
  });

  test('names a few keys, and counts the others', () => {
    const keys = Array.from({ length: 10_000 }, (_, index) => `key-${index}`);
    expect(judgeByExec(makeEvidence({ seen: 'different', keys }), STALE)?.reason).toBe(
      'the container holds another key-0, key-1, key-2, key-3, key-4 and 9995 more than the config holds now',
    );
  });
});

describe('a variable that no config explains', () => {
  const all = makeDependency({ via: 'envFrom', at: '*', keys: null });
  const leftover: Seen = { seen: 'leftover', leftovers: [{ name: 'GONE', key: 'GONE', hash: 'hash-1' }] };
  const UNKNOWN = weak('unknown', 'none');
  const make = (past?: PastConfig, version = '200') => {
    const history = new ConfigHistory();
    if (past !== undefined) history.add({ kind: 'ConfigMap', ref: all.config, resourceVersion: version }, past);
    return { dependency: all, history };
  };
  /** The config as it was when the container started: written at 09:00, with version 100. */
  const past = (keys: Record<string, string>) => ({ config: makeConfig(), content: new Map(Object.entries(keys)) });

  test('is of the image when nothing was written since the start', () => {
    expect(judge(leftover, CURRENT, make())).toBe('current exec');
  });

  test('is of the image or of a key that is gone when the past is forgotten', () => {
    for (const answer of [undefined, 'forgotten', 'absent'] as const) {
      expect(judge(leftover, UNKNOWN, make(answer))).toBe('unknown none');
    }
    expect(judgeByExec(makeEvidence(leftover, make()), UNKNOWN)?.reason).toContain(
      'GONE may come from the image or from a key that is gone',
    );
  });

  test('is of a key that is gone when the config had it with the same value', () => {
    expect(judge(leftover, UNKNOWN, make(past({ LEVEL: 'x', GONE: 'hash-1' })))).toBe('stale exec');
    expect(judgeByExec(makeEvidence(leftover, make(past({ GONE: 'hash-1' }))), UNKNOWN)?.differentKeys).toEqual([
      'GONE',
    ]);
  });

  test('is of the image when the config had no such key when the container started', () => {
    expect(judge(leftover, UNKNOWN, make(past({ LEVEL: 'x' })))).toBe('current exec');
    expect(judge(leftover, UNKNOWN, make(past({ LEVEL: 'x', GONE: 'hash-2' })))).toBe('unknown none');
  });

  /** What the environments of other containers of the image tell. */
  const withInside = (tell: (inside: Inside) => void) => {
    const inside = new Inside();
    const pod = makePod({ labels: { 'pod-template-hash': 'a' } });
    inside.add(pod, all, leftover);
    const own = { container: 'app', image: 'sha256:1', prefixes: [''], declared: new Set<string>() };
    const extras = new Map([['GONE', 'hash-1']]);
    inside.addEnvironment(pod, { ...own, names: new Set(['PATH', 'GONE']), extras }, () => true);
    tell(inside);
    return { ...make(), pod, inside };
  };
  const other = makePod({ uid: 'pod-2', labels: { 'pod-template-hash': 'b' } });
  const sibling = makePod({ uid: 'pod-3', labels: { 'pod-template-hash': 'a' } });
  const show = (value: string | null, image = 'sha256:1') => ({
    container: 'app',
    image,
    prefixes: [],
    declared: new Set<string>(),
    names: new Set(value === null ? ['PATH'] : ['PATH', 'GONE']),
    extras: new Map(value === null ? [] : [['GONE', value]]),
  });

  test('is of the image when another container of it has it too, and none of its configs can have set it', () => {
    const by = (pod: typeof other, environment: ReturnType<typeof show>, isClaimed: boolean) =>
      judge(
        leftover,
        UNKNOWN,
        withInside((inside) => inside.addEnvironment(pod, environment, () => isClaimed)),
      );
    expect(by(other, show('hash-1'), false)).toBe('current exec');
    // It may be of a key there too; it has another value there; it is another image, or one that is not known.
    expect(by(other, show('hash-1'), true)).toBe('unknown none');
    expect(by(other, show('hash-2'), false)).toBe('unknown none');
    expect(by(other, show('hash-1', 'sha256:2'), false)).toBe('unknown none');
    expect(by(other, show('hash-1', ''), false)).toBe('unknown none');
  });

  test('is of a key that is gone when one made of the same template is without it', () => {
    const by = (pod: typeof other) =>
      judge(
        leftover,
        UNKNOWN,
        withInside((inside) => inside.addEnvironment(pod, show(null), () => false)),
      );
    expect(by(sibling)).toBe('stale exec');
    // Devices and hooks of a node may set variables for containers of one template, and not for others of the image.
    expect(by(other)).toBe('unknown none');
  });

  test('is of a key that is gone when the restart that made the pod recorded that key', () => {
    const config = makeConfig({ resourceVersion: '300' });
    const stamped = (time: string, uid = config.uid) => {
      const source = { kind: 'ConfigMap', name: 'web', uid, resourceVersion: '100' } as const;
      const stamp = makeStamp([{ ...source, content: new Map([['GONE', Buffer.from('x')]]) }], time);
      return judge(leftover, UNKNOWN, {
        ...make(),
        config,
        pod: makePod({ annotations: { [STAMP_ANNOTATION]: stamp } }),
      });
    };
    // The evidence looks the use up by the pod's uid, which is the same.
    expect(stamped('2026-01-01T09:59:50Z')).toBe('stale exec');
    expect(stamped('2026-01-01T09:00:00Z')).toBe('unknown none');
    expect(stamped('2026-01-01T09:59:50Z', 'another')).toBe('unknown none');
  });

  test('stays open when what is known of the past came after the start', () => {
    const later = {
      config: makeConfig({ resourceVersion: '250', keys: [{ key: 'LEVEL', at: '2026-01-01T10:30:00Z', by: 'x' }] }),
      content: new Map(),
    };
    expect(judge(leftover, UNKNOWN, make(later))).toBe('unknown none');
  });
});
