import { describe, expect, test } from 'bun:test';
import type { ConfigValue } from '../../../src/diff/config-values.ts';
import { makeLineBudget } from '../../../src/diff/diff-lines.ts';
import { diffRunning } from '../../../src/diff/diff-running.ts';
import type { Verdict } from '../../../src/diff/held.ts';
import { lookBackContent } from '../../../src/diff/look-back-content.ts';
import type { Observed } from '../../../src/diff/observe-held.ts';
import { projectConfig } from '../../../src/objects/config.ts';
import type { HistoryQuestion } from '../../../src/staleness/history.ts';
import type { Seen } from '../../../src/staleness/inside.ts';
import { Inside } from '../../../src/staleness/inside.ts';
import { judgeUses } from '../../../src/staleness/status.ts';
import type { ConfigKind, Graph } from '../../../src/types.ts';
import {
  makeDependency,
  makeGraph,
  makeInstance,
  makePod,
  makeRef,
  makeUse,
  makeWorkload,
} from '../../support/make-objects.ts';

const FORGOTTEN = 'what it was before is not known: the API server keeps old content for some minutes only';
const NOON = Date.parse('2026-01-01T12:00:00Z');

interface Write {
  resourceVersion: number;
  at: string;
  data: Record<string, string>;
  by?: string;
  createdAt?: string;
  annotations?: Record<string, string>;
  /** Earlier writes that some keys stay with. */
  owned?: { by: string; at: string; keys: string[] }[];
}

/** A ConfigMap or Secret as the API server gives it. */
function makeRaw(
  kind: ConfigKind,
  { resourceVersion, at, data, by = 'kubectl-edit', createdAt, annotations, owned = [] }: Write,
) {
  const own = (keys: string[]) => ({ 'f:data': Object.fromEntries(keys.map((key) => [`f:${key}`, {}])) });
  const keys = Object.keys(data).filter((key) => !owned.some((entry) => entry.keys.includes(key)));
  const encoding = kind === 'Secret' ? 'base64' : 'utf8';
  return {
    apiVersion: 'v1',
    kind,
    metadata: {
      name: 'web',
      namespace: 'shop',
      uid: `uid-${createdAt ?? 'first'}`,
      resourceVersion: String(resourceVersion),
      creationTimestamp: createdAt ?? '2026-01-01T09:00:00Z',
      annotations: annotations ?? {},
      managedFields: [
        ...owned.map((entry) => ({
          manager: entry.by,
          operation: 'Update',
          time: entry.at,
          fieldsV1: own(entry.keys),
        })),
        { manager: by, operation: 'Update', time: at, fieldsV1: own(keys) },
      ],
    },
    data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString(encoding)])),
  };
}

const START: Write = {
  resourceVersion: 100,
  at: '2026-01-01T09:00:00Z',
  data: { LEVEL: 'info' },
  by: 'kubectl-client-side-apply',
};
const EDIT: Write = { resourceVersion: 300, at: '2026-01-01T11:00:00Z', data: { LEVEL: 'debug' } };

interface Setting {
  kind?: ConfigKind;
  graph?: Partial<Graph>;
  /** Versions up to this one are past telling. */
  forgottenUpTo?: number;
  /** The version of a deletion. */
  deletedAt?: number;
  forbidden?: boolean;
  /** What a look into the container shows. */
  seen?: { what: Seen; values?: Record<string, string | null> };
  showSecrets?: boolean;
}

/** What a diff says of these writes, the last of which is the config of now. */
async function run(writes: Write[], setting: Setting = {}) {
  const { kind = 'ConfigMap', forgottenUpTo = 0, deletedAt } = setting;
  const raws = writes.map((write) => makeRaw(kind, write));
  const asked: (string | null)[] = [];
  const looks: string[] = [];
  const readRaw = async ({ resourceVersion }: HistoryQuestion) => {
    asked.push(resourceVersion);
    const version = resourceVersion === null ? Number.POSITIVE_INFINITY : Number(resourceVersion);
    if (setting.forbidden || version <= forgottenUpTo) return 'forgotten' as const;
    const last = raws.findLast(({ metadata }) => Number(metadata.resourceVersion) <= version);
    const isDeleted = deletedAt !== undefined && version >= deletedAt;
    return isDeleted && Number(last?.metadata.resourceVersion) < deletedAt ? 'absent' : (last ?? 'absent');
  };
  const last = raws.at(-1);
  const readPods = async () => 'unseen' as const;
  const graph = makeGraph({ configs: [projectConfig({ object: last }, kind)], ...setting.graph });
  const { history, questions } = await lookBackContent(graph, {
    readRaw,
    readPods,
    kinds: ['ConfigMap', 'Secret'],
    now: NOON,
  });
  const items = await diffRunning(
    [...judgeUses(graph, { now: NOON, history })],
    { readRaw, readPods, questions, observe: makeObserve(setting, looks) },
    { context: 3, showSecrets: setting.showSecrets === true, budget: makeLineBudget(() => 0, 60_000) },
  );
  return { items, asked, looks };
}

