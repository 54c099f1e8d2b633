import type { ContentDigest } from '../objects/content.ts';
import { findDifferentKeys } from '../objects/content.ts';
import type { ConfigObject } from '../types.ts';
import { findKeyChange } from './change-time.ts';
import { versionBefore } from './history.ts';
import { judgeByTime, orderOfWrite } from './judge-by-time.ts';
import type { InstanceEvidence, Judgement } from './judgement.ts';
import { judgeChange } from './judgement.ts';

/** Where a walk back through the versions of a config ended. */
export type Walk =
  /** At the version that the container surely had: it started with this or with one of those that came within seconds of its start. */
  | { end: 'found'; candidates: ContentDigest[] }
  /** At a version that nobody has asked for. */
  | { end: 'open'; resourceVersion: string }
  /** At the content of now, which nobody has asked for. */
  | { end: 'open-now' }
  /** Where nothing more is to be learnt. */
  | { end: 'lost' };

/** So many writes after a start are walked back; each costs a request. */
const STEPS = 12;

/** Walks back from the config of now, write by write, to the version that the container started with, as far as the history knows. */
export function walkBack(evidence: InstanceEvidence): Walk {
  const { dependency, history } = evidence;
  const candidates: ContentDigest[] = [];
  let config = evidence.config;
  let content: ContentDigest | undefined;
  for (let step = 0; step < STEPS && config !== null; step++) {
    const order = orderAgainstStart(config, evidence);
    if (order !== 'after') {
      content ??= history.findNow(dependency.config);
      if (content === undefined) return { end: 'open-now' };
      candidates.push(content);
    }
    if (order === 'before') return { end: 'found', candidates };
    const resourceVersion = versionBefore(config);
    if (resourceVersion === null) break;
    const past = history.findAt(dependency.config, resourceVersion);
    if (past === undefined) return { end: 'open', resourceVersion };
    // Before it was created there may have been another one of the same name: nothing tells when that was deleted.
    if (past === 'forgotten' || past === 'absent') break;
    ({ config, content } = past);
  }
  return { end: 'lost' };
}

/**
 * Judges one container by the API's own copies of the config around the start of the container.
 * @returns `null` when the API no longer tells, or was not asked, or when what it tells decides nothing
 */
export function judgeByHistory(evidence: InstanceEvidence): Judgement | null {
  const { dependency, change, history } = evidence;
  const walk = walkBack(evidence);
  const now = history.findNow(dependency.config);
  if (walk.end !== 'found' || now === undefined) return null;
  const differences = walk.candidates.map((content) => findDifferentKeys(content, now, dependency.keys));
  if (differences.every((keys) => keys.length === 0)) {
    const reason = 'it was written since, but what the container uses has the same content as when it started';
    return { state: 'current', evidence: 'history', reason, differentKeys: [] };
  }
  // It may have started with either of two versions: only what differs from both is known to be old.
  if (differences.some((keys) => keys.length === 0)) return null;
  const differentKeys = [...new Set(differences.flat())].sort();
  const changedAt = Date.parse(change?.at ?? '') || evidence.now;
  const reason = `the content of ${differentKeys.join(', ')} is not what it was when the container started`;
  return { ...judgeChange(evidence, changedAt, 'history', reason), differentKeys };
}

/** Whether a version of the config was written before or after the start of the container, or too near to it to tell. */
function orderAgainstStart(config: ConfigObject, evidence: InstanceEvidence): 'before' | 'after' | 'unknown' {
  const ofVersion = { ...evidence, config, change: findKeyChange(config, evidence.dependency.keys) };
  return judgeByTime(ofVersion).state === 'current' ? 'before' : orderOfWrite(ofVersion);
}
