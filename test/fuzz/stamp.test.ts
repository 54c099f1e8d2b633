/** The annotation that a restart leaves on a pod: whoever may write it can make it say nothing, and whoever reads it learns no value. */
import { expect, test } from 'bun:test';
import { STAMP_ANNOTATION } from '../../src/name.ts';
import { parseStamp } from '../../src/staleness/parse-stamp.ts';
import type { StampSource } from '../../src/staleness/stamp.ts';
import { makeStamp, stampUid } from '../../src/staleness/stamp.ts';
import { judgeGraph } from '../../src/staleness/status.ts';
import { makeConfig, makeDependency, makeGraph, makePod, makeRef, makeWorkload } from '../support/make-objects.ts';
import type { Random } from '../support/random.ts';
import { damage, makeName, makeText, SECRET } from './hostile-text.ts';
import { SEARCH_TIMEOUT, search } from './search.ts';

const TIME = '2026-01-01T10:00:00Z';
const WEB = makeConfig({ resourceVersion: '101' });
const USE = makeDependency({ config: makeRef('ConfigMap', 'web') });

function makeSource(random: Random, index: number): StampSource {
  const kind = random.pick(['ConfigMap', 'Secret'] as const);
  const values = random.some(40, () => [makeName(random), Buffer.from(`${SECRET}${makeText(random)}`)] as const);
  return {
    kind,
    // The name is of an object that the server took.
    name: random.pick(['web', 'login', '__proto__', `a-${index}`]),
    uid: `uid-${random.below(3)}`,
    resourceVersion: String(random.below(100) + 1),
    content: random.once(6) ? random.pick(['absent', null]) : new Map(values),
  };
}

test(
  'a stamp is read as it was written or, damaged in any letter, not at all; it holds no value, and is bounded',
  async () => {
    let damagedReads = 0;
    await search(1, (random) => {
      const sources = random.some(random.pick([3, 60]), (index) => makeSource(random, index));
      const text = makeStamp(sources, TIME);
      expect(text.length).toBeLessThanOrEqual(16_384);
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(Buffer.from(SECRET).toString('base64').slice(0, 8));
      for (const { kind, uid } of sources) if (kind === 'Secret') expect(stampUid(kind, uid)).not.toContain(uid);
      const stamp = parseStamp(text);
      expect(stamp?.time).toBe(TIME);
      const isLeftOut = (stamp?.configs.length ?? 0) < sources.length;
      if (isLeftOut) expect(text.length).toBeGreaterThan(8000);

      const hostile = random.once(8) ? makeText(random) : damage(text, random);
      if (parseStamp(hostile) !== null) damagedReads++;
      const pod = makePod({ annotations: { [STAMP_ANNOTATION]: hostile }, references: [USE] });
      const graph = makeGraph({ workloads: [makeWorkload({ pods: [pod] })], configs: [WEB], dependencies: [USE] });
      // No source has this version, so that none proves anything.
      for (const { evidence } of judgeGraph(graph, { now: Date.parse(TIME) })) expect(evidence).not.toBe('stamp');
    });
    expect(damagedReads).toBeGreaterThan(0);
  },
  SEARCH_TIMEOUT,
);
