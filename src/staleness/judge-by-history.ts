import type { ContentDigest } from '../objects/content.ts';
import { findDifferentKeys } from '../objects/content.ts';
import type { ConfigObject } from '../types.ts';
import { findKeyChange } from './change-time.ts';
import type { PastConfig } from './history.ts';
import { versionBefore } from './history.ts';
import { judgeByTime, orderOfWrite } from './judge-by-time.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';
import { judgeChange, REWRITE_BOUND } from './judgement.ts';
import { nameSome } from './name-some.ts';
import { findStartWindow, parseTime } from './start-window.ts';
import { keysThatMatter } from './uses.ts';
import type { WriteOrder } from './witness.ts';

/** Where a walk back through the versions of a config ended, and the versions of which it was not to be told on which side of the start they are. */
export type Walk = (
  | /** At the version that the container surely had: it started with this or with one of those that came within seconds of its start. */
  { end: 'found'; candidates: ContentDigest[]; since: PassedWrite[] }
  /** At a version that nobody has asked for. */
  | { end: 'open'; resourceVersion: string }
  /** At the content of now, which nobody has asked for. */
  | { end: 'open-now' }
  /** Where nothing more is to be learnt. */
  | { end: 'lost' }
) & { unsure: string[] };

/** A write after the start that a walk back passed. */
export interface PassedWrite {
  /** `undefined` for the content of now that nobody has asked for. */
  content: ContentDigest | undefined;
  /** When it was written, epoch milliseconds; `null` when it left no time. */
  at: number | null;
}

/** So many writes after a start are walked back; each costs a request. */
const STEPS = 12;

/** Walks back from the config of now, write by write, to the version that the container started with, as far as the history knows. */
export function walkBack(evidence: InstanceEvidence): Walk {
  const { dependency, history } = evidence;
  const candidates: ContentDigest[] = [];
  const since: PassedWrite[] = [];
  const unsure: string[] = [];
  let config = evidence.config;
  let content = history.findNow(dependency.config);
  for (let step = 0; step < STEPS && config !== null; step++) {
    const version = versionBefore(config);
    const past = version === null ? 'forgotten' : history.findAt(dependency.config, version);
    let order = orderAgainstStart(config, evidence);
    if (order === 'unknown') {
      unsure.push(config.resourceVersion);
      if (past === undefined && version !== null) return { end: 'open', resourceVersion: version, unsure };
      order = orderByTimeOfWrite(config, past, evidence);
      // Before it was created there may have been another one of the same name: nothing tells when that was deleted.
      if (order === 'unknown' && (past === 'forgotten' || past === 'absent')) break;
    }
    if (order === 'after')
      since.push({ content, at: findTimeOfWrite(config, past) ?? findTimeOfChange(config, content, past) });
    else if (content === undefined) return { end: 'open-now', unsure };
    else candidates.push(content);
    if (order === 'before') return { end: 'found', candidates, since, unsure };
    if (past === undefined && version !== null) return { end: 'open', resourceVersion: version, unsure };
    if (past === undefined || past === 'forgotten' || past === 'absent') break;
    ({ config, content } = past);
  }
  return { end: 'lost', unsure };
}

/**
 * Judges one container by the API's own copies of the config around the start of the container.
 * @returns `null` when the API no longer tells, or was not asked, or when what it tells decides nothing
 */
export function judgeByHistory(evidence: InstanceEvidence): Judgement | null {
  const { dependency, history } = evidence;
  const walk = walkBack(evidence);
  const now = history.findNow(dependency.config);
  if (walk.end !== 'found' || now === undefined) return null;
  const differences = walk.candidates.map((content) => findDifferentKeys(content, now, keysThatMatter(dependency)));
  const changedAt = findLastChange(walk, evidence);
  if (differences.every((keys) => keys.length === 0)) return judgeSame(changedAt, evidence);
  // It may have started with either of two versions: only what differs from both is known to be old.
  if (differences.some((keys) => keys.length === 0)) return null;
  const differentKeys = [...new Set(differences.flat())].sort();
  const reason = `the content of ${nameSome(differentKeys)} is not what it was when the container started`;
  return { ...judgeChange(evidence, changedAt ?? evidence.now, 'history', reason), differentKeys };
}

