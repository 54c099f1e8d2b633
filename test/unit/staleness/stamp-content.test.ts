/** What the hashes of a stamp say of contents, against the digests that verdicts compare, and what damage can do. */
import { describe, expect, test } from 'bun:test';
import { STAMP_ANNOTATION } from '../../../src/name.ts';
import type { ContentDigest } from '../../../src/objects/content.ts';
import { digestContent, findDifferentKeys } from '../../../src/objects/content.ts';
import { makeReadConfigs } from '../../../src/restart/read-configs.ts';
import { parseStamp } from '../../../src/staleness/parse-stamp.ts';
import type { Stamp, StampSource } from '../../../src/staleness/stamp.ts';
import { makeStamp } from '../../../src/staleness/stamp.ts';
import { judgeGraph } from '../../../src/staleness/status.ts';
import type { ConfigKind } from '../../../src/types.ts';
import {
  makeConfig,
  makeDependency,
  makeGraph,
  makePod,
  makeRef,
  makeUse,
  makeWorkload,
} from '../../support/make-objects.ts';
import type { Random } from '../../support/random.ts';
import { makeRandom } from '../../support/random.ts';
import { makeFakeClock, makeFakeCluster } from '../rollout/fake-cluster.ts';

const TIME = '2026-01-01T09:59:57Z';

/** Contents that differ in little: lengths, ends, numbers and colons, empty values, bytes that are no text. */
const VALUES = ['', '0', '1', ':', '1:', '1:1', 'é', '\n', '\r\n', 'info', 'info\n', '\uFFFD', 'ab', 'b'] as const;
const KEYS = ['a', 'ab', 'b', '1', '0', '1.1', '__proto__', 'constructor', 'LEVEL', 'app.conf'] as const;
const BYTES: readonly [number[], ...number[][]] = [
  [],
  [0],
  [0xff],
  [0xef, 0xbf, 0xbd],
  [0xc3, 0x28],
  [0x69, 0x6e, 0x66],
];