function makeObserve({ seen }: Setting, looks: string[]) {
  return async (verdicts: readonly Verdict[]): Promise<Observed> => {
    const inside = new Inside();
    for (const { evidence } of verdicts) {
      looks.push(evidence.pod.ref.name);
      if (seen !== undefined) inside.add(evidence.pod, evidence.dependency, seen.what);
    }
    const values = Object.entries(seen?.values ?? {}).map(([key, value]): [string, ConfigValue | null] => [
      key,
      value === null ? null : { bytes: Buffer.from(value), field: 'data' },
    ]);
    return { inside, find: () => new Map(values) };
  };
}

const keysOf = ({ items }: Awaited<ReturnType<typeof run>>) =>
  items.map(({ keys }) => keys.map(({ key, change, diff, note }) => [key, change, diff || note]));
const holdersOf = ({ items }: Awaited<ReturnType<typeof run>>) =>
  items.map(({ workloads }) =>
    workloads.map(({ name, state, pods, partial }) => [
      name,
      state,
      partial,
      pods.map((pod) => `${pod.name} ${pod.containers}`),
    ]),
  );

describe('with the API server’s copy of then', () => {
  test('the old value stands against the new one, with who wrote it and when', async () => {
    const result = await run([START, EDIT]);
    expect(result.items).toEqual([
      {
        config: makeRef('ConfigMap', 'web'),
        from: { source: 'running', evidence: 'history', name: 'web', exists: true, file: '' },
        to: { source: 'cluster', evidence: null, name: 'web', exists: true, file: '' },
        workloads: [
          {
            ...makeRef('Deployment', 'web'),
            state: 'stale',
            pods: [{ name: 'web-1', containers: ['app'] }],
            partial: false,
          },
        ],
        fields: [],
        keys: [
          {
            key: 'LEVEL',
            change: 'changed',
            diff: '@@ -1 +1 @@\n-info\n+debug',
            note: '',
            changedAt: '2026-01-01T11:00:00Z',
            changedBy: 'kubectl-edit',
          },
        ],
        impact: [],
      },
    ]);
  });

  test('a write that left the content alone is no difference', async () => {
    expect((await run([START, { ...EDIT, data: START.data }])).items).toEqual([]);
  });

  test('nothing is read of what is current', async () => {
    expect(await run([START])).toEqual({ items: [], asked: [], looks: [] });
  });

  test('a key that the container does not use is left out', async () => {
    const result = await run([
      { ...START, data: { LEVEL: 'info', OTHER: 'a' } },
      { ...EDIT, data: { LEVEL: 'debug', OTHER: 'b' } },
    ]);
    expect(keysOf(result)).toEqual([[['LEVEL', 'changed', '@@ -1 +1 @@\n-info\n+debug']]]);
  });

  test('added and removed keys show for who takes all of them', async () => {
    const all = makeUse({ via: 'envFrom', keys: null, at: '*' });
    const graph = {
      dependencies: [makeDependency(all)],
      workloads: [makeWorkload({ pods: [makePod({ references: [all] })] })],
    };
    const result = await run(
      [
        { ...START, data: { A: '1', B: '2' } },
        { ...EDIT, data: { B: '2', C: '3' } },
      ],
      { graph },
    );
    expect(keysOf(result)).toEqual([
      [
        ['A', 'removed', '@@ -1 +0,0 @@\n-1'],
        ['C', 'added', '@@ -0,0 +1 @@\n+3'],
      ],
    ]);
  });

  test('a required key that has gone shows what the container still holds', async () => {
    const graph = { dependencies: [makeDependency({ missingKeys: ['LEVEL'] })] };
    const result = await run([START, { ...EDIT, data: {} }], { graph });
    expect(keysOf(result)).toEqual([[['LEVEL', 'removed', '@@ -1 +0,0 @@\n-info']]]);
    expect(holdersOf(result)).toEqual([[['web', 'missing', false, ['web-1 app']]]]);
  });

  test('a config that was deleted is found by the last write of its pod', async () => {
    const graph = { configs: [], dependencies: [makeDependency({ exists: false })] };
    const result = await run([START], { graph, deletedAt: 300 });
    expect(keysOf(result)).toEqual([[['LEVEL', 'removed', '@@ -1 +0,0 @@\n-info']]]);
    expect(result.items[0]?.to.exists).toBe(false);
  });

  test('one that was made anew is compared with the one before', async () => {
    const anew = { ...EDIT, resourceVersion: 400, createdAt: '2026-01-01T11:00:00Z' };
    expect(keysOf(await run([START, anew], { deletedAt: 350 }))).toEqual([
      [['LEVEL', 'changed', '@@ -1 +1 @@\n-info\n+debug']],
    ]);
    expect((await run([START, { ...anew, data: START.data }], { deletedAt: 350 })).items).toEqual([]);
  });

  test('a Secret is masked, and shown when asked for', async () => {
    const secret = makeRef('Secret', 'web');
    const use = makeUse({ config: secret });
    const graph = {
      dependencies: [makeDependency(use)],
      workloads: [makeWorkload({ pods: [makePod({ references: [use] })] })],
    };
    const masked = await run([START, EDIT], { kind: 'Secret', graph });
    expect(keysOf(masked)).toEqual([[['LEVEL', 'changed', '@@ -1 +1 @@\n-*** (before)\n+*** (after)']]]);
    expect(JSON.stringify(masked)).not.toMatch(/info|debug|aW5mbw|ZGVidWc/);
    const shown = await run([START, EDIT], { kind: 'Secret', graph, showSecrets: true });
    expect(keysOf(shown)).toEqual([[['LEVEL', 'changed', '@@ -1 +1 @@\n-info\n+debug']]]);
  });
});

