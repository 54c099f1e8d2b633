import type { ContentDigest } from '../objects/content.ts';
import { walkBack } from '../staleness/judge-by-history.ts';
import type { InstanceEvidence } from '../staleness/judgement.ts';
import type { JudgedUse } from '../staleness/status.ts';
import type { ConfigValue, ConfigValues } from './config-values.ts';
import { isSameValue } from './config-values.ts';
import type { LastApplied } from './last-applied.ts';
import { APPLY_MANAGER } from './last-applied.ts';

/** The verdict on one container for one use. */
export type Verdict = JudgedUse['verdicts'][number];

/** What is known of what a container holds of one key. */
export type HeldValue =
  /** `value` is `null` for a key that was not there. */
  | { end: 'known'; value: ConfigValue | null; evidence: 'exec' | 'history' | 'lastApplied' }
  /** `differs` is true where it is certain that it is not the value of now. */
  | { end: 'unknown'; differs: boolean; reason: string };

/** What a look into a container found for a key of a use; `undefined` when nobody looked, or it could not be seen there. */
export type FindObserved = (evidence: InstanceEvidence, key: string) => ConfigValue | null | undefined;

/** From what to learn what containers hold of one config. */
export interface HeldSources {
  /** What the config holds now; `null` when it may not be read. */
  now: ConfigValues | null;
  /** What it held, by the digests that a walk back ends with. */
  past: ReadonlyMap<ContentDigest, ConfigValues>;
  lastApplied: LastApplied | null;
  findObserved: FindObserved;
}

/** Stands for all keys of a config, where nothing tells which of them matter. No key can be called so. */
export const ALL_KEYS = '*';

/** Milliseconds by which a time must be before another one, as clocks differ and times are cut off. */
const MARGIN = 5000;

/**
 * What a container holds that is not, or may not be, what its config holds now, by key. The best source wins for each key: what was
 * seen in the container, the API's own copy of then, what the last `kubectl apply` wrote.
 */
export function findHeld({ evidence, judgement }: Verdict, sources: HeldSources): Map<string, HeldValue> {
  const { now } = sources;
  const candidates = findCandidates(evidence, sources);
  const doubtful = candidates === null ? findDoubtful({ evidence, judgement }) : new Map<string, HeldValue>();
  const held = new Map<string, HeldValue>();
  for (const key of listWanted({ evidence, judgement }, [now, ...(candidates ?? [])], doubtful)) {
    const value = findValue(key, evidence, candidates, sources) ?? doubtful.get(key);
    if (value === undefined) continue;
    const isNow = value.end === 'known' && now !== null && isSameValue(value.value, now.values.get(key) ?? null);
    if (!isNow) held.set(key, value);
  }
  return held;
}

function listWanted(
  { evidence, judgement }: Verdict,
  contents: readonly (ConfigValues | null)[],
  doubtful: ReadonlyMap<string, HeldValue>,
): Set<string> {
  // What was looked at and found to be the same is settled.
  const seen = judgement.evidence === 'exec' ? judgement.differentKeys : undefined;
  const keys = seen ?? evidence.dependency.keys ?? listKeys(contents);
  return new Set([...keys, ...doubtful.keys()]);
}

function findValue(
  key: string,
  evidence: InstanceEvidence,
  candidates: readonly ConfigValues[] | null,
  sources: HeldSources,
): HeldValue | undefined {
  const observed = key === ALL_KEYS ? undefined : sources.findObserved(evidence, key);
  if (observed !== undefined) return { end: 'known', value: observed, evidence: 'exec' };
  return candidates === null ? guessApplied(key, evidence, sources) : chooseCandidate(key, candidates, sources.now);
}

/** What the config held in the versions that the container may have started with; `null` when the API no longer tells. */
function findCandidates(evidence: InstanceEvidence, { past }: HeldSources): ConfigValues[] | null {
  const walk = walkBack(evidence);
  if (walk.end !== 'found') return null;
  const contents = walk.candidates.map((digest) => past.get(digest));
  return contents.every((content) => content !== undefined) ? contents : null;
}

function listKeys(contents: readonly (ConfigValues | null)[]): Set<string> {
  return new Set(contents.flatMap((content) => [...(content?.values.keys() ?? [])]));
}

function chooseCandidate(key: string, candidates: readonly ConfigValues[], now: ConfigValues | null): HeldValue {
  const values = candidates.map((content) => content.values.get(key) ?? null);
  const [first = null, ...others] = values;
  if (others.every((value) => isSameValue(value, first))) return { end: 'known', value: first, evidence: 'history' };
  const current = now?.values.get(key) ?? null;
  const differs = now !== null && !values.some((value) => isSameValue(value, current));
  return {
    end: 'unknown',
    differs,
    reason: 'the container started within seconds of a write, with the content before or after it',
  };
}

/** The keys that may differ where no old content is at hand. */
function findDoubtful({ evidence, judgement }: Verdict): Map<string, HeldValue> {
  const { dependency, change, config, instance, inside, pod } = evidence;
  const seen = inside?.find(pod, dependency);
  const forgotten =
    seen?.seen === 'nothing' ? `${FORGOTTEN}; the container could not be looked into: ${seen.why}` : FORGOTTEN;
  const differing = judgement.differentKeys ?? dependency.missingKeys;
  if (differing.length > 0) return fill(differing, true, forgotten);
  const since = instance.startedAt ?? '';
  const isByTime = judgement.evidence === 'time' && config !== null;
  const written = isByTime ? (change?.writes.filter(({ at }) => at !== null && at >= since) ?? []) : [];
  if (written.length > 0)
    return fill(
      written.map(({ key }) => key),
      false,
      forgotten,
    );
  const isGone = judgement.state === 'missing' && dependency.exists === false;
  const reason = judgement.evidence === 'time' || judgement.state === 'missing' ? forgotten : judgement.reason;
  return fill(dependency.keys ?? [ALL_KEYS], isGone, reason);
}

const FORGOTTEN = 'what it was before is not known: the API server keeps old content for some minutes only';

function fill(keys: readonly string[], differs: boolean, reason: string): Map<string, HeldValue> {
  return new Map(keys.map((key) => [key, { end: 'unknown', differs, reason }]));
}

/**
 * What the last `kubectl apply` wrote is likely what a container found that started after it, where another manager wrote the key, or took
 * it away, after that start. Writes in between leave no trace, so that it is no more than likely.
 */
function guessApplied(
  key: string,
  evidence: InstanceEvidence,
  { now, lastApplied }: HeldSources,
): HeldValue | undefined {
  const { instance, config } = evidence;
  const start = Date.parse(instance.startedAt ?? '');
  const value = lastApplied?.values.get(key);
  if (value === undefined || lastApplied === null || now === null || config === null) return undefined;
  const isBefore = lastApplied.at + MARGIN < start && Date.parse(config.createdAt ?? '') < start;
  const current = now.values.get(key) ?? null;
  if (!isBefore || isSameValue(value, current)) return undefined;
  const write = config.keys.find((candidate) => candidate.key === key);
  const isOverwritten = write?.by !== APPLY_MANAGER && Date.parse(write?.at ?? '') > start;
  return current === null || isOverwritten ? { end: 'known', value, evidence: 'lastApplied' } : undefined;
}
