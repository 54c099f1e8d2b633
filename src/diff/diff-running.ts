import type { ContentDigest } from '../objects/content.ts';
import { findDifferentKeys } from '../objects/content.ts';
import { objectKey } from '../objects/object-key.ts';
import { compareObjects } from '../objects/reference-order.ts';
import { walkBack } from '../staleness/judge-by-history.ts';
import { judgeInstance } from '../staleness/judge-instance.ts';
import type { InstanceEvidence } from '../staleness/judgement.ts';
import type { JudgedUse } from '../staleness/status.ts';
import type { ConfigKind, DiffItem } from '../types.ts';
import type { ConfigValues } from './config-values.ts';
import { NO_VALUES, projectValues } from './config-values.ts';
import type { ValueOptions } from './diff-value.ts';
import type { Holding } from './group-holders.ts';
import { groupHoldings } from './group-holders.ts';
import type { FindObserved, Verdict } from './held.ts';
import { findHeld } from './held.ts';
import { readLastApplied } from './last-applied.ts';
import type { ContentHistory, ReadPods, ReadRaw } from './look-back-content.ts';
import { makeRead } from './look-back-content.ts';
import { lookBackFromPods } from './look-back-from-pods.ts';
import type { Observe } from './observe-held.ts';

/** Where the contents of running containers and of their configs come from. */
export interface RunningSources {
  readRaw: ReadRaw;
  readPods: ReadPods;
  questions: ContentHistory['questions'];
  /** Looks into containers of which the API does not tell what they hold. */
  observe: Observe;
}

/** So many configs are in memory at once. */
const AT_ONCE = 4;

/**
 * What running containers hold against what the cluster holds now: for every config that some container does not surely run as it is, the
 * keys that differ or may, once for all who hold the same.
 * @param uses judged with the history that `sources` belong to
 * @throws what `sources.readRaw` throws
 */
export async function diffRunning(
  uses: readonly JudgedUse[],
  sources: RunningSources,
  options: ValueOptions,
): Promise<DiffItem[]> {
  const changed = uses.map(dropCurrent).filter(({ verdicts }) => verdicts.length > 0);
  const groups = [...Map.groupBy(changed, ({ dependency }) => objectKey(dependency.config)).values()];
  const items: DiffItem[] = [];
  for (let start = 0; start < groups.length; start += AT_ONCE) {
    const batch = groups.slice(start, start + AT_ONCE);
    items.push(...(await Promise.all(batch.map((group) => diffConfig(group, sources, options)))).flat());
  }
  return items.sort((a, b) => compareObjects(a.config, b.config));
}

function dropCurrent(use: JudgedUse): JudgedUse {
  return { ...use, verdicts: use.verdicts.filter(({ judgement }) => judgement.state !== 'current') };
}

async function diffConfig(uses: readonly JudgedUse[], sources: RunningSources, options: ValueOptions) {
  const [first] = uses;
  if (first === undefined) return [];
  const { config, dependency } = first;
  const ref = dependency.config;
  const kind: ConfigKind = ref.kind === 'Secret' ? 'Secret' : 'ConfigMap';
  const raw = await sources.readRaw({ kind, ref, resourceVersion: null });
  const now = raw === 'forgotten' ? null : raw === 'absent' ? NO_VALUES : projectValues(raw, kind);
  const lastApplied = typeof raw === 'string' ? null : readLastApplied(raw, kind);
  const traced = (await Promise.all(uses.map((use) => findVerdicts(use, kind, sources)))).flat();
  // Where the config itself may not be read, there is nothing to hold against what a container shows.
  const { verdicts, findObserved } =
    now === null ? { verdicts: traced, findObserved: () => undefined } : await lookInside(traced, sources);
  const past = await readPast(
    verdicts.map(({ evidence }) => evidence),
    kind,
    sources,
  );
  const holdings = verdicts.map(
    (verdict): Holding => ({ ...verdict, held: findHeld(verdict, { now, past, lastApplied, findObserved }) }),
  );
  return groupHoldings({ ref, kind, config, now, holdings }, options);
}

async function findVerdicts(
  { verdicts }: JudgedUse,
  kind: ConfigKind,
  { readRaw, readPods, questions }: RunningSources,
): Promise<Verdict[]> {
  const evidences = await lookBackFromPods(
    verdicts.map(({ evidence }) => evidence),
    kind,
    { read: makeRead(readRaw, questions), readPods },
  );
  return verdicts.map((verdict, index) => ({ ...verdict, evidence: evidences[index] ?? verdict.evidence }));
}

/** The verdicts anew by what containers show, where the API does not tell what they started with. Those that are found to be current are left out. */
async function lookInside(
  traced: readonly Verdict[],
  { observe }: RunningSources,
): Promise<{ verdicts: readonly Verdict[]; findObserved: FindObserved }> {
  const lost = new Set(traced.filter(isLost));
  if (lost.size === 0) return { verdicts: traced, findObserved: () => undefined };
  const { inside, find } = await observe([...lost]);
  const verdicts = traced.map((verdict): Verdict => {
    if (!lost.has(verdict)) return verdict;
    const evidence = { ...verdict.evidence, inside };
    return { evidence, judgement: verdict.judgement.state === 'missing' ? verdict.judgement : judgeInstance(evidence) };
  });
  return {
    verdicts: verdicts.filter(({ judgement }) => judgement.state !== 'current'),
    findObserved: ({ pod, dependency }, key) => find(pod, dependency)?.get(key),
  };
}

/** True when the API does not tell, or tells of several contents any of which the container may have found. */
function isLost({ evidence }: Verdict): boolean {
  const walk = walkBack(evidence);
  if (walk.end !== 'found') return true;
  const [first, ...others] = walk.candidates;
  const { keys } = evidence.dependency;
  return first !== undefined && others.some((other) => findDifferentKeys(first, other, keys).length > 0);
}

/** The values of every version that a container may have started with. What has been forgotten in the meantime is left out. */
async function readPast(
  evidences: readonly InstanceEvidence[],
  kind: ConfigKind,
  { readRaw, questions }: RunningSources,
) {
  const digests = new Set(
    evidences.flatMap((evidence) => {
      const walk = walkBack(evidence);
      return walk.end === 'found' ? walk.candidates : [];
    }),
  );
  const past = new Map<ContentDigest, ConfigValues>();
  for (const digest of digests) {
    const question = questions.get(digest);
    const raw = question === undefined ? 'forgotten' : await readRaw(question);
    if (typeof raw !== 'string') past.set(digest, projectValues(raw, kind));
  }
  return past;
}