describe('many pods', () => {
  const pods = (starts: string[]) =>
    starts.map((startedAt, index) =>
      makePod({
        ref: makeRef('Pod', `web-${index}`),
        uid: `pod-${index}`,
        resourceVersion: startedAt < '2026-01-01T11' ? '200' : '350',
        createdAt: startedAt,
        writtenAt: startedAt,
        containers: [makeInstance({ startedAt })],
      }),
    );

  test('that hold the same are named together', async () => {
    const workloads = [makeWorkload({ pods: pods(Array(30).fill('2026-01-01T10:00:00Z')) })];
    const { items } = await run([START, EDIT], { graph: { workloads } });
    expect(items.map((item) => item.workloads.map((holder) => holder.pods.length))).toEqual([[30]]);
  });

  test('that hold two old versions come as two diffs', async () => {
    const last = { ...EDIT, resourceVersion: 400, at: '2026-01-01T11:45:00Z', data: { LEVEL: 'trace' } };
    const workloads = [
      makeWorkload({ pods: pods(['2026-01-01T10:00:00Z', '2026-01-01T11:30:00Z', '2026-01-01T10:00:00Z']) }),
    ];
    const result = await run([START, EDIT, last], { graph: { workloads } });
    expect(keysOf(result)).toEqual([
      [['LEVEL', 'changed', '@@ -1 +1 @@\n-info\n+trace']],
      [['LEVEL', 'changed', '@@ -1 +1 @@\n-debug\n+trace']],
    ]);
    expect(holdersOf(result)).toEqual([
      [['web', 'stale', false, ['web-0 app', 'web-2 app']]],
      [['web', 'stale', false, ['web-1 app']]],
    ]);
  });

  test('two versions with the same value of a key are one', async () => {
    const [first, second] = [
      { LEVEL: 'info', OTHER: 'a' },
      { LEVEL: 'info', OTHER: 'b' },
    ];
    const last = { ...EDIT, resourceVersion: 400, at: '2026-01-01T11:45:00Z', data: { LEVEL: 'trace', OTHER: 'b' } };
    const workloads = [makeWorkload({ pods: pods(['2026-01-01T10:00:00Z', '2026-01-01T11:30:00Z']) })];
    const result = await run([{ ...START, data: first }, { ...EDIT, data: second }, last], { graph: { workloads } });
    expect(holdersOf(result)).toEqual([[['web', 'stale', false, ['web-0 app', 'web-1 app']]]]);
  });
});

test('a container that was restarted in place is not among those that hold the old value', async () => {
  const side = makeUse({ container: 'side' });
  const containers = [
    makeInstance(),
    makeInstance({
      name: 'side',
      startedAt: '2026-01-01T11:30:00Z',
      restartCount: 1,
      previousEndedAt: '2026-01-01T11:29:59Z',
    }),
  ];
  const pod = makePod({
    references: [makeUse(), side],
    containers,
    resourceVersion: '350',
    writtenAt: '2026-01-01T11:30:01Z',
  });
  const graph = { dependencies: [makeDependency(), makeDependency(side)], workloads: [makeWorkload({ pods: [pod] })] };
  expect(holdersOf(await run([START, EDIT], { graph }))).toEqual([[['web', 'stale', true, ['web-1 app']]]]);
});