interface RawConfig {
  metadata: { uid: string; resourceVersion: string };
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

function makeRaw(kind: ConfigKind, { pick, some, once, below }: Random, filler: number): RawConfig {
  const bytes = () => (once(2) ? Buffer.from(pick(VALUES)) : Buffer.from(pick(BYTES)));
  const text = (): string => (kind === 'Secret' ? bytes().toString('base64') : pick(VALUES));
  const entries = some(4, (): [string, string] => [pick(KEYS), text()]);
  const fill = Array.from({ length: filler }, (_, index): [string, string] => [`filler-${index}`, '']);
  const data = Object.fromEntries([...entries, ...fill]);
  const binary = some(2, (): [string, string] => [pick(KEYS), bytes().toString('base64')]);
  return {
    metadata: { uid: 'uid-1', resourceVersion: String(1 + below(1000)) },
    data,
    ...(kind === 'ConfigMap' && {
      binaryData: Object.fromEntries(binary.filter(([key]) => !Object.hasOwn(data, key))),
    }),
  };
}

/** The stamp of a config as a restart makes it: read from the API server, hashed, written, and read again. */
async function stampOf(kind: ConfigKind, raw: RawConfig): Promise<Stamp['configs'][number]> {
  const { signal } = new AbortController();
  const readConfigs = makeReadConfigs(
    makeFakeCluster(() => raw),
    { clock: makeFakeClock(), signal },
  );
  const stamp = parseStamp(makeStamp(await readConfigs([makeRef(kind, 'web')]), TIME));
  const [config] = stamp?.configs ?? [];
  if (config === undefined) throw new Error('no stamp');
  return config;
}

function hashesOf({ content }: Stamp['configs'][number]): Record<string, string> {
  if (content === null || content === 'absent' || content.by !== 'key') throw new Error('no hashes by key');
  return content.hashes;
}

const isEmpty = (a: ContentDigest, b: ContentDigest) => findDifferentKeys(a, b, null).length === 0;

describe.each(['ConfigMap', 'Secret'] as const)('the stamp of a %s', (kind) => {
  test('has a hash for each key that the digest has, and two are equal when and only when their digests are', async () => {
    const random = makeRandom(7);
    const seen = { equal: 0, different: 0 };
    for (let round = 0; round < 2500; round++) {
      const [a, b] = [makeRaw(kind, random, 0), makeRaw(kind, random, 0)];
      const [hashes, others] = [hashesOf(await stampOf(kind, a)), hashesOf(await stampOf(kind, b))];
      const [digest, other] = [digestContent(a, kind), digestContent(b, kind)];
      expect(Object.keys(hashes).sort()).toEqual([...digest.keys()].sort());
      for (const key of Object.keys(hashes)) {
        if (!Object.hasOwn(others, key)) continue;
        const isEqual = digest.get(key) === other.get(key);
        seen[isEqual ? 'equal' : 'different']++;
        expect([key, hashes[key] === others[key]]).toEqual([key, isEqual]);
      }
    }
    expect(Math.min(seen.equal, seen.different)).toBeGreaterThan(30);
  });

  test('tells keys with the same value apart', async () => {
    const value = kind === 'Secret' ? 'aW5mbw==' : 'info';
    const metadata = { uid: 'uid-1', resourceVersion: '1' };
    const hashes = hashesOf(await stampOf(kind, { metadata, data: { a: value, b: value } }));
    expect(hashes['a']).not.toBe(hashes['b']);
  });

  test('with more keys than it has hashes for is the same when and only when all values are', async () => {
    const random = makeRandom(11);
    const folds = new Map<string, ContentDigest>();
    for (let round = 0; round < 400; round++) {
      const raw = makeRaw(kind, random, 33);
      const { content } = await stampOf(kind, raw);
      if (content === null || content === 'absent' || content.by !== 'object') throw new Error('it was not folded');
      const digest = digestContent(raw, kind);
      const known = folds.get(content.hash);
      if (known !== undefined) expect(isEmpty(known, digest)).toBe(true);
      for (const [hash, other] of folds) if (isEmpty(other, digest)) expect(content.hash).toBe(hash);
      folds.set(content.hash, digest);
    }
    expect(folds.size).toBeGreaterThan(200);
  });
});

test('no two different contents have the same stamp, wherever one part ends and the next begins', () => {
  const letters = ['a', '1', ':'];
  const words = ['', ...letters, ...letters.flatMap((a) => letters.map((b) => a + b))];
  const contents: [string, string][][] = [
    [],
    ...words.flatMap((key) => (key === '' ? [] : words.map((value): [string, string][] => [[key, value]]))),
    ...letters.flatMap((key) =>
      words.map((value): [string, string][] => [
        ['0', value],
        [key, ''],
      ]),
    ),
    ...letters.flatMap((key) =>
      words.map((value): [string, string][] => [
        ['0', ''],
        [key, value],
      ]),
    ),
  ];
  for (const padding of [0, 33]) {
    const stamps = contents.map((entries) => {
      const content = new Map(
        [...entries, ...Array.from({ length: padding }, (_, index): [string, string] => [`z${index}`, ''])].map(
          ([key, value]): [string, Uint8Array] => [key, Buffer.from(value)],
        ),
      );
      return makeStamp([{ kind: 'ConfigMap', name: 'web', uid: 'u', resourceVersion: '1', content }], TIME);
    });
    const different = new Set(contents.map((entries) => JSON.stringify(entries)));
    expect(new Set(stamps).size).toBe(different.size);
  }
});

test('the hashes of a Secret are keyed with its uid, which no reader of the stamp can find out', async () => {
  const data = { PASSWORD: Buffer.from('hunter2').toString('base64') };
  const stamps = await Promise.all(
    ['uid-1', 'uid-2'].map((uid) => stampOf('Secret', { metadata: { uid, resourceVersion: '1' }, data })),
  );
  expect(new Set(stamps.map((stamp) => hashesOf(stamp)['PASSWORD'])).size).toBe(2);
  expect(new Set(stamps.map(({ uid }) => uid)).size).toBe(2);
  expect(JSON.stringify(stamps)).not.toMatch(/uid-[12]|hunter2/);
});

describe('a stamp that somebody damaged', () => {
  const SOURCE: StampSource = {
    kind: 'ConfigMap',
    name: 'web',
    uid: 'config-1',
    resourceVersion: '150',
    content: new Map([['LEVEL', Buffer.from('info')]]),
  };
  const OTHERS: StampSource[] = [
    { ...SOURCE, kind: 'Secret', name: 'login', uid: 'config-2' },
    { ...SOURCE, name: 'none', content: 'absent' },
    { ...SOURCE, name: 'hidden', content: null },
  ];
  const GOOD = makeStamp([SOURCE, ...OTHERS], TIME);

  /** A config that was written in the second in which the container started: only a stamp can tell. */
  function judge(stamp: string) {
    const config = makeConfig({
      resourceVersion: '150',
      keys: [{ key: 'LEVEL', at: '2026-01-01T10:00:00Z', by: 'kubectl' }],
    });
    const pod = makePod({ annotations: { [STAMP_ANNOTATION]: stamp }, references: [makeUse()] });
    const graph = makeGraph({
      workloads: [makeWorkload({ pods: [pod] })],
      configs: [config],
      dependencies: [makeDependency()],
    });
    return judgeGraph(graph, { now: Date.parse('2026-01-01T12:00:00Z') })[0]?.evidence;
  }

  /** The same text with some letters changed, cut out, doubled or put in. */
  function damage(text: string, { below, pick, once }: Random): string {
    let damaged = text;
    for (let cuts = 1 + below(4); cuts > 0; cuts--) {
      const at = below(damaged.length + 1);
      const end = once(2) ? at : at + below(12);
      const put = pick([
        '',
        '',
        '{',
        '}',
        '[',
        ']',
        '"',
        ',',
        ':',
        '0',
        '1',
        'null',
        '\\',
        '\u0000',
        damaged.slice(at, at + below(40)),
      ]);
      damaged = damaged.slice(0, at) + put + damaged.slice(end);
    }
    return damaged;
  }

  test('is evidence only as long as it still names this very version of this very object, and never a crash', () => {
    const random = makeRandom(20260103);
    const seen = { stamp: 0, none: 0 };
    for (let round = 0; round < 5000; round++) {
      const text = damage(GOOD, random);
      const evidence = judge(text);
      seen[evidence === 'stamp' ? 'stamp' : 'none']++;
      if (evidence === 'stamp') {
        const configs: { n: string; u: string; r: string }[] = JSON.parse(text).c;
        const named = configs.find(({ n }) => n.split('/', 2).join('/') === 'configmap/web');
        expect(named).toMatchObject({ u: 'config-1', r: '150' });
      }
    }
    expect(judge(GOOD)).toBe('stamp');
    expect(seen.none).toBeGreaterThan(4000);
    expect(seen.stamp).toBeGreaterThan(0);
  });

  test.each([
    ['of another object of the same name', makeStamp([{ ...SOURCE, uid: 'config-0' }], TIME)],
    ['of a Secret of the same name', makeStamp([{ ...SOURCE, kind: 'Secret' }], TIME)],
    ['deep without end', '['.repeat(100_000)],
    ['of a quarter of a megabyte', JSON.stringify({ v: 1, t: TIME, c: Array(5000).fill({ n: 'configmap/web' }) })],
    ['of many that are no config', JSON.stringify({ v: 1, t: TIME, c: Array(1000).fill(null) })],
    ['with a list in the place of a text', GOOD.replace('"150"', '["150"]')],
    ['of another program', 'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['of control characters', '\x1b[2J\u202e\0'],
  ])('%s says nothing', (_, stamp) => {
    expect(judge(stamp)).not.toBe('stamp');
  });
});