/** The container started with what is there now; in between there may have been something else. */
function judgeSame(changedAt: number | null | undefined, evidence: InstanceEvidence): Judgement {
  const { dependency, freshness, now } = evidence;
  if (changedAt !== undefined && freshness === 'rewritten' && now - (changedAt ?? now) < REWRITE_BOUND) {
    const reason = 'it was changed and changed back: for 90 s the mounted files may be those of in between';
    return { state: 'pending', evidence: 'history', reason, differentKeys: [] };
  }
  if (changedAt !== undefined && dependency.volumeKeys !== undefined) {
    const reason =
      'the mounted folder is empty since its volume was rewritten, though the content is again what it was';
    return { state: 'stale', evidence: 'history', reason, differentKeys: [] };
  }
  const reason = 'it was written since, but what the container uses has the same content as when it started';
  return { state: 'current', evidence: 'history', reason, differentKeys: [] };
}

/** When what the container uses was last changed since its start: `null` when that left no time, `undefined` when it was not. */
function findLastChange({ candidates, since }: Walk & { end: 'found' }, { dependency }: InstanceEvidence) {
  for (const [index, { content, at }] of since.entries()) {
    const before = since[index + 1]?.content ?? candidates[0];
    if (content === undefined || before === undefined) return null;
    if (findDifferentKeys(content, before, keysThatMatter(dependency)).length > 0) return at;
  }
  return undefined;
}

/** Whether a version of the config was written before or after the start of the container, or too near to it to tell. */
function orderAgainstStart(config: ConfigObject, evidence: InstanceEvidence): WriteOrder {
  const ofVersion = { ...evidence, config, change: findKeyChange(config, keysThatMatter(evidence.dependency)) };
  return judgeByTime(ofVersion).state === 'current' ? 'before' : orderOfWrite(ofVersion);
}

/** The same by the time that the write itself left, which shows in comparison with the version before it. */
function orderByTimeOfWrite(
  config: ConfigObject,
  past: PastConfig | undefined,
  evidence: InstanceEvidence,
): WriteOrder {
  const at = findTimeOfWrite(config, past);
  const window = findStartWindow(evidence);
  if (at === null || window === null) return 'unknown';
  return at < window.earliest ? 'before' : at > window.latest ? 'after' : 'unknown';
}

/**
 * When values were changed or added that the version before had not: whoever does that leaves the time at these keys, even in the second of
 * the write before. `null` when there are none, or nothing is known of it.
 */
function findTimeOfChange(
  config: ConfigObject,
  content: ContentDigest | undefined,
  past: PastConfig | undefined,
): number | null {
  if (content === undefined || past === undefined || typeof past === 'string' || config.timesIncomplete) return null;
  const changed = new Set(findDifferentKeys(content, past.content, null).filter((key) => content.has(key)));
  const times = config.keys.filter(({ key }) => changed.has(key)).map(({ at }) => parseTime(at));
  const latest = times.reduce((newest, time) => Math.max(newest, time), Number.NEGATIVE_INFINITY);
  return times.length < changed.size || !Number.isFinite(latest) ? null : latest;
}

/** When a version was written, epoch milliseconds; `null` when it left no time, or the version before it is not known. */
function findTimeOfWrite(config: ConfigObject, past: PastConfig | undefined): number | null {
  if (past === undefined || past === 'forgotten') return null;
  const at = parseTime(past === 'absent' ? config.createdAt : config.writtenAt);
  const isTimed = past === 'absent' || !(at <= parseTime(past.config.writtenAt));
  return isTimed && !Number.isNaN(at) ? at : null;
}