test('what was seen in one pod and what the API tells of another are one diff', async () => {
  const startedAt = '2026-01-01T10:30:00Z';
  const later = makePod({
    ref: makeRef('Pod', 'web-2'),
    uid: 'pod-2',
    resourceVersion: '250',
    createdAt: startedAt,
    writtenAt: startedAt,
    containers: [makeInstance({ startedAt })],
  });
  const graph = { workloads: [makeWorkload({ pods: [makePod(), later] })] };
  const seen: Setting['seen'] = { what: { seen: 'different', keys: ['LEVEL'] }, values: { LEVEL: 'debug' } };
  const near = { ...EDIT, resourceVersion: 150, at: '2026-01-01T10:00:01Z' };
  const result = await run([START, near, { ...EDIT, data: { LEVEL: 'trace' } }], { graph, seen });
  expect(result.looks).toEqual(['web-1']);
  expect(holdersOf(result)).toEqual([[['web', 'stale', false, ['web-1 app', 'web-2 app']]]]);
});

test('the worst of what its containers are is what a workload is', async () => {
  const volume = makeUse({ via: 'volume', keys: null, at: '/etc/web' });
  const side = makeUse({ container: 'side' });
  const references = [volume, side];
  const pod = makePod({ references, containers: [makeInstance(), makeInstance({ name: 'side' })] });
  const graph = { dependencies: references.map(makeDependency), workloads: [makeWorkload({ pods: [pod] })] };
  expect(holdersOf(await run([START, EDIT], { graph }))).toEqual([[['web', 'stale', false, ['web-1 app,side']]]]);
});

describe('once the API server has forgotten', () => {
  test('a key that was written since the start may differ', async () => {
    const result = await run([START, EDIT], { forgottenUpTo: 299 });
    expect(keysOf(result)).toEqual([[['LEVEL', 'unknown', FORGOTTEN]]]);
    expect(result.items[0]?.from).toMatchObject({ evidence: 'none', exists: null });
  });

  test('a key that has gone differs for certain', async () => {
    const graph = { dependencies: [makeDependency({ missingKeys: ['LEVEL'] })] };
    const result = await run([START, { ...EDIT, data: {} }], { graph, forgottenUpTo: 299 });
    expect(keysOf(result)).toEqual([[['LEVEL', 'removed', FORGOTTEN]]]);
  });

  test('all keys stand for those of a config that may not be read', async () => {
    const all = makeUse({ via: 'envFrom', keys: null, at: '*' });
    const graph = {
      configs: [],
      dependencies: [makeDependency({ ...all, exists: null })],
      workloads: [makeWorkload({ pods: [makePod({ references: [all] })] })],
    };
    const result = await run([START, EDIT], { graph, forbidden: true });
    expect(keysOf(result)).toEqual([[['*', 'unknown', 'it could not be read']]]);
  });

  const applied = (data: Record<string, string>) => ({
    'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', data }),
  });
  const owned = { by: 'kubectl-client-side-apply', at: '2026-01-01T09:00:00Z', keys: ['OTHER'] };
  const overwritten: Write = {
    ...EDIT,
    data: { LEVEL: 'debug', OTHER: 'x' },
    owned: [owned],
    annotations: applied({ LEVEL: 'info', OTHER: 'x' }),
  };

  test('the last apply tells what another manager wrote over', async () => {
    const result = await run([START, overwritten], { forgottenUpTo: 299 });
    expect(keysOf(result)).toEqual([[['LEVEL', 'changed', '@@ -1 +1 @@\n-info\n+debug']]]);
    expect(result.items[0]?.from.evidence).toBe('lastApplied');
  });

  test('the last apply tells nothing when it came after the start, or wrote what is there now, or nobody wrote since', async () => {
    const late = { ...overwritten, owned: [{ ...owned, at: '2026-01-01T10:30:00Z' }] };
    expect(keysOf(await run([START, late], { forgottenUpTo: 299 }))).toEqual([[['LEVEL', 'unknown', FORGOTTEN]]]);
    const same = { ...overwritten, annotations: applied({ LEVEL: 'debug' }) };
    expect(keysOf(await run([START, same], { forgottenUpTo: 299 }))).toEqual([[['LEVEL', 'unknown', FORGOTTEN]]]);
    const byApply = { ...EDIT, by: 'kubectl-client-side-apply', annotations: applied({ LEVEL: 'info' }) };
    expect(keysOf(await run([START, byApply], { forgottenUpTo: 299 }))).toEqual([[['LEVEL', 'unknown', FORGOTTEN]]]);
  });

  test('the last apply tells nothing of a key that was written over before the start', async () => {
    const all = makeUse({ via: 'envFrom', keys: null, at: '*' });
    const graph = {
      dependencies: [makeDependency(all)],
      workloads: [makeWorkload({ pods: [makePod({ references: [all] })] })],
    };
    const before = { by: 'helm', at: '2026-01-01T09:30:00Z', keys: ['LEVEL'] };
    const edited: Write = {
      ...EDIT,
      data: { LEVEL: 'debug', OTHER: 'x', NEW: 'y' },
      owned: [owned, before],
      annotations: applied({ LEVEL: 'info', OTHER: 'x' }),
    };
    expect(keysOf(await run([START, edited], { graph, forgottenUpTo: 299 }))).toEqual([
      [['NEW', 'unknown', FORGOTTEN]],
    ]);
  });
});

