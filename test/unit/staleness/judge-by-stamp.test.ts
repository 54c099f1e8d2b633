import { describe, expect, test } from 'bun:test';
import { STAMP_ANNOTATION } from '../../../src/name.ts';
import type { StampSource } from '../../../src/staleness/stamp.ts';
import { makeStamp } from '../../../src/staleness/stamp.ts';
import { judgeGraph } from '../../../src/staleness/status.ts';
import {
  makeConfig,
  makeDependency,
  makeGraph,
  makeInstance,
  makePod,
  makeUse,
  makeWorkload,
} from '../../support/make-objects.ts';

const NOON = Date.parse('2026-01-01T12:00:00Z');
const SOURCE: StampSource = {
  kind: 'ConfigMap',
  name: 'web',
  uid: 'config-1',
  resourceVersion: '150',
  content: new Map(),
};

/** A config that was written in the second in which the container started: times decide nothing. */
const CONFIG = makeConfig({
  resourceVersion: '150',
  keys: [{ key: 'LEVEL', at: '2026-01-01T10:00:00Z', by: 'kubectl' }],
});

function judge(stamp: string, overrides: Parameters<typeof makeGraph>[0] = {}) {
  const pod = makePod({
    annotations: { [STAMP_ANNOTATION]: stamp },
    references: [makeUse(overrides.dependencies?.[0])],
  });
  const graph = makeGraph({ workloads: [makeWorkload({ pods: [pod] })], configs: [CONFIG], ...overrides });
  return judgeGraph(graph, { now: NOON })[0];
}

describe('a stamp', () => {
  test('proves a config current that was not written since the restart', () => {
    expect(judge(makeStamp([SOURCE], '2026-01-01T09:59:57Z'))).toMatchObject({ state: 'current', evidence: 'stamp' });
  });

  test.each([
    ['of another version', makeStamp([{ ...SOURCE, resourceVersion: '149' }], '2026-01-01T09:59:57Z')],
    ['of another uid', makeStamp([{ ...SOURCE, uid: 'config-0' }], '2026-01-01T09:59:57Z')],
    ['of another config', makeStamp([{ ...SOURCE, name: 'other' }], '2026-01-01T09:59:57Z')],
    ['that is damaged', makeStamp([SOURCE], '2026-01-01T09:59:57Z').slice(0, -5)],
    ['that is foreign', '{"v":99}'],
    ['that is empty', ''],
  ])('%s says nothing', (_, stamp) => {
    expect(judge(stamp)).toMatchObject({ state: 'unknown', evidence: 'none' });
  });

  test('does not prove an absent optional config current: it may have come and gone since', () => {
    const stamp = makeStamp([{ ...SOURCE, content: 'absent' }], '2026-01-01T09:59:57Z');
    const absent = { configs: [], dependencies: [makeDependency({ optional: true, exists: false })] };
    expect(judge(stamp, absent)).toMatchObject({ state: 'unknown', evidence: 'none' });
  });

  test('does not make current what was written after the container started', () => {
    const written = makeConfig({
      resourceVersion: '300',
      keys: [{ key: 'LEVEL', at: '2026-01-01T11:00:00Z', by: 'kubectl' }],
    });
    expect(judge(makeStamp([SOURCE], '2026-01-01T09:59:57Z'), { configs: [written] })).toMatchObject({
      state: 'stale',
      evidence: 'time',
    });
  });

  test('needs the container to have started at all', () => {
    const pods = [makePod({ containers: [makeInstance({ startedAt: null, running: false })] })];
    expect(judge(makeStamp([SOURCE], '2026-01-01T09:59:57Z'), { workloads: [makeWorkload({ pods })] })).toMatchObject({
      pods: [],
    });
  });
});