describe('a look into the container', () => {
  const different: Seen = { seen: 'different', keys: ['LEVEL'] };

  test('is not taken where the API tells', async () => {
    expect((await run([START, EDIT], { seen: { what: different, values: { LEVEL: 'seen' } } })).looks).toEqual([]);
  });

  test('gives the old value where the API has forgotten', async () => {
    const seen = { what: different, values: { LEVEL: 'seen' } };
    const result = await run([START, EDIT], { seen, forgottenUpTo: 299 });
    expect(keysOf(result)).toEqual([[['LEVEL', 'changed', '@@ -1 +1 @@\n-seen\n+debug']]]);
    expect(result.items[0]?.from.evidence).toBe('exec');
    expect(result.looks).toEqual(['web-1']);
  });

  test('decides between two contents within seconds of the start', async () => {
    const near = { ...EDIT, resourceVersion: 150, at: '2026-01-01T10:00:01Z' };
    const last = { ...EDIT, data: { LEVEL: 'trace' } };
    const seen = { what: different, values: { LEVEL: 'info' } };
    const writes = [START, near, last];
    expect(keysOf(await run(writes))).toEqual([
      [['LEVEL', 'changed', 'the container started within seconds of a write, with the content before or after it']],
    ]);
    expect(keysOf(await run(writes, { seen }))).toEqual([[['LEVEL', 'changed', '@@ -1 +1 @@\n-info\n+trace']]]);
  });

  test('may show that a key was not there', async () => {
    const result = await run([START, EDIT], { seen: { what: different, values: { LEVEL: null } }, forgottenUpTo: 299 });
    expect(keysOf(result)).toEqual([[['LEVEL', 'added', '@@ -0,0 +1 @@\n+debug']]]);
  });

  test('settles that nothing differs', async () => {
    const seen = { what: { seen: 'same', isRewritten: null } as const };
    expect((await run([START, EDIT], { seen, forgottenUpTo: 299 })).items).toEqual([]);
  });

  test('that shows nothing is told with its reason', async () => {
    const seen = { what: { seen: 'nothing', why: 'no shell', isOfImage: true } as const };
    const note = `${FORGOTTEN}; the container could not be looked into: no shell`;
    expect(keysOf(await run([START, EDIT], { seen, forgottenUpTo: 299 }))).toEqual([[['LEVEL', 'unknown', note]]]);
  });

  test('leaves out keys that it found to be the same', async () => {
    const use = makeUse({ via: 'envFrom', keys: null, at: '*' });
    const graph = {
      dependencies: [makeDependency(use)],
      workloads: [makeWorkload({ pods: [makePod({ references: [use] })] })],
    };
    const seen = { what: different, values: { LEVEL: 'seen' } };
    const last = JSON.stringify({ data: { OTHER: 'guessed' } });
    const writes: Write[] = [
      START,
      {
        ...EDIT,
        data: { LEVEL: 'debug', OTHER: 'new', KEPT: 'x' },
        owned: [{ by: 'kubectl-client-side-apply', at: '2026-01-01T09:00:00Z', keys: ['KEPT'] }],
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': last },
      },
    ];
    const result = await run(writes, { graph, seen, forgottenUpTo: 299 });
    expect(keysOf(result)).toEqual([[['LEVEL', 'changed', '@@ -1 +1 @@\n-seen\n+debug']]]);
  });
});
